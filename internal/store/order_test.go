package store_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that readings come in the order of component, metric and dataset, each once with its
// greatest rank, however they lay in their items.
func TestInOrder(t *testing.T) {
	reading := func(component, metric, dataset string, eventTime twin.Millis) twin.Reading {
		return (&twin.Change{Component: component, Metric: metric, Dataset: dataset, Value: "1",
			EventTime: eventTime}).Reading()
	}
	want := []twin.Reading{
		reading("a", "load", "x", 1), reading("a", "speed", "x", 5), reading("a", "speed", "y", 4),
		reading("a:", "load", "x", 9), reading("ä", "load", "x", 1),
	}
	in := append(slices.Clone(want), reading("a", "speed", "x", 4), reading("a", "speed", "x", 3),
		reading("ä", "load", "x", 0), want[0])
	r := rand.New(rand.NewPCG(9, 9))
	for range 20 {
		r.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		if got := store.InOrder(slices.Clone(in)); !slices.Equal(got, want) {
			t.Fatalf("got %v", got)
		}
	}
}
