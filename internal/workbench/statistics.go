package workbench

import (
	"encoding/json"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/tabular"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Statistics is a report that gathers what the changes of each metric look like.
type Statistics struct {
	metrics map[string]*metric
	bill    *bill
}

var _ Report = (*Statistics)(nil)

// metric is what the changes of one metric look like. Minimum and maximum are of the numbers among
// the values; a metric without numbers has an example instead.
type metric struct {
	changes, nulls, numbers int
	min, max                float64
	example                 string
	components              map[string]struct{}
	units                   map[string]struct{}
}

// NewStatistics returns statistics of nothing, of a dataset.
func NewStatistics(d twin.Dataset) *Statistics {
	return &Statistics{metrics: make(map[string]*metric), bill: newBill(d)}
}

// Change implements [Report].
func (s *Statistics) Change(r Record, c *twin.Change) error {
	m := s.metrics[c.Metric]
	if m == nil {
		m = &metric{components: make(map[string]struct{}), units: make(map[string]struct{})}
		s.metrics[c.Metric] = m
	}
	m.add(c)
	s.bill.add(r, c)
	return nil
}

func (m *metric) add(c *twin.Change) {
	m.changes++
	m.components[c.Component] = struct{}{}
	if c.Unit != "" {
		m.units[c.Unit] = struct{}{}
	}
	if c.Value == "null" {
		m.nulls++
		return
	}
	var v float64
	if json.Unmarshal([]byte(c.Value), &v) != nil {
		if m.example == "" {
			m.example = c.Value
		}
		return
	}
	if m.numbers == 0 {
		m.min, m.max = v, v
	}
	m.numbers++
	m.min, m.max = min(m.min, v), max(m.max, v)
}

// Reject implements [Report].
func (s *Statistics) Reject(Record, *twin.Problem) error { return nil }

// Drop implements [Report].
func (s *Statistics) Drop(Record, *extract.Drop) error { return nil }

// Nothing implements [Report].
func (s *Statistics) Nothing(Record) error { return nil }

// Write writes the statistics as a table in the order of the metrics' names.
func (s *Statistics) Write(w io.Writer) error {
	table := tabular.New(w, 0, tabular.Column{Heading: "METRIC", Max: 60},
		tabular.Column{Heading: "CHANGES", Right: true}, tabular.Column{Heading: "COMPONENTS", Right: true},
		tabular.Column{Heading: "NULLS", Right: true},
		tabular.Column{Heading: "MIN", Right: true}, tabular.Column{Heading: "MAX", Right: true},
		tabular.Column{Heading: "UNITS", Max: 40}, tabular.Column{Heading: "FOR EXAMPLE", Max: 40})
	for _, name := range slices.Sorted(maps.Keys(s.metrics)) {
		m := s.metrics[name]
		var least, most string
		if m.numbers > 0 {
			least, most = number(m.min), number(m.max)
		}
		table.Row(name, strconv.Itoa(m.changes), strconv.Itoa(len(m.components)), strconv.Itoa(m.nulls), least, most,
			strings.Join(slices.Sorted(maps.Keys(m.units)), " "), m.example)
	}
	return table.Flush()
}

// number writes a number as people do, with an exponent only where there are too many digits.
func number(v float64) string {
	if size := math.Abs(v); size < 1e15 && (size >= 1e-6 || size == 0) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
