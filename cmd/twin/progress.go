package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// table writes the status as a table.
func table(all []local.Status, perSecond func(dataset string) float64) string {
	var b strings.Builder
	t := tabular.New(&b, 0, tabular.Column{Heading: "DATASET"}, tabular.Column{Heading: "RECORDS/S", Right: true},
		tabular.Column{Heading: "CHANGES", Right: true}, tabular.Column{Heading: "LATE", Right: true},
		tabular.Column{Heading: "REJECTS", Right: true}, tabular.Column{Heading: "READINGS", Right: true})
	for _, s := range all {
		t.Row(s.Dataset, rate(perSecond(s.Dataset)), number(s.Changes), number(s.Late), number(s.Rejects), number(s.Readings))
	}
	t.Flush()
	return b.String()
}

// summary writes the sums of the status in a line.
func summary(all []local.Status, perSecond func(dataset string) float64) string {
	var sum local.Status
	var records float64
	for _, s := range all {
		records += perSecond(s.Dataset)
		sum.Changes += s.Changes
		sum.Late += s.Late
		sum.Rejects += s.Rejects
		sum.Readings += s.Readings
	}
	return fmt.Sprintf("%s records/s, %s changes, %s late, %s rejected, %s readings of %d datasets",
		rate(records), number(sum.Changes), number(sum.Late), number(sum.Rejects), number(sum.Readings), len(all))
}

func rate(v float64) string {
	if v > 0 && v < 10 {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return number(int64(v + 0.5))
}

// number writes n with a comma after every three digits.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// rates knows how many records a second came in of late.
type rates struct {
	times  []time.Time
	counts []map[string]int64
}

func (r *rates) add(now time.Time, all []local.Status) {
	counts := make(map[string]int64, len(all))
	for _, s := range all {
		counts[s.Dataset] = s.Records
	}
	if len(r.times) > rateOver {
		r.times, r.counts = r.times[1:], r.counts[1:]
	}
	r.times, r.counts = append(r.times, now), append(r.counts, counts)
}

func (r *rates) perSecond(dataset string) float64 {
	last := len(r.times) - 1
	if last < 1 {
		return 0
	}
	return float64(r.counts[last][dataset]-r.counts[0][dataset]) / r.times[last].Sub(r.times[0]).Seconds()
}
