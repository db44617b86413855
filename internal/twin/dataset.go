package twin

import (
	"strings"
	"time"
)

// Dataset is one pipeline's entry in the catalogue. The settings come from the SET statements of its
// extractor; durations of zero mean "none".
type Dataset struct {
	Name        string // without #
	Description string
	Extractor   string // the first 12 hex digits of the SHA-256 of the SQL file
	Revision    uint16

	Interval        time.Duration            // expected time between two readings of a component
	MetricIntervals map[string]time.Duration // where a metric differs; 0 for 'none'
	MaxFuture       time.Duration            // how far ahead of the clock an event time may be; 0 for DefaultMaxFuture
	ExpireAfter     time.Duration            // older readings are refused and expire
	Metrics         []Metric                 // what the extractor declares, in name order

	Newest Millis // greatest event time applied; 0 where there is none. Kept by the store
	Paused Millis `json:",omitzero"` // since when no records are taken in; 0 where they are. Kept by the store
}

// DefaultMaxFuture holds where SET 'twin.max-future' does not say otherwise.
const DefaultMaxFuture = 5 * time.Minute

// Metric is a metric that an extractor declares. A name that the record decides is a pattern, with *
// for what is not known: axle.*.bearing.temperature.
type Metric struct {
	Name  string
	Units []string // sorted; the unit "" means none, * one that the record decides

	// Group numbers the metrics that the SQL delivers together, from one source row: the store keeps them together.
	Group uint16 `json:",omitempty"`
}

// Matches reports whether m declares the metric with this name.
func (m Metric) Matches(name string) bool { return matches(m.Name, name) }

// matches reports whether a name fits a pattern, in which * stands for any text.
func matches(pattern, name string) bool {
	head, tail, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, head)
	if !ok {
		return false
	}
	for i := range len(rest) + 1 {
		if matches(tail, rest[i:]) {
			return true
		}
	}
	return false
}

// IntervalOf returns the expected time between two readings of a metric, 0 where there is none.
func (d *Dataset) IntervalOf(metric string) time.Duration {
	if v, ok := d.MetricIntervals[metric]; ok {
		return v
	}
	return d.Interval
}
