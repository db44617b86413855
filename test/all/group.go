package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// group is packages that one go test runs.
type group struct {
	packages []string
	race     bool
	parallel int // packages at once
}

// raced are the folders whose packages run with the race detector: all code that runs on AWS or in the local twin.
var raced = []string{"internal/", "functions/"}

// plain are the folders whose packages run without the race detector too: it would add to the allocations that their
// tests count, or make tests that it cannot help ten times as long.
var plain = []string{
	"internal/extract/decode", "internal/store/dynamo", "internal/store/metered", "internal/store/swap",
	"internal/stream", "internal/twin",
}

// first are the folders whose tests take longest. They begin first, so that at the end no core waits for another. The
// tests of the page are not among them: they count frames, and need a core for that.
var first = []string{
	"test/flink", "test/rehearsal", "constructs", "test/runner", "test/clients", "test/faults", "test/lint",
	"cmd/twin", "test", "internal/store/",
}

// plan divides packages into groups that run at the same time. The reason says why there is no race detector.
func plan(patterns []string) (groups []group, reason string, err error) {
	module, err := list("-m")
	if err != nil {
		return nil, "", err
	}
	all, err := list(patterns...)
	if err != nil {
		return nil, "", err
	}
	rest, race := divide(module[0], all)
	if err := raceDetector(); err != nil {
		reason = fmt.Sprintf("tier race: %v; the tests ran without it", err)
		race.race = false
		race.packages = slices.DeleteFunc(race.packages, func(pkg string) bool { return slices.Contains(rest.packages, pkg) })
	}
	return slices.DeleteFunc([]group{rest, race}, func(g group) bool { return len(g.packages) == 0 }), reason, nil
}

// divide returns the packages that run without and with the race detector, those first that take longest.
func divide(module string, all []string) (rest, race group) {
	folder := func(pkg string) string { return strings.TrimPrefix(strings.TrimPrefix(pkg, module), "/") }
	rank := func(pkg string) int {
		if i := slices.IndexFunc(first, func(f string) bool { return below(folder(pkg), f) }); i >= 0 {
			return i
		}
		return len(first)
	}
	slices.SortStableFunc(all, func(a, b string) int { return rank(a) - rank(b) })
	rest = group{parallel: runtime.NumCPU()}
	race = group{parallel: max(1, runtime.NumCPU()/2), race: true}
	for _, pkg := range all {
		if slices.ContainsFunc(raced, func(f string) bool { return below(folder(pkg), f) }) {
			race.packages = append(race.packages, pkg)
			if !slices.Contains(plain, folder(pkg)) {
				continue
			}
		}
		rest.packages = append(rest.packages, pkg)
	}
	return rest, race
}

// below tells whether a folder is another, or below it where that ends with a slash.
func below(folder, other string) bool {
	return folder == other || strings.HasSuffix(other, "/") && strings.HasPrefix(folder, other)
}

// raceDetector says why the race detector cannot be used on this machine, if so.
func raceDetector() error {
	out, err := exec.Command("go", "env", "CC").Output()
	if err != nil {
		return fmt.Errorf("go env CC: %w", err)
	}
	compiler := strings.Fields(string(out))
	if len(compiler) == 0 {
		return fmt.Errorf("it needs a C compiler")
	}
	if _, err := exec.LookPath(compiler[0]); err != nil {
		return fmt.Errorf("it needs a C compiler: %w", err)
	}
	return nil
}

func list(args ...string) ([]string, error) {
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w", strings.Join(args, " "), err)
	}
	return strings.Fields(string(out)), nil
}

// test runs the group and reports what happens.
func (g group) test(ctx context.Context, r *report, timeout time.Duration, environment []string) error {
	args := []string{"test", "-json", "-timeout", timeout.String(), "-p", strconv.Itoa(g.parallel)}
	if g.race {
		args = append(args, "-race")
	}
	cmd := exec.CommandContext(ctx, "go", append(args, g.packages...)...)
	cmd.Env, cmd.Stderr = environment, os.Stderr
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(os.Interrupt) }, patience
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := r.read(out); err != nil {
		return err
	}
	err = cmd.Wait()
	r.spend(g.race, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	if err != nil {
		return fmt.Errorf("go test: %w", err)
	}
	return nil
}
