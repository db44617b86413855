package flink_test

import (
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/test/flink"
	"github.com/railtwin/digitaltwin/test/flink/generate"
)

// smaller replaces the records of the first disagreements by the smallest ones that still disagree.
func smaller(t *testing.T, o *flink.Oracle, name string, all []disagreement) []disagreement {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for i := range min(len(all), 5) {
		d := all[i]
		for time.Now().Before(deadline) {
			next := compare(t, o, name, d.sql, generate.Smaller(d.record))
			before := len(d.record)
			for _, n := range next {
				if n.record != nil && len(n.record) < len(d.record) {
					d = n
				}
			}
			if len(d.record) == before {
				break
			}
		}
		all[i] = d
	}
	return all
}
