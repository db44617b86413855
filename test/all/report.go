package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// event is a line of go test -json.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64 // seconds
}

// report gathers what tests of several processes say. It prints packages as they end, and all that failed tests said.
type report struct {
	out io.Writer

	mu       sync.Mutex
	output   map[string][]string // by package and test, until that ends
	packages int
	tests    int
	failed   int
	skipped  []ended
	slow     []ended
	inside   map[string]time.Duration // by test: what its own tests took together
	summary  []string
	spent    [2]time.Duration // of CPU time: without and with the race detector
}

// ended is a test that has come to its end.
type ended struct {
	name    string // package and test
	elapsed time.Duration
	reason  string // why it was skipped
}

func newReport(out io.Writer) *report {
	return &report{out: out, output: map[string][]string{}, inside: map[string]time.Duration{}}
}

// spend takes note of the CPU time of a go test and of what it has run, compiler and linker among it.
func (r *report) spend(race bool, cpu time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if race {
		r.spent[1] += cpu
	} else {
		r.spent[0] += cpu
	}
}

// read takes what go test -json writes.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				e = event{Action: "build-output", Output: string(line)} // go test speaks plainly of what it cannot do
			}
			r.take(e)
		}
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// said finds what a test has to say at the end: printed, or logged behind the name of a file.
var said = regexp.MustCompile(`^(?:\s+\S+\.go:\d+: )?summary: (.*)`)

func (r *report) take(e event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	name := strings.TrimSpace(e.Package + " " + e.Test)
	elapsed := time.Duration(e.Elapsed * float64(time.Second))
	switch e.Action {
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "output":
		if m := said.FindStringSubmatch(strings.TrimRight(e.Output, "\n")); m != nil {
			r.summary = append(r.summary, m[1])
		}
		r.output[name] = append(r.output[name], e.Output)
	case "skip", "pass", "fail":
		lines := r.output[name]
		delete(r.output, name)
		if e.Test == "" {
			r.endPackage(e, lines)
			return
		}
		r.tests++
		r.slow = append(r.slow, ended{name: name, elapsed: elapsed})
		if at := strings.LastIndex(name, "/"); at > len(e.Package) {
			r.inside[name[:at]] += elapsed
		}
		switch e.Action {
		case "skip":
			r.skipped = append(r.skipped, ended{name: name, reason: reason(lines)})
		case "fail":
			r.failed++
			fmt.Fprint(r.out, strings.Join(lines, ""))
		}
	}
}

func (r *report) endPackage(e event, lines []string) {
	switch e.Action {
	case "skip": // it has no tests
		return
	case "fail":
		r.failed++
		fmt.Fprint(r.out, strings.Join(lines, ""))
	}
	r.packages++
	verdict := map[string]string{"pass": "ok  ", "fail": "FAIL"}[e.Action]
	if slices.ContainsFunc(lines, func(l string) bool {
		return strings.HasPrefix(l, "ok") &&
			strings.Contains(l, "(cached)")
	}) {
		verdict = "ok (cached)"
	}
	fmt.Fprintf(r.out, "%s %s %.1fs\n", verdict, e.Package, e.Elapsed)
}

// logged is a line that a test has logged, behind the name of its file.
var logged = regexp.MustCompile(`^\s+\S+\.go:\d+: (.*)`)

// reason is why a test was skipped: what it has logged last.
func reason(lines []string) string {
	for _, l := range slices.Backward(lines) {
		if m := logged.FindStringSubmatch(strings.TrimRight(l, "\n")); m != nil {
			return m[1]
		}
	}
	return "no reason given"
}
