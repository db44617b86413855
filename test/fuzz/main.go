// Command fuzz runs every fuzz target of the module for its share of a time:
//
//	go run ./test/fuzz -time 10m          all targets
//	go run ./test/fuzz -time 1m Scanner   those whose package and name contain Scanner
//	go run ./test/fuzz -time 10m -keep    and keeps what reached code that no seed had reached
//
// An input that fails lies in the testdata/fuzz of its package afterwards, where go test replays it.
// With -keep inputs that were found, now or in an earlier run on this machine, come there too, the
// short ones first, as far as each covers a statement that nothing kept so far does.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	total := flag.Duration("time", 10*time.Minute, "for all targets together, without compiling them")
	keep := flag.Bool("keep", false, "add inputs that cover more to testdata/fuzz")
	flag.Parse()
	if err := run(*total, *keep, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

func run(total time.Duration, keep bool, pattern string) error {
	targets, err := list(pattern)
	if err != nil {
		return err
	}
	if len(targets) == 0 {
		return fmt.Errorf("no fuzz target contains %q", pattern)
	}
	share := total / time.Duration(len(targets))
	if share <= 0 && !keep {
		return errors.New("-time must be positive")
	}
	failed := 0
	for _, t := range targets {
		line, ok := "not fuzzed", true
		if share > 0 {
			line, ok = t.fuzz(share)
		}
		if !ok {
			failed++
		}
		if ok && keep {
			n, err := t.keep()
			if err != nil {
				return fmt.Errorf("%s: %w", t, err)
			}
			line += fmt.Sprintf(", %d inputs kept", n)
		}
		fmt.Printf("%-70s %s\n", t, line)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d targets failed", failed, len(targets))
	}
	if share > 0 {
		fmt.Printf("%d targets, %v each, clean\n", len(targets), share.Round(time.Millisecond))
	}
	return nil
}

// outOfTime tells whether a run failed for nothing but its time: the fuzzing engine of Go says so where
// the time ends while an input runs. An input that fails is written down.
func outOfTime(out []byte) bool {
	return bytes.Contains(out, []byte("context deadline exceeded")) &&
		!bytes.Contains(out, []byte("Failing input written to")) &&
		!bytes.Contains(out, []byte("panic:"))
}

// fuzz runs the target and returns its last word on what it did, or all that it said if it failed.
func (t target) fuzz(d time.Duration) (string, bool) {
	// Minimising an interesting input may take a minute by default, which is more than the share.
	cmd := exec.Command("go", "test", "-run=^$", "-fuzz=^"+t.name+"$", "-fuzztime="+d.String(), "-fuzzminimizetime=100x",
		t.pkg)
	out, err := cmd.CombinedOutput()
	if err != nil && !outOfTime(out) {
		return "FAILED: " + err.Error() + "\n" + string(out), false
	}
	last := "no output"
	for line := range strings.Lines(string(out)) {
		if rest, ok := strings.CutPrefix(line, "fuzz: elapsed: "); ok && strings.Contains(line, "execs") {
			last = strings.TrimSpace(rest)
		}
	}
	return last, true
}
