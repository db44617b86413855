package packed

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// NoFloor is the floor of an item of which nothing was forgotten: every event time is above it.
const NoFloor = twin.Millis(-1 << 63)

// Verdict is what becomes of a reading that is offered to a block.
type Verdict uint8

// The verdicts. A swap is needed for the first two.
const (
	Wins     Verdict = iota // there is none of its metric, or one of a lesser rank
	Replaces                // the same rank is there with another lineage, of which the greater stays
	Equal                   // it is there
	Loses                   // one of a greater rank is there
	Covered                 // the floor is not below its event time
)

// Offer says what becomes of readings that are offered to a block with a floor. Both are in the order of metrics,
// each of which stands once in each.
func Offer(stored, offered []Entry, floor twin.Millis, verdicts []Verdict) {
	i := 0
	for j := range offered {
		o := &offered[j]
		for i < len(stored) && stored[i].Metric < o.Metric {
			i++
		}
		switch {
		case o.EventTime <= floor:
			verdicts[j] = Covered
		case i == len(stored) || stored[i].Metric != o.Metric || stored[i].EventTime <= floor:
			verdicts[j] = Wins
		default:
			verdicts[j] = against(o, &stored[i])
		}
	}
}

func against(o, stored *Entry) Verdict {
	switch order := o.compareRank(stored); {
	case order > 0:
		return Wins
	case order < 0:
		return Loses
	case o.Lineage.compare(stored.Lineage) > 0:
		return Replaces
	}
	return Equal
}

// Join returns the readings of two blocks as one: of each metric the greatest by [Entry.Compare]. Both are in the order
// of metrics, and so is what is returned. Joining is associative, commutative and idempotent, so that the readings
// depend on what was joined and on nothing else.
func Join(a, b []Entry) []Entry {
	out := make([]Entry, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch strings.Compare(a[0].Metric, b[0].Metric) {
		case -1:
			out, a = append(out, a[0]), a[1:]
		case 1:
			out, b = append(out, b[0]), b[1:]
		default:
			if a[0].Compare(&b[0]) >= 0 {
				out = append(out, a[0])
			} else {
				out = append(out, b[0])
			}
			a, b = a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// Differ appends the metrics of which two blocks do not have the same reading. Both are in the order of metrics.
func Differ(metrics []string, a, b []Entry) []string {
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Metric < b[0].Metric:
			metrics, a = append(metrics, a[0].Metric), a[1:]
		case len(a) == 0 || b[0].Metric < a[0].Metric:
			metrics, b = append(metrics, b[0].Metric), b[1:]
		default:
			if a[0].Compare(&b[0]) != 0 {
				metrics = append(metrics, a[0].Metric)
			}
			a, b = a[1:], b[1:]
		}
	}
	return metrics
}

// Above returns the entries whose event times are above floor, in the memory of entries where all are.
func Above(entries []Entry, floor twin.Millis) []Entry {
	for i := range entries {
		if entries[i].EventTime > floor {
			continue
		}
		kept := append(make([]Entry, 0, len(entries)), entries[:i]...)
		for _, e := range entries[i+1:] {
			if e.EventTime > floor {
				kept = append(kept, e)
			}
		}
		return kept
	}
	return entries
}
