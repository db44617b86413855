package tier

import (
	"os"
	"runtime/debug"
	"strconv"
	"sync"
)

// Seed is the seed of what tests draw at random: TWIN_SEED, or 1, which makes every run the same. CI takes another
// every day.
func Seed() uint64 {
	if s, err := strconv.ParseUint(os.Getenv("TWIN_SEED"), 10, 64); err == nil {
		return s
	}
	return 1
}

// Race tells whether the test was built with the race detector, under which code is about ten times as slow and
// allocates more: counts of allocations do not hold, and what one goroutine does alone needs fewer rounds.
var Race = sync.OnceValue(func() bool {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-race" {
			return s.Value == "true"
		}
	}
	return false
})
