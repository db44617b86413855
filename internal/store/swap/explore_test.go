package swap

import (
	"fmt"
	"math/rand/v2"
	"slices"
)

// explorer runs a scenario again and again, so that in the end every order of the steps of its actors was taken, with
// every choice on the way. A step is one request to one item: that is what DynamoDB does at once.
//
// Actors are goroutines that stop before each step; when all of them stand still, the explorer lets one go. A run is
// told by its choices, so a new one is an old one with its last choice changed. Of orders that differ only in which of
// two steps came first that have nothing to do with each other, one is taken.
type explorer struct {
	choices   []choice
	at        int  // in choices, during a run
	redundant bool // another run does the same
	pool      []*actor
	random    *rand.Rand // takes choices at random instead, and any order
}

// choice is one of so many that was taken.
type choice struct{ taken, of int }

// access is what a step reads, and what it may write.
type access struct {
	reads, writes []any
}

// independent reports whether two steps do the same in either order.
func (a access) independent(b access) bool {
	return !meet(a.writes, b.writes) && !meet(a.writes, b.reads) && !meet(a.reads, b.writes)
}

func meet(a, b []any) bool {
	return slices.ContainsFunc(a, func(x any) bool { return slices.Contains(b, x) })
}

// choose returns a number below n: each of them in some run.
func (x *explorer) choose(n int) int {
	switch {
	case x.random != nil:
		return x.random.IntN(n)
	case n == 1 || x.redundant:
		return 0
	}
	if x.at == len(x.choices) {
		x.choices = append(x.choices, choice{0, n})
	}
	c := &x.choices[x.at]
	if c.of != n {
		panic(fmt.Sprintf("a run is not repeated: %d choices where there were %d", n, c.of))
	}
	x.at++
	return c.taken
}

// next moves on to a run that was not taken, and reports whether there is one.
func (x *explorer) next() bool {
	for len(x.choices) > 0 {
		last := &x.choices[len(x.choices)-1]
		if last.taken++; last.taken < last.of {
			return true
		}
		x.choices = x.choices[:len(x.choices)-1]
	}
	return false
}

// actor is a goroutine that takes steps.
type actor struct {
	begin chan func(*actor)
	ready chan *request // its next one; nil when it has ended
	done  chan struct{}
}

type request struct {
	access
	do func()
}

// actors are goroutines that are used from run to run, for a new one costs more than what it does here.
func (x *explorer) actors(n int) []*actor {
	for len(x.pool) < n {
		a := &actor{make(chan func(*actor)), make(chan *request), make(chan struct{})}
		x.pool = append(x.pool, a)
		go func() {
			for do := range a.begin {
				do(a)
				a.ready <- nil
			}
		}()
	}
	return x.pool[:n]
}

// step lets the explorer choose when do is done.
func (a *actor) step(what access, do func()) {
	a.ready <- &request{what, do}
	<-a.done
}

// mostSteps is more than any run takes: one with more does not end.
const mostSteps = 400

// run lets actors go, one step at a time, until all have ended.
func (x *explorer) run(actors ...func(*actor)) error {
	all := x.actors(len(actors))
	steps := make([]*request, len(all)) // of each actor; nil once it has ended
	for i, do := range actors {
		all[i].begin <- do
		steps[i] = <-all[i].ready
	}
	last, before := -1, (*request)(nil)
	for n := 0; ; n++ {
		var able []int
		ended := true
		for i, s := range steps {
			if s == nil {
				continue
			}
			if ended = false; i < last && !x.redundant && x.random == nil && s.independent(before.access) {
				continue // the order with this step first is taken too
			}
			able = append(able, i)
		}
		if ended {
			return nil
		}
		if n > mostSteps {
			return fmt.Errorf("more than %d steps: somebody makes no progress", mostSteps)
		}
		if len(able) == 0 { // the actors are let go to their ends, whatever comes of it
			x.redundant = true
			last = -1
			continue
		}
		last = able[x.choose(len(able))]
		before = steps[last]
		before.do()
		all[last].done <- struct{}{}
		steps[last] = <-all[last].ready
	}
}

// explore runs a scenario in every order, until one of them is wrong, and returns how many it ran.
func explore(scenario func(x *explorer) error) (runs int, err error) {
	x := &explorer{}
	defer x.end()
	for more := true; more; more = x.next() {
		x.at, x.redundant = 0, false
		if runs++; runs%1000 == 0 && runs > mostRuns {
			return runs, fmt.Errorf("more than %d orders: make the scenario smaller", mostRuns)
		}
		if err := scenario(x); x.redundant {
			runs--
		} else if err != nil {
			return runs, fmt.Errorf("order %d, choices %v: %w", runs, x.choices, err)
		}
	}
	return runs, nil
}

// end ends the actors.
func (x *explorer) end() {
	for _, a := range x.pool {
		close(a.begin)
	}
}

// mostRuns bounds a scenario.
const mostRuns = 2_000_000
