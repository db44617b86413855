package operate_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var histories = flag.Uint64("histories", 2, "how many random runs with crashes")

var errCrash = errors.New("the process has ended")

// crashing finishes a run while a call of a port fails now and then, before or after it was carried out; the process is
// started again each time. It returns the run and how often that was.
func (r *rig) crashing(id string, random *rand.Rand) (run *operate.Run, crashes int) {
	r.t.Helper()
	r.fail = func(string) error {
		if random.IntN(12) == 0 {
			crashes++
			return errCrash
		}
		return nil
	}
	defer func() { r.fail = nil }()
	for range 100_000 {
		more, err := r.service.Step(r.t.Context(), id, r.time().Add(time.Duration(20+random.IntN(400))*time.Millisecond))
		if err != nil {
			r.restart()
			continue
		}
		if !more {
			break
		}
	}
	run, err := r.dir.Runs.Read(r.t.Context(), id)
	r.must(err)
	return run, crashes
}

// Ensure that runs that crash anywhere, again and again, end with the state of a model, with numbers that are right,
// and with nothing lost of what they were not for.
func TestCrashes(t *testing.T) {
	for seed := range *histories {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			r := newRig(t)
			newest := map[string]twin.Change{}
			program := r.deploy("boxes", boxes)
			selected, others := 0, 0
			for n := 0; n < 600; {
				var file []twin.Reject
				for range 1 + random.IntN(60) {
					n++
					box, reason := random.IntN(40), twin.Unreadable
					if random.IntN(4) == 0 {
						reason = twin.TooLarge
						others++
					} else {
						selected++
					}
					one := reject(n, record(box, fmt.Sprint(random.IntN(9)), random.IntN(50)), reason, "")
					file = append(file, one)
					if out := program.NewOutput(); reason == twin.Unreadable {
						program.Run(one.Payload, out)
						c := program.Change(&out.Rows[0], one.ReceivedAt, one.Position)
						if old, ok := newest[c.Component]; !ok || c.Rank().Wins(old.Rank()) {
							newest[c.Component] = c
						}
					}
				}
				r.keep(file...)
			}
			run, crashes :=
				r.crashing(r.ask(`{"kind":"replay","dataset":"boxes","reason":"unreadable","dryRun":false,"rate":10000}`), random)
			if run.State != operate.Done || run.Counts.Records != int64(selected) || run.Counts.Passed != int64(selected) {
				t.Errorf("%s %q after %d crashes: %+v, want %d", run.State, run.Error, crashes, run.Counts, selected)
			}
			var want []string
			for component, c := range newest {
				want = append(want, component+"="+c.Value)
			}
			slices.Sort(want)
			if got := r.speeds(); !slices.Equal(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
			if got := r.groups("dataset=boxes"); !slices.Equal(got, []string{fmt.Sprintf("too-large  %d 0", others)}) {
				t.Errorf("left %v, want %d", got, others)
			}
			if got := r.groups("dataset=boxes&all=true&reason=unreadable"); !slices.Equal(got,
				[]string{fmt.Sprintf("unreadable  %d 0", selected)}) {
				t.Errorf("marked %v, want %d", got, selected)
			}
			if lines := r.audited(); lines[len(lines)-1].Action != "done" ||
				lines[len(lines)-1].Run.Counts.Records != int64(selected) {
				t.Errorf("audit %+v", lines[len(lines)-1])
			}
			run, _ = r.crashing(r.ask(fmt.Sprintf(`{"kind":"drop","dataset":"boxes","to":%q,"dryRun":false}`, now)), random)
			if run.State != operate.Done || run.Counts.Records != int64(others) || len(r.groups("dataset=boxes")) != 0 {
				t.Errorf("dropped: %s %+v, want %d; left %v", run.State, run.Counts, others, r.groups("dataset=boxes"))
			}
			if crashes == 0 {
				t.Error("no crash")
			}
		})
	}
}

// Ensure that a rebuild reads the whole source, numbers the rows of an object on, and survives crashes.
func TestRebuild(t *testing.T) {
	r := newRig(t)
	program := r.deploy("boxes", boxes)
	newest := map[string]twin.Change{}
	index := uint32(0)
	for n := range 500 {
		payload := record(n%7, fmt.Sprint(n%10), 50)
		continues := n%50 != 0 // of the object before
		at := arrived + twin.Millis(n/50)
		if !continues {
			index = 0
		}
		r.source = append(r.source, operate.SourceRecord{Data: []byte(payload), ReceivedAt: at, Continues: continues,
			Position: twin.Position{Stream: "bucket", Shard: "key", Sequence: fmt.Sprint(n)}})
		out := program.NewOutput()
		program.Run([]byte(payload), out)
		index = out.NumberFrom(index)
		c := program.Change(&out.Rows[0], at, twin.Position{})
		if old, ok := newest[c.Component]; !ok || c.Rank().Wins(old.Rank()) {
			newest[c.Component] = c
		}
	}
	request := fmt.Sprintf(`{"kind":"rebuild","dataset":"boxes","from":%q,"rate":10000,"dryRun":%%v}`, arrived)
	if run := r.do(fmt.Sprintf(request, true)); run.State != operate.Done || run.Counts.Records != 500 || r.applied != 0 {
		t.Errorf("dry: %s %q %+v", run.State, run.Error, run.Counts)
	}
	run, _ := r.crashing(r.ask(fmt.Sprintf(request, false)), rand.New(rand.NewPCG(1, 1)))
	if run.State != operate.Done || run.Counts.Records != 500 || run.Counts.Passed != 500 {
		t.Errorf("%s %q %+v", run.State, run.Error, run.Counts)
	}
	for _, got := range r.speeds() {
		if c := newest[got[:5]]; got != c.Component+"="+c.Value {
			t.Errorf("%s, want %s", got, c.Value)
		}
	}

	// Another SQL of the same revision would win by chance.
	r.deploy("boxes", boxes+"-- changed\n")
	if a := r.as(nil, "POST", operate.Path, fmt.Sprintf(request, true)); a.status != 409 ||
		a.body["type"] != "urn:digital-twin:problem:revision-too-low" {
		t.Errorf("%d %s", a.status, a.text)
	}
	r.deploy("boxes", "SET 'twin.revision' = '2';\n"+boxes)
	if run := r.do(fmt.Sprintf(request, false)); run.State != operate.Done {
		t.Errorf("%s %q", run.State, run.Error)
	}
}

// Ensure that a component is forgotten, after a dry run that says what would go, and that a replay does not bring it
// back.
func TestForget(t *testing.T) {
	r := newRig(t)
	r.keep(reject(1, record(1, "1", 10), twin.Unreadable, ""), reject(2, record(12, "2", 10), twin.Unreadable, ""),
		reject(3, record(2, "3", 10), twin.Unreadable, ""))
	r.do(`{"kind":"replay","dataset":"boxes","dryRun":false,"rate":10000}`)
	if run := r.do(`{"kind":"forget","prefix":"box:1"}`); run.Counts.Components != 2 || run.Counts.Readings != 2 ||
		len(r.speeds()) != 3 {
		t.Errorf("dry: %+v, %v", run.Counts, r.speeds())
	}
	run, _ := r.crashing(r.ask(`{"kind":"forget","prefix":"box:1","dryRun":false}`), rand.New(rand.NewPCG(2, 1)))
	if run.State != operate.Done || run.Counts.Items < 2 || !slices.Equal(r.speeds(), []string{"box:2=3.0"}) {
		t.Errorf("%s %q %+v %v", run.State, run.Error, run.Counts, r.speeds())
	}
	r.keep(reject(1, record(1, "1", 10), twin.Unreadable, ""))
	r.do(`{"kind":"replay","dataset":"boxes","dryRun":false,"rate":10000}`)
	if got := r.speeds(); len(got) != 1 {
		t.Errorf("after a replay %v", got)
	}
	if run := r.do(`{"kind":"forget","component":"nobody","dryRun":false}`); run.State != operate.Done {
		t.Errorf("what is not there: %s %q", run.State, run.Error)
	}
}

// Ensure that a run is cancelled at its next checkpoint, also one that nobody works on, and keeps what it has done.
func TestCancel(t *testing.T) {
	r := newRig(t)
	for n := range 20 {
		r.keep(reject(n+1, record(n, "1", 10), twin.Unreadable, ""))
	}
	id := r.ask(`{"kind":"replay","dataset":"boxes","dryRun":false,"rate":200}`)
	cancelled := false
	r.fail = func(what string) error {
		if what == "put" && r.applied == 5 && !cancelled {
			cancelled = true
			if a := r.as(nil, "DELETE", operate.Path+"/"+id, ""); a.status != 202 || a.body["state"] != "cancelling" {
				t.Errorf("%d %s", a.status, a.text)
			}
			r.clock += 3000 // until the next checkpoint
		}
		return nil
	}
	run := r.finish(id)
	if run.State != operate.Cancelled || run.Counts.Passed < 5 || run.Counts.Passed > 7 ||
		run.Counts.Passed != int64(r.applied) {
		t.Errorf("%s %q %+v; %d changes", run.State, run.Error, run.Counts, r.applied)
	}
	actions := []string{}
	for _, a := range r.audited() {
		actions = append(actions, a.Action)
	}
	if !slices.Equal(actions, []string{"created", "cancel", "cancelled"}) {
		t.Errorf("audit %v", actions)
	}
	if a := r.as(nil, "DELETE", operate.Path+"/"+id, ""); a.status != 202 || a.body["state"] != "cancelled" {
		t.Errorf("again: %d %s", a.status, a.text)
	}
}

// Ensure that a run that has stopped is started again by who looks at it, and that of two processes one gives way.
func TestStalledAndTwice(t *testing.T) {
	r := newRig(t)
	r.keep(reject(1, record(1, "1", 10), twin.Unreadable, ""))
	id := r.ask(`{"kind":"replay","dataset":"boxes","dryRun":false}`)
	r.as(nil, "GET", operate.Path+"/"+id, "")
	if len(r.started) != 1 {
		t.Errorf("started %v", r.started)
	}
	r.clock += 3 * 60 * 1000
	r.as(nil, "GET", operate.Path+"/"+id, "")
	if len(r.started) != 2 {
		t.Errorf("a stalled run was started %d times", len(r.started))
	}
	once := false
	r.fail = func(what string) error {
		if what == "put" && !once {
			once = true
			r.finish(id) // another process is faster
		}
		return nil
	}
	if more, err := r.service.Step(t.Context(), id, r.time().Add(time.Hour)); more || err != nil {
		t.Errorf("%v, %v", more, err)
	}
	done := 0
	for _, a := range r.audited() {
		if a.Action == "done" {
			done++
		}
	}
	if run, err := r.dir.Runs.Read(context.Background(), id); err != nil || run.State != operate.Done ||
		run.Counts.Passed != 1 || done < 1 {
		t.Errorf("%+v, %v", run, err)
	}
}

// Ensure that a dataset is paused and resumed.
func TestPause(t *testing.T) {
	r := newRig(t)
	for _, kind := range []string{"pause", "resume"} {
		for _, dry := range []bool{true, false} {
			if run := r.do(fmt.Sprintf(`{"kind":%q,"dataset":"boxes","dryRun":%v}`, kind, dry)); run.State != operate.Done {
				t.Errorf("%s %q", run.State, run.Error)
			}
			datasets, err := r.store.Datasets(t.Context())
			r.must(err)
			if paused := datasets[0].Paused != 0; paused != (kind == "pause" != dry) {
				t.Errorf("%s, dry %v: paused %v", kind, dry, paused)
			}
		}
	}
	_, err := r.store.Components(t.Context(), store.ComponentQuery{Limit: 1})
	r.must(err)
}
