package workbench

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/tabular"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Difference is a reading that two versions of an extractor make differently of the same records.
type Difference struct {
	Component, Metric string
	Old, New          *twin.Reading // nil where the version makes none
}

// newest is a report that keeps the readings that would be served.
type newest map[[2]string]twin.Reading

func (n newest) Change(_ Record, c *twin.Change) error {
	key := [2]string{c.Component, c.Metric}
	reading := c.Reading()
	if stored, ok := n[key]; !ok || reading.Rank.Wins(stored.Rank) {
		n[key] = reading
	}
	return nil
}

func (n newest) Reject(Record, *twin.Problem) error { return nil }

func (n newest) Drop(Record, *extract.Drop) error { return nil }

func (n newest) Unread(Record, int) error { return nil }

func (n newest) Nothing(Record) error { return nil }

// Compare runs the records through two versions of an extractor and returns the readings that differ
// in value, unit or event time, in the order of component and metric.
func Compare(ctx context.Context, before, after *Extractor, in Inputs) ([]Difference, Totals, Totals, error) {
	left, right := make(newest), make(newest)
	was, err := before.Run(ctx, in, left)
	if err != nil {
		return nil, was, Totals{}, err
	}
	is, err := after.Run(ctx, in, right)
	if err != nil {
		return nil, was, is, err
	}
	keys := maps.Clone(left)
	maps.Copy(keys, right)
	var differences []Difference
	for key := range keys {
		d := Difference{Component: key[0], Metric: key[1]}
		if r, ok := left[key]; ok {
			d.Old = &r
		}
		if r, ok := right[key]; ok {
			d.New = &r
		}
		if d.Old == nil || d.New == nil || d.Old.Value != d.New.Value || d.Old.Unit != d.New.Unit ||
			d.Old.EventTime != d.New.EventTime {
			differences = append(differences, d)
		}
	}
	slices.SortFunc(differences, func(a, b Difference) int {
		if c := strings.Compare(a.Component, b.Component); c != 0 {
			return c
		}
		return strings.Compare(a.Metric, b.Metric)
	})
	return differences, was, is, nil
}

// WriteDifferences writes what differs as a table.
func WriteDifferences(w io.Writer, differences []Difference) error {
	table := tabular.New(w, 0, tabular.Column{Heading: "COMPONENT", Max: 60}, tabular.Column{Heading: "METRIC", Max: 60},
		tabular.Column{Heading: "OLD", Max: 60}, tabular.Column{Heading: "NEW", Max: 60})
	for _, d := range differences {
		showTime := d.Old != nil && d.New != nil && d.Old.EventTime != d.New.EventTime
		table.Row(d.Component, d.Metric, show(d.Old, showTime), show(d.New, showTime))
	}
	return table.Flush()
}

func show(r *twin.Reading, showTime bool) string {
	if r == nil {
		return "-"
	}
	s := r.Value
	if r.Unit != "" {
		s += " " + r.Unit
	}
	if showTime {
		s += " at " + r.EventTime.String()
	}
	return s
}
