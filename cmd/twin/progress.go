package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// table writes the status as a table, and below it which jobs on Flink have failed.
func table(all []local.Status, perSecond func(dataset string) float64) string {
	var b strings.Builder
	columns := []tabular.Column{{Heading: "DATASET"}}
	for heading := range strings.FieldsSeq("RECORDS/S READINGS APPLIED LATE SUPERSEDED SAME REJECTS NOTHING") {
		columns = append(columns, tabular.Column{Heading: heading, Right: true})
	}
	t := tabular.New(&b, 0, columns...)
	for _, s := range all {
		t.Row(s.Dataset, rate(perSecond(s.Dataset)), number(s.Readings), number(s.Applied), number(s.Late),
			number(s.Superseded), number(s.Same), number(s.Rejected), number(s.Nothing))
	}
	t.Flush()
	for _, f := range failures(all) {
		b.WriteString(f + "\n")
	}
	return b.String()
}

// failures says which jobs on Flink have failed, and why.
func failures(all []local.Status) (list []string) {
	for _, s := range all {
		if s.Failed != "" {
			list = append(list, fmt.Sprintf("%s failed on Flink: %s", s.Dataset, s.Failed))
		}
	}
	return list
}

// summary writes the sums of the status in a line, and which jobs on Flink have failed.
func summary(all []local.Status, perSecond func(dataset string) float64) string {
	var sum local.Status
	var records float64
	for _, s := range all {
		records += perSecond(s.Dataset)
		sum.Tally.Add(s.Tally)
		sum.Readings += s.Readings
	}
	datasets := "datasets"
	if len(all) == 1 {
		datasets = "dataset"
	}
	line := fmt.Sprintf("%s records/s, %s readings of %d %s, changes: %s applied, %s late, %s superseded, %s same; "+
		"%s rejects, %s records gave nothing", rate(records), number(sum.Readings), len(all), datasets,
		number(sum.Applied), number(sum.Late), number(sum.Superseded), number(sum.Same), number(sum.Rejected),
		number(sum.Nothing))
	return strings.Join(append([]string{line}, failures(all)...), "; ")
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
