package tier

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
)

// Seed is the seed of what tests draw at random: TWIN_SEED, or 1, which makes every run the same. CI takes another
// every day. It panics if TWIN_SEED is no whole number.
func Seed() uint64 {
	text := os.Getenv("TWIN_SEED")
	if text == "" {
		return 1
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("TWIN_SEED must be a whole number below 2^64, not %q", text))
	}
	return seed
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
