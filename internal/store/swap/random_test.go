package swap

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that larger histories than can be explored whole end right too, in random orders: writers that split the same
// items, beside a forget, with stale reads and lost answers.
func TestRandomOrders(t *testing.T) {
	runs := 3000
	if testing.Short() {
		runs = 300
	}
	for seed := range uint64(runs) {
		r := rand.New(rand.NewPCG(11, seed))
		s := randomScenario(r)
		x := &explorer{random: r}
		if err := s.run(x); err != nil {
			t.Fatalf("seed %d, %d writers, forget %d: %v", seed, len(s.writers), s.forget, err)
		}
		x.end()
	}
}

func randomScenario(r *rand.Rand) *scenario {
	s := &scenario{stale: r.IntN(2) == 0, lost: r.IntN(2) == 0}
	metrics := 1 + r.IntN(12)
	some := func(n int) (c changes) {
		seen := map[string]bool{}
		for range n {
			m := fmt.Sprintf("m%02d", r.IntN(metrics))
			if seen[m] {
				continue
			}
			seen[m] = true
			one := change(m, twin.Millis(1+r.IntN(12)))
			one.Value = strings.Repeat("1", 1+r.IntN(700))
			c = append(c, one)
		}
		sortByMetric(c)
		return c
	}
	if r.IntN(2) == 0 {
		s.before = some(3)
	}
	for range 1 + r.IntN(4) {
		s.writers = append(s.writers, some(1+r.IntN(8)))
	}
	if r.IntN(2) == 0 {
		s.forget = twin.Millis(1 + r.IntN(12))
		s.after = some(4)
	}
	return s
}
