// Package dynamotest has a store for tests over a table of an emulator.
package dynamotest

import (
	"context"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
)

// Alone is a store that is alone with its table: so a forget need not wait for a time, but for the writes that are
// under way with an older list.
type Alone struct {
	*dynamo.Store
	writing sync.RWMutex
}

// NewAlone returns a store by a clock, which retries without waiting long. It makes so many attempts; 0 is the default.
func NewAlone(client dynamo.API, table string, now func() time.Time, attempts int) *Alone {
	return &Alone{Store: dynamo.New(client, table, &dynamo.Options{
		Now: now, ForgetWait: -1, MaxBackoff: time.Millisecond, MaxAttempts: attempts,
	})}
}

// Write implements [store.Store].
func (a *Alone) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	a.writing.RLock()
	defer a.writing.RUnlock()
	return a.Store.Write(ctx, items)
}

// BeginForget implements [store.Store]. It reads the list before anybody writes again: while somebody else reads it, a
// write would be given the older one, for which a forget waits otherwise.
func (a *Alone) BeginForget(ctx context.Context, target store.Target) (store.Forgetting, error) {
	f, err := a.Store.BeginForget(ctx, target)
	a.writing.Lock()
	defer a.writing.Unlock()
	if err == nil {
		_, err = a.Readings(ctx, store.ReadingQuery{Components: []string{target.Name}})
	}
	return f, err
}
