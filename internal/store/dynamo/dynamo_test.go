package dynamo_test

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/dynamotest"
	"github.com/railtwin/digitaltwin/internal/store/storetest"
	"github.com/railtwin/digitaltwin/internal/tier"
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

func newAlone(t testing.TB, client dynamo.API, table string, clock *storetest.Clock) *dynamotest.Alone {
	t.Helper()
	return dynamotest.NewAlone(client, table, clock.Now, 0)
}

// histories is how many random histories a test writes. The race detector makes them three times as slow, so it sees a
// share; test/all runs this package without it too.
func histories() int {
	if tier.Race() {
		return 50
	}
	return 200
}

// Ensure that the store meets the contract; with the race detector, what is said of several writers.
func TestStore_Conformance(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	run := storetest.Run
	if tier.Race() {
		run = storetest.Races
	}
	run(t, func(t *testing.T, clock *storetest.Clock) store.Store {
		return newAlone(t, client, newTable(t, client), clock)
	})
}

// Ensure that random histories end where the model says.
func TestStore_Histories(t *testing.T) {
	client := emulator.Client(emulator.DynamoDB(t))
	storetest.Histories(t, func(t *testing.T) storetest.World {
		clock := storetest.NewClock()
		return storetest.World{Store: newAlone(t, client, newTable(t, client), clock), Clock: clock}
	}, histories())
}
