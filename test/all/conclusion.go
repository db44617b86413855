package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// conclude prints what was skipped, by reason, what tests have to say, and the slowest tests.
func (r *report) conclude(slowest int) {
	r.printSkipped()
	for _, s := range r.summary {
		fmt.Fprintln(r.out, s)
	}
	r.printSlowest(slowest)
}

// namesEach is how many tests are named beside the reason for which they were skipped.
const namesEach = 3

func (r *report) printSkipped() {
	names := map[string][]string{}
	var reasons []string
	for _, s := range r.skipped {
		if names[s.reason] == nil {
			reasons = append(reasons, s.reason)
		}
		names[s.reason] = append(names[s.reason], s.name)
	}
	for _, why := range reasons {
		fmt.Fprintf(r.out, "skipped: %s\n", why)
		for _, n := range names[why][:min(namesEach, len(names[why]))] {
			if n != "" {
				fmt.Fprintf(r.out, "    %s\n", n)
			}
		}
		if more := len(names[why]) - namesEach; more > 0 {
			fmt.Fprintf(r.out, "    and %d more\n", more)
		}
	}
}

// printSlowest lists the slowest tests. The time of a test is its own, without that of the tests inside it.
func (r *report) printSlowest(n int) {
	if n <= 0 || len(r.slow) == 0 {
		return
	}
	for i, s := range r.slow {
		r.slow[i].elapsed = s.elapsed - r.inside[s.name]
	}
	slices.SortStableFunc(r.slow, func(a, b ended) int { return cmp.Compare(b.elapsed, a.elapsed) })
	fmt.Fprintln(r.out, "slowest tests:")
	for _, s := range r.slow[:min(n, len(r.slow))] {
		fmt.Fprintf(r.out, "%8.1f s  %s\n", s.elapsed.Seconds(), s.name)
	}
}

// printSpent tells the CPU time of the run, which is about the same on a machine that has other things to do as well,
// and how much of so many cores it used: what is missing to all of it was spent waiting.
func (r *report) printSpent(elapsed time.Duration, cores int) {
	total := r.spent[0] + r.spent[1]
	fmt.Fprintf(r.out, "CPU time: %v, of which %v with the race detector; %.0f %% of %d cores\n", total.Round(time.Second),
		r.spent[1].Round(time.Second), 100*total.Seconds()/(elapsed.Seconds()*float64(cores)), cores)
}
