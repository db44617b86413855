package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// ForgetPrefix forgets every component that begins with prefix and has an item of one of the
// datasets, and returns how many it has forgotten. After an error, calling it again goes on.
func ForgetPrefix(ctx context.Context, s Store, datasets []string, prefix string, now twin.Millis) (int, error) {
	const page = 64 // also how many are forgotten at a time
	q := ComponentQuery{Datasets: datasets, Prefix: prefix, Limit: page}
	var forgotten atomic.Int64
	for {
		components, err := s.Components(ctx, q)
		if err != nil {
			return int(forgotten.Load()), err
		}
		errs := make([]error, len(components))
		var wg sync.WaitGroup
		for i, c := range components {
			wg.Go(func() {
				if err := s.Forget(ctx, c, now); err != nil {
					errs[i] = fmt.Errorf("store: forgetting %s: %w", c, err)
					return
				}
				forgotten.Add(1)
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil || len(components) < page {
			return int(forgotten.Load()), err
		}
		q.After = components[len(components)-1]
	}
}
