package flink_test

import (
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/tier"
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

// count is what an environment variable asks for, or n.
func count(name string, n int) int {
	if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return v
	}
	return n
}

// Where every tier is required (TWIN_REQUIRE=all, as in CI), 2,000 generated programs and 20,000 mutated records are
// compared, and 2,000 generated expressions, elsewhere a part of them, within the time that go test gives a package.
// Another number and another seed are an environment variable away (TWIN_FLINK_PROGRAMS=5000 TWIN_SEED=2).
func programs() int    { return count("TWIN_FLINK_PROGRAMS", required(2_000, 100)) }
func expressions() int { return count("TWIN_FLINK_EXPRESSIONS", required(2_000, 400)) }
func mutants() int     { return count("TWIN_FLINK_MUTANTS", required(20_000, 2_000)) }

func required(all, otherwise int) int {
	if tier.Required() {
		return all
	}
	return otherwise
}

func TestMain(m *testing.M) {
	start := time.Now()
	fmt.Printf("flink: generated programs, expressions and mutants are those of TWIN_SEED=%d\n", tier.Seed())
	code := m.Run()
	if o := flink.Started(); o != nil {
		if tally.extractors > 0 {
			conclude(o, code == 0, time.Since(start))
		}
		o.Close()
	}
	os.Exit(code)
}

// conclude prints the closing line of the tier, which go run ./test/all shows at its end.
func conclude(o *flink.Oracle, passed bool, took time.Duration) {
	verdict := "zero differences"
	if !passed {
		verdict = "failed"
	}
	fmt.Printf("summary: flink: %s between the Go engine and Flink %s (Java %s): %d extractors, %d cases, %d generated "+
		"programs, "+
		"%d expressions, %d records, %d mutated records (%d agree to the millisecond only); TWIN_SEED=%d, %v\n",
		verdict, o.Flink, o.Java, tally.extractors, tally.cases, tally.programs, tally.expressions, tally.records,
		tally.mutants,
		tally.cut, tier.Seed(), took.Round(time.Second))
}
