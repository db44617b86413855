package flink_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/test/flink"
)

// tally counts what the engines were compared on.
var tally struct{ extractors, cases, programs, expressions, records, mutants, vectors, cut int }

// counted calls f, which changes the tally or what else the goroutines of a test share.
func counted(f func()) {
	lock.Lock()
	defer lock.Unlock()
	f()
}

var lock sync.Mutex

// seed is TWIN_FLINK_SEED, default 1: the same run each time. CI sets another one each day.
func seed() uint64 {
	text := os.Getenv("TWIN_FLINK_SEED")
	if text == "" {
		return 1
	}
	s, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		panic(fmt.Sprintf("TWIN_FLINK_SEED must be a whole number below 2^32, not %q", text))
	}
	return s
}

// count is what an environment variable asks for, or n.
func count(name string, n int) int {
	if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return v
	}
	return n
}

// Where every tier is required (TWIN_REQUIRE=all, as in CI), 2,000 generated programs and 20,000 mutated records are
// compared, and 4,000 generated expressions, elsewhere a part of them, within the time that go test gives a package.
// Another number and another seed are an environment variable away (TWIN_FLINK_PROGRAMS=5000 TWIN_FLINK_SEED=2).
func programs() int    { return count("TWIN_FLINK_PROGRAMS", required(2_000, 100)) }
func expressions() int { return count("TWIN_FLINK_EXPRESSIONS", required(4_000, 400)) }
func mutants() int     { return count("TWIN_FLINK_MUTANTS", required(20_000, 2_000)) }

func required(all, otherwise int) int {
	if os.Getenv("TWIN_REQUIRE") == "all" {
		return all
	}
	return otherwise
}

func TestMain(m *testing.M) {
	start := time.Now()
	fmt.Printf("flink: generated programs, expressions and mutants are those of TWIN_FLINK_SEED=%d\n", seed())
	code := m.Run()
	if o := flink.Started(); o != nil && tally.extractors > 0 {
		verdict := "zero differences"
		if code != 0 {
			verdict = "failed"
		}
		conclude(fmt.Sprintf("flink: %s between the Go engine and Flink %s (Java %s): %d extractors, %d cases, %d generated programs, %d expressions, %d records, %d mutated records (%d agree to the millisecond only); seed %d, %v",
			verdict, o.Flink, o.Java, tally.extractors, tally.cases, tally.programs, tally.expressions, tally.records, tally.mutants, tally.cut, seed(), time.Since(start).Round(time.Second)))
	}
	if o := flink.Started(); o != nil {
		o.Close()
	}
	os.Exit(code)
}

// conclude prints the closing line of the tier. As go test shows nothing of a package that passes, the line
// also goes to the file that TWIN_SUMMARY names, if it does: CI prints that at its end.
func conclude(line string) {
	fmt.Println(line)
	path := os.Getenv("TWIN_SUMMARY")
	if path == "" {
		return
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer f.Close()
	fmt.Fprintln(f, line)
}
