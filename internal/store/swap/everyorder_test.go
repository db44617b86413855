//go:build !race

package swap

import (
	"runtime/debug"
	"testing"
	"time"
)

// One goroutine at a time goes on in these tests, so the race detector would only make them ten times as long:
// test/all runs this package without it too.

// Ensure that in every order of requests, with stale reads, lost answers, forgetting and deletion, what is served in
// the end is what the set of changes says, and that everybody ends.
func TestExplore(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	total := 0
	for _, s := range scenarios() {
		start := time.Now()
		runs, err := explore(s.run)
		if err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		t.Logf("%-56s %8d orders, %s", s.name, runs, time.Since(start).Round(time.Millisecond))
		total += runs
	}
	t.Logf("%d orders explored", total)
}

// Ensure that the exploration finds what was wrong in the first design, when it is planted again.
func TestExplore_Faults(t *testing.T) {
	named := map[string]scenario{}
	for _, s := range scenarios() {
		named[s.name] = s
	}
	for f, name := range map[fault]string{
		oldList:    "forget beside a first write",
		dropped:    "forget beside a first write",
		removed:    "forget beside what stays",
		noFloor:    "forget beside an update",
		countedTag: "deleted and made again",
		byClock:    "an old reading beside a new one",
		absorbed:   "an older item at the first write",
	} {
		s, ok := named[name]
		if !ok {
			t.Fatalf("there is no scenario %q", name)
		}
		runs, err := explore(func(x *explorer) error { return s.runWith(x, f) })
		if err == nil {
			t.Errorf("%s: not found in %d orders of %q", f, runs, name)
		} else {
			t.Logf("%s: %.200s", f, err)
		}
	}
}
