package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// newestPause is how often at most a process tells the newest event time of a dataset: each time is a write, and
// those of all datasets and processes go to one partition of the table.
const newestPause = 10 * time.Second

// newestLimit bounds one such write, which is not worth more of the batch's time.
const newestLimit = 2 * time.Second

// newest tells the store the newest event time of each dataset as it grows.
type newest struct {
	advance func(ctx context.Context, dataset string, newest twin.Millis) error

	mu        sync.Mutex
	byDataset map[string]*told
}

// told is what is known of one dataset.
type told struct {
	seen    twin.Millis // the newest event time that this process has met
	stored  twin.Millis // what the store was told last
	known   bool        // it was told at all
	attempt time.Time   // when it was told last, or was to be
}

// see notes an event time of a change that is stored, or was late: what is stored is no older than that.
func (n *newest) see(dataset string, t twin.Millis) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.byDataset == nil {
		n.byDataset = map[string]*told{}
	}
	if d := n.byDataset[dataset]; d == nil {
		n.byDataset[dataset] = &told{seen: t}
	} else {
		d.seen = max(d.seen, t)
	}
}

// due returns what is to be told now: what has grown and was not told, or tried, within newestPause.
func (n *newest) due(now time.Time) map[string]twin.Millis {
	n.mu.Lock()
	defer n.mu.Unlock()
	due := map[string]twin.Millis{}
	for name, d := range n.byDataset {
		if (!d.known || d.seen > d.stored) && (d.attempt.IsZero() || now.Sub(d.attempt) >= newestPause) {
			due[name], d.attempt = d.seen, now
		}
	}
	return due
}

// tell tells the store what is due. What fails is told again with what comes later.
func (n *newest) tell(ctx context.Context, now time.Time) error {
	due := n.due(now)
	if len(due) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, newestLimit)
	defer cancel()
	var wg sync.WaitGroup
	errs := make(chan error, len(due))
	for dataset, t := range due {
		wg.Go(func() {
			if err := n.advance(ctx, dataset, t); err != nil {
				errs <- fmt.Errorf("store: advancing %s to %s: %w", dataset, t, err)
				return
			}
			n.mu.Lock()
			defer n.mu.Unlock()
			d := n.byDataset[dataset]
			d.stored, d.known = max(d.stored, t), true
		})
	}
	wg.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}
