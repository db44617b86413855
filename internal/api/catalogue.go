package api

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// catalogueAge bounds the age of the catalogue where it is served itself: its newest event times move all the time.
const catalogueAge = 10 * time.Second

// catalogue keeps the datasets for a while: which of them there are and their intervals are needed for every
// reading, and change with deployments only. Where they cannot be read again, readings are served with the last.
type catalogue struct {
	cache *store.Cache[*snapshot]
	age   time.Duration
}

// snapshot is the catalogue at one time. It is not changed after it was made.
type snapshot struct {
	datasets []twin.Dataset
	views    *views
}

func newCatalogue(c *Config) catalogue {
	read := func(ctx context.Context) (*snapshot, error) {
		datasets, err := c.Reader.Datasets(ctx)
		if err != nil {
			return nil, storeFailed("Datasets", err)
		}
		return &snapshot{datasets, newViews(datasets)}, nil
	}
	return catalogue{
		cache: store.NewCache(read, store.CacheOptions{Age: c.CatalogueAge, Now: c.Now, Stale: c.CatalogueStale}),
		age:   c.CatalogueAge,
	}
}

// get returns the catalogue, at most its age old.
func (c *catalogue) get(ctx context.Context) (*snapshot, error) {
	s, _, err := c.cache.Get(ctx)
	return s, err
}

// getShared returns the catalogue, at most a second older than its age: for calls that need it again and again.
func (c *catalogue) getShared(ctx context.Context) (*snapshot, error) {
	s, _, err := c.cache.Within(ctx, max(c.age, time.Second))
	return s, err
}

// getNewer returns the catalogue with newest event times that are hardly old.
func (c *catalogue) getNewer(ctx context.Context) (*snapshot, error) {
	s, _, err := c.cache.Within(ctx, min(c.age, catalogueAge))
	return s, err
}
