package start

import (
	"math"
	"runtime/debug"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that the heap is bounded by the memory of the function, and where that is not known not at all.
func TestBoundMemory(t *testing.T) {
	before := debug.SetMemoryLimit(math.MaxInt64)
	defer debug.SetMemoryLimit(before)
	for mb, want := range map[string]int64{"": math.MaxInt64, "much": math.MaxInt64, "512": 512 << 20 / 10 * 9} {
		t.Run(mb, func(t *testing.T) {
			for k, v := range (wiring.AWS{Region: "r", AccessKeyID: "a", SecretAccessKey: "b", MemoryMB: mb}).Env() {
				t.Setenv(k, v)
			}
			boundMemory()
			if got := debug.SetMemoryLimit(math.MaxInt64); got != want {
				t.Errorf("%d, want %d", got, want)
			}
		})
	}
}
