package dynamo_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
)

var tables atomic.Int64

// newTable makes a table of its own, because an emulator grows slow on large ones.
func newTable(t testing.TB, client *dynamodb.Client) string {
	t.Helper()
	table := fmt.Sprintf("twin-%d", tables.Add(1))
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	return table
}

// alone is a store that is alone with its table: so a forget need not wait for a time, but for the writes that are
// under way with an older list.
type alone struct {
	*dynamo.Store
	writing sync.RWMutex
}

func newAlone(t testing.TB, client dynamo.API, table string, clock *storetest.Clock) *alone {
	t.Helper()
	return &alone{Store: dynamo.New(client, table, &dynamo.Options{Now: clock.Now, ForgetWait: -1, MaxBackoff: time.Millisecond})}
}

func (a *alone) Write(ctx context.Context, items []store.Item) ([][]store.Result, error) {
	a.writing.RLock()
	defer a.writing.RUnlock()
	return a.Store.Write(ctx, items)
}

func (a *alone) BeginForget(ctx context.Context, target store.Target) (store.Forgetting, error) {
	f, err := a.Store.BeginForget(ctx, target)
	a.writing.Lock()
	defer a.writing.Unlock()
	return f, err
}

// Ensure that the store meets the contract.
func TestStore_Conformance(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	storetest.Run(t, func(t *testing.T, clock *storetest.Clock) store.Store {
		return newAlone(t, client, newTable(t, client), clock)
	})
}

// Ensure that random histories end where the model says.
func TestStore_Histories(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	storetest.Histories(t, func(t *testing.T) storetest.World {
		clock := storetest.NewClock()
		return storetest.World{Store: newAlone(t, client, newTable(t, client), clock), Clock: clock}
	}, 600)
}
