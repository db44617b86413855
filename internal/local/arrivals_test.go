package local

import (
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that arrivals only go forward: with the clock, within a millisecond, after a clock was set back, and
// where the index is at its end.
func TestArrivals(t *testing.T) {
	var a arrivals
	for _, step := range []struct {
		now   int64
		rows  int
		at    int64
		first uint32
	}{{5, 3, 5, 0}, {5, 0, 5, 3}, {5, 2, 5, 3}, {4, 1, 5, 5}, {6, 1, 6, 0}, {6, 1<<32 - 2, 6, 1}, {6, 1, 7, 0},
		{7, 1, 7, 1}} {
		if at, first := a.take(twin.Millis(step.now), step.rows); at != twin.Millis(step.at) || first != step.first {
			t.Errorf("%d rows at %d: %d and %d, want %d and %d", step.rows, step.now, at, first, step.at, step.first)
		}
	}
}
