package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/store"
)

// Store is what a twin keeps its state in.
type Store interface {
	store.Store
	io.Closer
}

// Twin is a twin in this process. Use [Open].
type Twin struct {
	mu       sync.RWMutex        // guards what follows
	datasets map[string]*dataset // each is replaced as a whole
	feeding  *sync.WaitGroup     // the feeds, while the twin runs; nil before and after
	running  context.Context     // of the feeds

	store    Store
	operator *operator // nil without [Twin.Operate]
	link     *link
	writes   *writes
	rejects  rejects
	posts    atomic.Int64 // numbers the bodies of records
	opened   time.Time
	ending   chan struct{}
	followed context.Context // ends when followers are to go
	unfollow context.CancelFunc
	log      *slog.Logger
	config   api.Config     // of the API
	auth     *Auth          // nil where calls need no token
	as       *access.Caller // of every call; nil where each has its own, or none
}

// Open makes a twin of programs by dataset, on a store that it closes at the end of [Twin.Run]. The
// catalogue is set to these datasets and those of keep; the readings of others stay in the store, but are not served.
func Open(ctx context.Context, programs []*extract.Program, keep []string, s Store, log *slog.Logger) (*Twin, error) {
	t := &Twin{
		datasets: make(map[string]*dataset), store: s, link: newLink(), writes: newWrites(),
		ending: make(chan struct{}), log: log, opened: time.Now(),
	}
	t.followed, t.unfollow = context.WithCancel(context.WithoutCancel(ctx))
	for _, p := range programs {
		d := newDataset(p)
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
	t.config = api.Config{
		Reader: s, CatalogueAge: time.Second, Log: log, Stream: true,
		Health: func(context.Context) error { return t.writes.problem() },
		Inside: inside{t}, Environment: environment,
	}
	if f, ok := s.(followed); ok {
		t.config.Changes = api.Changes{Log: f.Changes(), Ending: t.followed}
	}
	return t, nil
}

// Names returns the datasets in order.
func (t *Twin) Names() []string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Sorted(maps.Keys(t.datasets))
}

// dataset returns a dataset in its present version, nil where there is none.
func (t *Twin) dataset(name string) *dataset {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.datasets[name]
}

// Add lets a feed send records of a dataset, which must be one of the twin's, once it runs.
func (t *Twin) Add(dataset string, f Feed) {
	t.datasets[dataset].feeds = append(t.datasets[dataset].feeds, f)
}

// What [Twin.Run] may take from the end of its context on, so that a disk that does not answer does not keep the
// process alive.
const (
	drainTime = 1500 * time.Millisecond // until what was not stored is given up
	endTime   = 1800 * time.Millisecond // until it returns, whatever the store and the jobs on Flink do
)

// Run feeds the twin and runs serve, which should serve [Twin.Handler], until ctx ends or serve
// returns. Then it waits until what was taken in is stored, and closes the store. The error says what could not be
// stored in time.
func (t *Twin) Run(ctx context.Context, serve func(context.Context) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var began time.Time // of the end
	context.AfterFunc(ctx, func() {
		began = time.Now()
		close(t.ending)
		t.unfollow()
	})
	applyCtx, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()

	var storing, feeding, hosting sync.WaitGroup
	a := &applying{
		link: t.link, applier: store.NewApplier(t.store, nil), writes: t.writes,
		dataset: t.dataset, rejects: &t.rejects, log: t.log,
	}
	storing.Go(func() { a.run(applyCtx) })
	if t.operator != nil {
		feeding.Go(func() { t.operator.run(ctx) })
	}
	feeding.Go(func() { t.countReadings(ctx) })
	feeding.Go(func() { t.tellExpired(ctx) })
	t.mu.Lock()
	t.feeding, t.running = &feeding, ctx
	for _, d := range t.datasets {
		if d.hosted != nil {
			hosting.Go(func() { t.host(ctx, d) })
		}
		t.feed(d)
	}
	t.mu.Unlock()

	err := serve(ctx)
	stop()
	<-t.ending
	t.mu.Lock()
	t.feeding = nil
	t.mu.Unlock()
	stored, hosted := make(chan error, 1), make(chan error, 1)
	go func() {
		feeding.Wait()
		t.link.close()
		storing.Wait()
		stored <- errors.Join(t.operator.close(), t.store.Close())
	}()
	go func() {
		hosting.Wait()
		close(hosted)
	}()
	err = errors.Join(err, a.end(stored, began, giveUp))
	select {
	case <-hosted:
	case <-time.After(time.Until(began.Add(endTime))):
		t.log.Warn("a job on Flink ends after this process")
	}
	return err
}

// end waits until everything is stored, but not for ever after the end began.
func (a *applying) end(stored <-chan error, began time.Time, giveUp func()) error {
	for _, patience := range []time.Duration{drainTime, endTime} {
		select {
		case err := <-stored:
			if lost := a.lost.Load(); lost > 0 {
				err = errors.Join(fmt.Errorf("%d changes were not stored, and are lost", lost), a.writes.problem(), err)
			}
			return err
		case <-time.After(time.Until(began.Add(patience))):
			giveUp()
		}
	}
	return errors.Join(errors.New("the store did not answer in time: "+
		"changes under way may be lost, acknowledged ones are stored"), a.writes.problem())
}
