package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/functions/internal/emf/emftest"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// newTeller returns a world with two readings of a dataset, whose function writes its metrics there.
func newTeller(t *testing.T) (w *world, log *dynamolog.Log, metrics *bytes.Buffer) {
	t.Helper()
	w = emulated(t, rand.New(rand.NewPCG(1, 1)))
	metrics = &bytes.Buffer{}
	w.metrics = metrics
	w.start()
	if err := w.store.PutDataset(t.Context(), twin.Dataset{Name: "wagons", ExpireAfter: time.Hour}); err != nil {
		t.Fatal(err)
	}
	var changes []twin.Change
	for _, component := range []string{"wagon:1", "wagon:2"} {
		changes = append(changes, twin.Change{
			Dataset: "wagons", Extractor: "0123456789ab", Component: component, Metric: "speed", Value: "82",
			EventTime: w.clock.Millis(),
		})
	}
	if _, err := store.NewApplier(w.store, w.clock.Now).Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	return w, dynamolog.New(w.client, w.log, dynamolog.Options{Now: w.ticking}), metrics
}

// read returns what the log has after a time, and whether there is a gap.
func (w *world) read(t *testing.T, log *dynamolog.Log, after time.Time) (changes, forgotten int, gap bool) {
	t.Helper()
	page, err := log.Read(t.Context(), feed.PositionAt(after))
	if err != nil && !errors.Is(err, feed.ErrGone) {
		t.Fatal(err)
	}
	for _, b := range page.Batches {
		changes, forgotten = changes+len(b.Changes), forgotten+len(b.Forgotten)
	}
	return changes, forgotten, err != nil
}

// Ensure that a dataset that comes makes a gap, once every process knows it.
func TestTeller_Datasets(t *testing.T) {
	w, log, metrics := newTeller(t)
	begin := w.ticking()
	w.handOver(t)
	if changes, forgotten, gap := w.read(t, log, begin); changes != 2 || forgotten != 0 || gap {
		t.Errorf("%d changes, %d forgotten, gap %t", changes, forgotten, gap)
	}
	w.clock.Add(2 * time.Minute)
	if _, _, gap := w.read(t, log, begin); !gap {
		t.Error("no gap for a new dataset")
	}
	if !strings.Contains(metrics.String(), `"`+wiring.MetricFollowerGaps+`":1`) {
		t.Errorf("no gap is counted:\n%s", metrics)
	}
}

// Ensure that an item that somebody deletes, one that is damaged and one that an operator asks for make a gap at once,
// and that each is counted.
func TestTeller_Untold(t *testing.T) {
	w, log, metrics := newTeller(t)
	w.handOver(t)
	w.clock.Add(2 * time.Minute) // beyond the gap for the dataset
	key := func(component string) map[string]types.AttributeValue {
		return map[string]types.AttributeValue{
			schema.Component: &types.AttributeValueMemberS{Value: component},
			schema.Part:      &types.AttributeValueMemberS{Value: "wagons~0"},
		}
	}
	if _, err := w.client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &w.table,
		Key: key("wagon:1")}); err != nil {
		t.Fatal(err)
	}
	gapAfter := func(what string, do func()) {
		begin := w.ticking()
		do()
		if _, _, gap := w.read(t, log, begin); !gap {
			t.Errorf("no gap for %s", what)
		}
		w.clock.Add(time.Minute)
	}
	gapAfter("a deleted item", func() { w.handOver(t) })
	if _, err := w.client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &w.table, Key: key("wagon:2"), UpdateExpression: aws.String("SET v=:v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":v": &types.AttributeValueMemberB{Value: []byte("damaged")},
		},
	}); err != nil {
		t.Fatal(err)
	}
	gapAfter("a damaged item", func() { w.handOver(t) })
	gapAfter("an operator", func() {
		if answer, err := w.teller.Invoke(t.Context(), []byte(`{"gap":true}`)); err != nil || string(answer) != "{}" {
			t.Errorf("%s, %v", answer, err)
		}
	})
	emftest.Check(t, metrics.String(), wiring.Teller)
	for _, wrong := range []string{``, `[]`, `{}`, `{"gap":false}`, `{"Records":[]}`, `{"Records":1}`} {
		if _, err := w.teller.Invoke(t.Context(), []byte(wrong)); err == nil || !strings.HasPrefix(err.Error(), "changes: ") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
