package lambda

import (
	"testing"
	"time"
)

// Ensure that waits are those of sums of uniformly distributed times: half of one, the triangle of two.
func TestWaiting(t *testing.T) {
	for _, c := range []struct {
		p       float64
		windows []time.Duration
		want    time.Duration
	}{
		{0.5, []time.Duration{0}, 500 * time.Millisecond},
		{0.95, []time.Duration{0}, 950 * time.Millisecond},
		{0.5, []time.Duration{0, 0}, time.Second},
		{0.95, []time.Duration{0, 0}, 1684 * time.Millisecond}, // 2 - sqrt(0.1)
		{0.95, []time.Duration{5 * time.Second, 0}, 6684 * time.Millisecond},
		{0.5, []time.Duration{0, 0, 0}, 1500 * time.Millisecond},
	} {
		got := Waiting(c.p, c.windows...)
		if d := got - c.want; d < -5*time.Millisecond || d > 5*time.Millisecond {
			t.Errorf("p%g of %v is %s, want %s", 100*c.p, c.windows, got, c.want)
		}
	}
}
