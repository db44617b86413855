package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/store"
)

// Store is what a twin keeps its state in.
type Store interface {
	store.Store
	io.Closer
}

// Twin is a twin in this process. Use [Open].
type Twin struct {
	datasets map[string]*dataset
	store    Store
	link     *link
	rejects  rejects
	log      *slog.Logger
	api      http.Handler
}

// Open makes a twin of programs by dataset, on a store that it closes at the end of [Twin.Run]. The
// catalogue is set to these datasets and those of keep; the readings of others stay in the store, but are not served.
func Open(ctx context.Context, programs []*extract.Program, keep []string, s Store, log *slog.Logger) (*Twin, error) {
	t := &Twin{datasets: make(map[string]*dataset), store: s, link: newLink(), log: log}
	for _, p := range programs {
		d := &dataset{Dataset: p.Dataset(), tables: p.Tables(), program: p}
		t.datasets[d.Name] = d
		if err := s.PutDataset(ctx, d.Dataset); err != nil {
			return nil, fmt.Errorf("write dataset %s into the catalogue: %w", d.Name, err)
		}
	}
	known, err := s.Datasets(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	for _, d := range known {
		if t.datasets[d.Name] == nil && !slices.Contains(keep, d.Name) {
			if err := s.RemoveDataset(ctx, d.Name); err != nil {
				return nil, fmt.Errorf("take dataset %s out of the catalogue: %w", d.Name, err)
			}
		}
	}
	t.api = api.New(api.Config{Reader: s, CatalogueAge: time.Second, Log: log})
	return t, nil
}

// Names returns the datasets in order.
func (t *Twin) Names() []string { return slices.Sorted(maps.Keys(t.datasets)) }

// Add lets a feed send records of a dataset, which must be one of the twin's, once it runs.
func (t *Twin) Add(dataset string, f Feed) {
	t.datasets[dataset].feeds = append(t.datasets[dataset].feeds, f)
}

// Handler serves the API, and below /dev/ what only a local twin has.
func (t *Twin) Handler() http.Handler {
	// Not a ServeMux: it would clean the path, and names may hold // and %2E%2E.
	return guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.EscapedPath(), devPath) {
			t.dev(w, r)
			return
		}
		t.api.ServeHTTP(w, r)
	}))
}

// feed runs the feeds of a dataset to their ends.
func (t *Twin) feed(ctx context.Context, d *dataset) {
	var feeds sync.WaitGroup
	for i, f := range d.feeds {
		in := newIntake(d, t.link, &t.rejects, fmt.Sprintf("feed-%d", i))
		feeds.Go(func() {
			if err := f.Run(ctx, in); err != nil && ctx.Err() == nil && !errors.Is(err, flink.ErrEnded) {
				t.log.Error("a feed ended", "dataset", d.Name, "feed", f.String(), "error", err)
			}
		})
	}
	feeds.Wait()
	if d.hosted != nil && len(d.feeds) > 0 {
		d.hosted.end()
	}
}

// drainTime is how long what is under way may take to arrive after the end of the context of [Twin.Run].
const drainTime = 10 * time.Second

// Run feeds the twin and runs serve, which should serve [Twin.Handler], until ctx ends or serve
// returns. Then it waits until what was taken in is stored, and closes the store.
func (t *Twin) Run(ctx context.Context, serve func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	applyCtx, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()

	var applied, feeding sync.WaitGroup
	a := &applying{link: t.link, applier: store.NewApplier(t.store, nil), datasets: t.datasets, rejects: &t.rejects, log: t.log}
	applied.Go(func() { a.run(applyCtx) })
	feeding.Go(func() { t.countReadings(ctx) })
	for _, d := range t.datasets {
		if d.hosted != nil {
			feeding.Go(func() { t.host(ctx, d) })
		}
		feeding.Go(func() { t.feed(ctx, d) })
	}

	err := serve(ctx)
	stop()
	defer time.AfterFunc(drainTime, giveUp).Stop()
	feeding.Wait()
	t.link.channel.Close()
	applied.Wait()
	return errors.Join(err, t.store.Close())
}
