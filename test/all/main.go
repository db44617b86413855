// Command all runs the tests of the module and says at its end what go test keeps to itself:
//
//	go run ./test/all                         every package
//	go run ./test/all ./internal/api/...      some
//
// What it adds to go test: the reasons of tests that were skipped, for want of a tool mostly; what the tests have to
// say for themselves (lines that begin with "summary: "); the slowest tests; the CPU time of all; and a failure where
// temporary files or processes are left behind. The packages that run on AWS or on a laptop are tested with the race
// detector, if there is a C compiler, which that needs.
//
// With TWIN_REQUIRE=all, as in CI (.ci/run), the tiers run in full, and a skipped test is a failure. TWIN_SEED is the
// seed of everything that is drawn at random, 1 by default.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"

	"github.com/railtwin/digitaltwin/internal/tier"
)

func main() {
	slowest := flag.Int("slowest", 10, "how many of the slowest tests to list")
	timeout := flag.Duration("timeout", time.Hour, "for a package")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	if err := run(patterns, *slowest, *timeout); err != nil {
		fmt.Fprintln(os.Stderr, "test/all:", err)
		os.Exit(1)
	}
}

func run(patterns []string, slowest int, timeout time.Duration) error {
	start := time.Now()
	groups, reason, err := plan(patterns)
	if err != nil {
		return err
	}
	temp, err := newTemporary()
	if err != nil {
		return err
	}
	defer temp.remove()
	seed := tier.Seed()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	r := newReport(os.Stdout)
	// The race detector would sleep a second at the end of each package.
	environment := temp.environment(fmt.Sprint("TWIN_SEED=", seed), "GORACE=atexit_sleep_ms=100")
	var wg sync.WaitGroup
	errs := make([]error, len(groups))
	for i, g := range groups {
		wg.Go(func() { errs[i] = g.test(ctx, r, timeout, environment) })
	}
	wg.Wait()
	if reason != "" {
		r.skipped = append(r.skipped, ended{reason: reason})
	}
	left := temp.left(patience)
	r.conclude(slowest)
	for _, l := range left {
		fmt.Println("left behind:", l)
	}
	r.printSpent(time.Since(start), runtime.NumCPU())
	fmt.Printf("seed %d: TWIN_SEED=%[1]d go run ./test/all repeats what was drawn at random\n", seed)
	fmt.Printf("%d packages, %d tests, %d failed, %d skipped, %v\n", r.packages, r.tests, r.failed, len(r.skipped),
		time.Since(start).Round(time.Second))

	switch {
	case r.failed > 0:
		return errors.New("tests failed")
	case errors.Join(errs...) != nil: // such as a package that does not build
		return errors.Join(errs...)
	case len(left) > 0:
		return errors.New("something was left behind")
	case tier.Required() && len(r.skipped) > 0:
		return errors.New("TWIN_REQUIRE=all, and tests were skipped")
	}
	return nil
}
