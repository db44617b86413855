package flink_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/test/flink"
)

// tally counts what the engines were compared on.
var tally struct{ extractors, cases, programs, expressions, records, mutants, vectors int }

// seed is TWIN_SEED, or another one each day, so that every day's runs look at new programs, and a
// failure can be repeated.
func seed() uint64 {
	if s, err := strconv.ParseUint(os.Getenv("TWIN_SEED"), 10, 64); err == nil {
		return s
	}
	return uint64(time.Now().Unix() / 86400)
}

// The whole tier takes minutes, so a short run looks at a twentieth of it.
func scale(n int) int {
	if testing.Short() {
		return n / 20
	}
	return n
}

func programs() int    { return scale(2_000) }
func expressions() int { return scale(10_000) }
func mutants() int     { return scale(20_000) }

func TestMain(m *testing.M) {
	start := time.Now()
	code := m.Run()
	if o := flink.Started(); o != nil && tally.extractors > 0 {
		fmt.Printf("flink: %d extractors, %d cases, %d programs, %d expressions, %d records and %d mutated ones on Flink %s (Java %s) and the Go engine in %v; seed %d\n",
			tally.extractors, tally.cases, tally.programs, tally.expressions, tally.records, tally.mutants, o.Flink, o.Java, time.Since(start).Round(time.Second), seed())
	}
	os.Exit(code)
}
