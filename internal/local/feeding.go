package local

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
)

// Replace serves a dataset by a program from now on, with these feeds: a new dataset, or a new version of one that is
// served. What is under way goes on with the version that it began with; readings and counts stay. The error says that
// the catalogue could not be written; then all is as before.
func (t *Twin) Replace(ctx context.Context, p *extract.Program, feeds []Feed) error {
	d := newDataset(p)
	d.feeds = feeds
	if err := t.store.PutDataset(ctx, d.Dataset); err != nil {
		return fmt.Errorf("write dataset %s into the catalogue: %w", d.Name, err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.datasets[d.Name]
	if before != nil {
		d.standing = before.standing
		if before.stop != nil {
			before.stop()
		}
	}
	t.datasets[d.Name] = d
	t.feed(d)
	return nil
}

// feed runs the feeds of a dataset to their ends, if the twin runs. The caller holds the lock.
func (t *Twin) feed(d *dataset) {
	if t.feeding == nil {
		return
	}
	ctx, stop := context.WithCancel(t.running)
	d.stop = stop
	t.feeding.Go(func() {
		defer stop()
		var feeds sync.WaitGroup
		for i, f := range d.feeds {
			feeds.Go(func() { t.run(ctx, d, i, f) })
		}
		feeds.Wait()
		if d.hosted != nil && len(d.feeds) > 0 {
			d.hosted.end()
		}
	})
}

// run runs a feed. Where another version of its dataset takes its place, what it has taken in is still sent.
func (t *Twin) run(ctx context.Context, d *dataset, i int, f Feed) {
	in := t.newIntake(d, fmt.Sprintf("feed-%d", i), nil)
	err := f.Run(ctx, in)
	if ctx.Err() != nil && t.running.Err() == nil {
		err = in.Flush(t.running)
	}
	if err != nil && t.running.Err() == nil && !errors.Is(err, flink.ErrEnded) {
		t.log.Error("a feed ended", "dataset", d.Name, "feed", f.String(), "error", err)
	}
}
