package bolt

import (
	"context"
	"encoding/binary"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// BeginForget implements [store.Forgetter]. Nobody else uses the file, so there is nothing to wait for.
func (s *Store) BeginForget(ctx context.Context, target store.Target) (f store.Forgetting, err error) {
	err = s.change(ctx, "forgetting "+target.Name, func(t *tx) error {
		f, err = t.forgetter().BeginForget(ctx, target)
		return err
	})
	return f, err
}

// ContinueForget implements [store.Forgetter].
func (s *Store) ContinueForget(ctx context.Context, f *store.Forgetting) error {
	reached := *f
	err := s.change(ctx, "forgetting "+f.Name, func(t *tx) error { return t.forgetter().ContinueForget(ctx, &reached) })
	if err == nil { // else nothing of it was written
		*f = reached
	}
	return err
}

func (t *tx) forgetter() *swap.Forgetter { return &swap.Forgetter{Keeper: t, Now: t.now} }

// All implements [swap.Keeper].
func (t *tx) All(_ context.Context, component string) ([]swap.Kept, error) { return t.all(component) }

// Listed implements [swap.Keeper].
func (t *tx) Listed(_ context.Context, prefix, after string, limit int) ([]string, error) {
	return t.components(prefix, after, limit, func(string) bool { return true })
}

// Datasets implements [swap.Keeper].
func (t *tx) Datasets(context.Context) ([]twin.Dataset, error) { return t.catalogue.datasets, nil }

// Enter implements [swap.Keeper].
func (t *tx) Enter(_ context.Context, e store.Forgotten) error {
	for _, old := range t.catalogue.entries {
		if old.Covers(e) {
			return nil
		}
		if e.Covers(old) {
			t.put(forgottenBucket, forgottenKey(old.Target), nil)
		}
	}
	t.put(forgottenBucket, forgottenKey(e.Target), binary.BigEndian.AppendUint64(nil, uint64(e.Floor)))
	return nil
}

func forgottenKey(t store.Target) []byte {
	key := []byte{0}
	if t.Prefix {
		key[0] = 1
	}
	return append(key, t.Name...)
}
