package dynamo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// overtaking lets another writer go first before each update: by a newer reading of the next metric.
type overtaking struct {
	*dynamodb.Client
	requests int
	before   func(n int)
}

func (o *overtaking) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	o.before(o.requests)
	o.requests++
	return o.Client.UpdateItem(ctx, in, opts...)
}

// Ensure that k metrics take k+1 requests at the very most, when another writer beats one of them
// before each request, and that all of them end as late.
func TestWrite_Overtaken(t *testing.T) {
	const k = 6
	client := emulator.Client(emulator.DynamoDB(t))
	table := newTable(t, client)
	metric := func(i int, eventTime twin.Millis) twin.Reading {
		return (&twin.Change{Component: "c:1", Dataset: "d", Metric: fmt.Sprint("m", i), Value: "1", EventTime: eventTime}).Reading()
	}
	other := dynamo.New(client, table, nil)
	o := &overtaking{Client: client, before: func(n int) {
		if n < k {
			if _, err := other.Write(t.Context(), []store.Item{{Component: "c:1", Dataset: "d", Readings: []twin.Reading{metric(n, 20)}}}); err != nil {
				t.Error(err)
			}
		}
	}}
	it := store.Item{Component: "c:1", Dataset: "d"}
	for i := range k {
		it.Readings = append(it.Readings, metric(i, 10))
	}
	results, err := dynamo.New(o, table, nil).Write(t.Context(), []store.Item{it})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results[0] {
		if r.Outcome != store.Late {
			t.Errorf("metric %d: %+v", i, r)
		}
	}
	if o.requests > k+1 {
		t.Errorf("%d requests for %d metrics", o.requests, k)
	}
}
