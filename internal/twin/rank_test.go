package twin_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that rank orders changes by event time, revision, received-at, index and content, in this
// order of weight: every change in the list beats all before it, and each raises a lesser field to
// its most where a greater one rises by one.
func TestRank_Order(t *testing.T) {
	const top = 1<<16 - 1
	ascending := []twin.Change{
		{EventTime: twin.MinMillis, Revision: top, ReceivedAt: twin.MaxMillis, Index: top},
		{EventTime: -1, Revision: top, ReceivedAt: twin.MaxMillis, Index: top},
		{EventTime: 0, ReceivedAt: 0, Index: top},
		{EventTime: 0, ReceivedAt: -5, Index: top}, // a received-at before 1970 is still more than none
		{EventTime: 0, ReceivedAt: 1, Index: top},
		{EventTime: 0, ReceivedAt: 2, Index: 0},
		{EventTime: 0, ReceivedAt: 2, Index: 1},
		{EventTime: 0, ReceivedAt: 2, Index: 256},
		{EventTime: 0, Revision: 1, ReceivedAt: 1},
		{EventTime: 0, Revision: 256, ReceivedAt: 0},
		{EventTime: 1},
		{EventTime: 256},
		{EventTime: twin.MaxMillis},
	}
	for i := range ascending {
		for j := range ascending {
			a, b := ascending[i].Rank(), ascending[j].Rank()
			if got, want := a.Wins(b), i > j; got != want {
				t.Errorf("%+v wins over %+v: %v, want %v", ascending[i], ascending[j], got, want)
			}
		}
		if got := ascending[i].Rank().EventTime(); got != ascending[i].EventTime {
			t.Errorf("the rank of %+v holds the event time %v", ascending[i], got)
		}
		if got := ascending[i].Rank().ReceivedAt(); got != ascending[i].ReceivedAt {
			t.Errorf("the rank of %+v holds the received-at %v", ascending[i], got)
		}
	}
}

// Ensure that what names a change has no weight, so that a duplicate ties with its original, and
// that value and unit break a tie whichever way they differ.
func TestRank_Ties(t *testing.T) {
	a, b := *sample(), *sample()
	b.Extractor, b.Position = "ba9876543210", twin.Position{Stream: "s", Shard: "1", Sequence: "2"}
	if a.Rank() != b.Rank() || a.Rank().Wins(b.Rank()) {
		t.Error("lineage decides between two changes")
	}
	different := []twin.Change{
		*sample(func(c *twin.Change) { c.Value, c.Unit = "1", "2" }),
		*sample(func(c *twin.Change) { c.Value, c.Unit = "12", "" }),
		*sample(func(c *twin.Change) { c.Value, c.Unit = "", "12" }),
		*sample(func(c *twin.Change) { c.Value, c.Unit = "1", "3" }),
	}
	for i := range different {
		for j := range i {
			x, y := different[i].Rank(), different[j].Rank()
			if x.Wins(y) == y.Wins(x) {
				t.Errorf("%+v and %+v tie", different[i], different[j])
			}
		}
	}
}

// Ensure that merging gives the greater rank of each component.metric, the smaller dataset where
// ranks tie, in byte order, whatever the order of what comes in.
func TestNewest(t *testing.T) {
	at := func(component, metric, dataset string, eventTime twin.Millis) twin.Reading {
		return (&twin.Change{Component: component, Metric: metric, Dataset: dataset, Value: "1",
			EventTime: eventTime}).Reading()
	}
	readings := []twin.Reading{
		at("a", "speed", "one", 5), at("a", "speed", "two", 6), at("a", "speed", "three", 4),
		at("a", "load", "two", 7), at("a", "load", "one", 7), // the same reading delivered twice
		at("ä", "speed", "one", 1),
		at("b", "speed", "one", 1), at("a#", "speed", "one", 1),
	}
	want := []twin.Reading{readings[4], readings[1], readings[7], readings[6], readings[5]}
	for shift := range readings {
		in := append(slices.Clone(readings[shift:]), readings[:shift]...)
		if got := twin.Newest(in); !slices.Equal(got, want) {
			t.Fatalf("shifted by %d: got %v, want %v", shift, got, want)
		}
	}
	if got := twin.Newest(nil); len(got) != 0 {
		t.Errorf("nothing merges to %v", got)
	}
}

// Ensure that a metric has its own interval, also none, before that of the dataset.
func TestDataset_IntervalOf(t *testing.T) {
	d := twin.Dataset{Interval: 10, MetricIntervals: map[string]time.Duration{"mileage": 60, "brake.applied": 0}}
	for metric, want := range map[string]time.Duration{"speed": 10, "mileage": 60, "brake.applied": 0} {
		if got := d.IntervalOf(metric); got != want {
			t.Errorf("%s: got %v, want %v", metric, got, want)
		}
	}
}

func ExampleChange_Rank() {
	first := twin.Change{Component: "wagon:1", Metric: "speed", Value: "80", EventTime: 1000}
	late := twin.Change{Component: "wagon:1", Metric: "speed", Value: "90", EventTime: 900}
	fmt.Println(late.Rank().Wins(first.Rank()), first.Rank().Wins(late.Rank()))
	// Output: false true
}
