package api

import (
	"context"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// catalogue keeps the datasets for a while: which of them there are and their intervals are needed for every
// reading, and change with deployments only.
type catalogue struct {
	reader Reader
	age    time.Duration
	now    func() time.Time

	mu       sync.Mutex
	snapshot *snapshot
	readAt   time.Time
}

// snapshot is the catalogue at one time. It is not changed after it was made.
type snapshot struct {
	datasets []twin.Dataset
	names    []string
}

// get returns the catalogue, at most age old.
func (c *catalogue) get(ctx context.Context) (*snapshot, error) {
	if c.age <= 0 {
		return c.read(ctx)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.snapshot != nil && c.now().Sub(c.readAt) < c.age {
		return c.snapshot, nil
	}
	s, err := c.read(ctx)
	if err != nil {
		return nil, err
	}
	c.snapshot, c.readAt = s, c.now()
	return s, nil
}

// read returns the catalogue of now, with the newest event times of now.
func (c *catalogue) read(ctx context.Context) (*snapshot, error) {
	datasets, err := c.reader.Datasets(ctx)
	if err != nil {
		return nil, storeFailed("Datasets", err)
	}
	s := &snapshot{datasets: datasets, names: make([]string, len(datasets))}
	for i := range datasets {
		s.names[i] = datasets[i].Name
	}
	return s, nil
}
