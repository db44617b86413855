package operate_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// ranks are those of the stored readings, by box.
func (r *rig) ranks(boxes int) map[string]twin.Rank {
	r.t.Helper()
	q := store.ReadingQuery{Datasets: []string{"boxes"}}
	for i := range boxes {
		q.Components = append(q.Components, fmt.Sprintf("box:%d", i))
	}
	readings, err := r.store.Readings(r.t.Context(), q)
	r.must(err)
	m := map[string]twin.Rank{}
	for _, reading := range readings {
		m[reading.Component] = reading.Rank
	}
	return m
}

// Ensure that a dry run says how many readings the replay changes then: of records that are older and newer than what
// is stored, repeated, stored already, expired, and still wrong.
func TestReplay_Effect(t *testing.T) {
	const boxes = 60
	for seed := range uint64(5) {
		r, random := newRig(t), rand.New(rand.NewPCG(seed, 1))
		for round := range 2 {
			var list []twin.Reject
			for n := range 150 {
				speed := []string{"1", "2", "~3", "fast"}[random.IntN(4)]
				ago := 1 + random.IntN(400)
				if random.IntN(20) == 0 {
					ago += 100_000 // more than a day
				}
				list = append(list, reject(1000*round+n, record(random.IntN(boxes), speed, ago), twin.Unreadable, "speed"))
			}
			r.keep(list...)
			before := r.ranks(boxes)
			dry := r.do(`{"kind":"replay","dataset":"boxes"}`)
			run := r.do(`{"kind":"replay","dataset":"boxes","dryRun":false,"rate":10000}`)
			changed := int64(0)
			for box, rank := range r.ranks(boxes) {
				if rank != before[box] {
					changed++
				}
			}
			if dry.Counts.Readings != changed || dry.Counts.AtLeast || changed == 0 || run.Counts.Readings != 0 ||
				dry.Counts.Passed != run.Counts.Passed {
				t.Errorf("seed %d, round %d: %+v, and %d changed by %+v", seed, round, dry.Counts, changed, run.Counts)
			}
		}
	}
}

// Ensure that a dry run that does not look at everything says so: of more components than it reads, and in several
// steps.
func TestReplay_EffectAtLeast(t *testing.T) {
	r := newRig(t)
	var list []twin.Reject
	for n := range 5_050 {
		list = append(list, reject(n, record(n, "1", 10), twin.Unreadable, "speed"))
	}
	r.keep(list...)
	if run := r.do(`{"kind":"replay","dataset":"boxes"}`); run.Counts.Readings != 5_000 || !run.Counts.AtLeast ||
		run.Counts.Passed != 5_050 {
		t.Errorf("%+v", run.Counts)
	}
}

// Ensure that a dry run that was interrupted counts no reading twice, and says that it does not know all.
func TestReplay_EffectInterrupted(t *testing.T) {
	r := newRig(t)
	for n := range 4 {
		r.keep(reject(n, record(n%2, "1", 10-n), twin.Unreadable, "speed"))
	}
	id := r.ask(`{"kind":"replay","dataset":"boxes"}`)
	r.fail = func(what string) error {
		switch what {
		case "deployed":
			r.clock += 3000 // so that it is time for a checkpoint after the first file
		case "wrote run":
			return errors.New("interrupted")
		}
		return nil
	}
	if _, err := r.service.Step(t.Context(), id, r.time().Add(time.Hour)); err == nil {
		t.Fatal("it was not interrupted")
	}
	r.fail = nil
	if run := r.finish(id); run.Counts.Readings != 1 || !run.Counts.AtLeast || run.Counts.Passed != 4 ||
		run.State != operate.Done {
		t.Errorf("%s: %+v", run.State, run.Counts)
	}
}
