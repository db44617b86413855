package store_test

import (
	"context"
	"errors"
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
		return (&twin.Change{Component: component, Metric: metric, Dataset: dataset, Value: "1", EventTime: eventTime}).Reading()
	}
	want := []twin.Reading{
		reading("a", "load", "x", 1), reading("a", "speed", "x", 5), reading("a", "speed", "y", 4), reading("a:", "load", "x", 9), reading("ä", "load", "x", 1),
	}
	in := append(slices.Clone(want), reading("a", "speed", "x", 4), reading("a", "speed", "x", 3), reading("ä", "load", "x", 0), want[0])
	r := rand.New(rand.NewPCG(9, 9))
	for range 20 {
		r.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
		if got := store.InOrder(slices.Clone(in)); !slices.Equal(got, want) {
			t.Fatalf("got %v", got)
		}
	}
}

// Ensure that the parts of wide and narrow items of any datasets differ.
func TestPart(t *testing.T) {
	seen := map[string]bool{}
	for _, part := range []string{
		store.Part("a", twin.Wide, "m"), store.Part("a", twin.Narrow, "m"), store.Part("a", twin.Narrow, "b#m"), store.Part("a", twin.Narrow, "b"), store.Part("b", twin.Wide, "m"),
	} {
		if seen[part] {
			t.Errorf("%q names two items", part)
		}
		seen[part] = true
	}
	if store.Part("a", "", "m") != store.Part("a", twin.Wide, "x") {
		t.Error("a dataset without a layout is not wide")
	}
}

// failing is a store that cannot list, or forget one component.
type failing struct {
	*double
	list   error
	forget string
}

var errForget = errors.New("cannot forget")

func (f *failing) Components(ctx context.Context, q store.ComponentQuery) ([]string, error) {
	if f.list != nil {
		return nil, f.list
	}
	return f.double.Components(ctx, q)
}

func (f *failing) Forget(ctx context.Context, component string, now twin.Millis) error {
	if component == f.forget {
		return errForget
	}
	return f.double.Forget(ctx, component, now)
}

// Ensure that forgetting a prefix says how far it came and what failed.
func TestForgetPrefix_Fails(t *testing.T) {
	d := newDouble(t)
	var changes []twin.Change
	for _, component := range []string{"c:1", "c:2", "c:3"} {
		c := change("speed", 0, "1")
		c.Component = component
		changes = append(changes, c)
	}
	if _, err := store.NewApplier(d, clock).Apply(t.Context(), changes); err != nil {
		t.Fatal(err)
	}
	if n, err := store.ForgetPrefix(t.Context(), &failing{double: d, forget: "c:2"}, []string{"d"}, "c:", now); n != 2 || !errors.Is(err, errForget) {
		t.Errorf("forgot %d, %v", n, err)
	}
	if n, err := store.ForgetPrefix(t.Context(), &failing{double: d}, []string{"d"}, "c:", now); n != 1 || err != nil {
		t.Errorf("again: forgot %d, %v", n, err)
	}
	if _, err := store.ForgetPrefix(t.Context(), &failing{double: d, list: errForget}, []string{"d"}, "c:", now); !errors.Is(err, errForget) {
		t.Errorf("got %v", err)
	}
}
