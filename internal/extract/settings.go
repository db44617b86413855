package extract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Settings are the keys that an extractor can set.
var Settings = []struct{ Key, Doc string }{
	{"twin.description", "One line for the catalogue."},
	{"twin.interval",
		"Expected time between two readings of a component: '500 ms', '10 s', '5 min', '1 h', '1 d' or 'none'."},
	{"twin.interval.<metric>", "The same for one metric."},
	{"twin.max-future", "How far ahead of the clock an event time may be; default 5 min."},
	{"twin.expire-after", "Older event times are rejects, older readings expire; default none."},
	{"twin.revision", "A whole number, default 1. Raise it when a corrected file replays old records."},
	{"twin.layout", "Has no effect any more."},
}

// settings reads SET 'twin.*' into d.
func settings(sets []*syntax.Set, d *twin.Dataset, report check.Report) {
	d.Revision, d.MaxFuture = 1, twin.DefaultMaxFuture
	seen := map[string]bool{}
	for _, s := range sets {
		if seen[s.Key.Value] {
			report(s.Key.Pos, s.Key.End, diag.Rejected, s.Key.Value+" is set twice", "keep one")
			continue
		}
		seen[s.Key.Value] = true
		setting(s, d, report)
	}
}

func setting(s *syntax.Set, d *twin.Dataset, report check.Report) {
	key, value := s.Key.Value, s.Value.Value
	bad := func(message, hint string) { report(s.Value.Pos, s.Value.End, diag.Rejected, message, hint) }
	metric, perMetric := strings.CutPrefix(key, "twin.interval.")
	switch {
	case key == "twin.description":
		d.Description = value
	case key == "twin.interval" || perMetric && metric != "":
		v, err := duration(value)
		if err != nil {
			bad(err.Error(), "write '10 s', '5 min', '1 h', '1 d', or 'none' where readings come at no regular time")
			return
		}
		if !perMetric {
			d.Interval = v
			return
		}
		if d.MetricIntervals == nil {
			d.MetricIntervals = map[string]time.Duration{}
		}
		d.MetricIntervals[metric] = v
	case key == "twin.max-future":
		v, err := duration(value)
		if err != nil || v == 0 {
			bad("'"+value+"' is not how far a clock may be ahead", "write '5 min'")
			return
		}
		d.MaxFuture = v
	case key == "twin.expire-after":
		v, err := duration(value)
		if err != nil {
			bad(err.Error(), "write '30 d', or 'none'")
			return
		}
		d.ExpireAfter = v
	case key == "twin.revision":
		v, err := strconv.ParseUint(value, 10, 16)
		if err != nil || v == 0 {
			bad("'"+value+"' is not a revision", "write a whole number from 1 to 65535, and raise it when a corrected file "+
				"replays old records")
			return
		}
		d.Revision = uint16(v)
	case key == "twin.layout":
		report(s.Key.Pos, s.Value.End, diag.Warning, "twin.layout has no effect any more",
			"take it out: the store chooses by itself what it keeps together")
	case strings.HasPrefix(key, "twin."):
		known := make([]string, len(Settings))
		for i, s := range Settings {
			known[i] = s.Key
		}
		hint := "there are: " + strings.Join(known, ", ")
		if n := diag.Nearest(key, known); n != "" {
			hint = "did you mean '" + n + "'?"
		}
		report(s.Key.Pos, s.Key.End, diag.Rejected, "there is no setting '"+key+"'", hint)
	default:
		report(s.Key.Pos, s.Key.End, diag.Rejected, "an extractor cannot set '"+key+"', which belongs to the engine",
			"only SET 'twin.*' is taken")
	}
}

var units = map[string]time.Duration{
	"ms": time.Millisecond, "s": time.Second, "sec": time.Second, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// duration reads "10 s"; "none" is 0.
func duration(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if s == "none" {
		return 0, nil
	}
	i := strings.LastIndexAny(s, "0123456789") + 1
	n, err := strconv.ParseInt(s[:i], 10, 64)
	unit, ok := units[strings.TrimSpace(s[i:])]
	if err != nil || !ok || n <= 0 || n > int64((1<<63-1)/unit) {
		return 0, fmt.Errorf("'%s' is not a duration", s)
	}
	return time.Duration(n) * unit, nil
}

// checkIntervals warns of an interval for a metric that no statement delivers.
func checkIntervals(sets []*syntax.Set, d *twin.Dataset, report check.Report) {
	for _, s := range sets {
		metric, ok := strings.CutPrefix(s.Key.Value, "twin.interval.")
		if !ok || slices.ContainsFunc(d.Metrics, func(m twin.Metric) bool { return m.Matches(metric) }) {
			continue
		}
		known := make([]string, len(d.Metrics))
		for i, m := range d.Metrics {
			known[i] = m.Name
		}
		hint := "it delivers: " + strings.Join(known, ", ")
		if n := diag.Nearest(metric, known); n != "" {
			hint = "did you mean '" + n + "'?"
		}
		report(s.Key.Pos, s.Key.End, diag.Warning, "this extractor delivers no metric '"+metric+"'", hint)
	}
}
