package local_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
)

// These tests run under the fake clock of testing/synctest: a minute takes no time, and a count is
// looked at when everything else waits.

// openBolt opens a store in a file that is removed after the test.
func openBolt(t *testing.T) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runTwin runs a twin of one program with feeds, and returns how to end it.
func runTwin(t *testing.T, s local.Store, p *extract.Program, log *lockedBuffer, feeds ...local.Feed) (twin *local.Twin,
	stop func() error) {
	t.Helper()
	twin, err := local.Open(t.Context(), []*extract.Program{p}, nil, s, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range feeds {
		twin.Add(p.Dataset().Name, f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- twin.Run(ctx, func(ctx context.Context) error { <-ctx.Done(); return nil })
	}()
	return twin, func() error { cancel(); return <-ended }
}

// Ensure that a replay sends everything at once first, then spreads each pass over its period, and
// that what it sends is of now.
func TestReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := compile(t, "boxes.sql", boxSQL)
		c, err := capture.New(p, p.TablesOf(""), [][]byte{[]byte(record("1", 1, 10)), []byte(record("2", 2, 13))}, "")
		if err != nil {
			t.Fatal(err)
		}
		s := openBolt(t)
		twin, stop := runTwin(t, s, p, &lockedBuffer{}, local.Replay{Name: "test", Capture: c, Period: 10 * time.Second})
		begin := time.Now()
		for _, step := range []struct {
			after time.Duration
			want  int64
		}{{100 * time.Millisecond, 2}, {9900 * time.Millisecond, 2}, {10100 * time.Millisecond, 3},
			{14900 * time.Millisecond, 3}, {15100 * time.Millisecond, 4}, {60100 * time.Millisecond, 13}} {
			time.Sleep(step.after - time.Since(begin))
			synctest.Wait()
			if got := twin.Status()[0].Records; got != step.want {
				t.Errorf("%s after the start: %d records, want %d", step.after, got, step.want)
			}
		}
		readings, err := s.Readings(t.Context(), store.ReadingQuery{Components: []string{"box:1", "box:2"},
			Datasets: []string{"boxes"}})
		if err != nil || len(readings) != 2 {
			t.Fatal(readings, err)
		}
		for i, want := range []time.Duration{57 * time.Second, 50 * time.Second} { // of the passes begun at 60 and at 50 s
			if got := readings[i].EventTime.Time().Sub(begin.Truncate(time.Second)); got != want {
				t.Errorf("%s is of %s after the start, want %s", readings[i].Component, got, want)
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// Ensure that wagons send every second, as records that their extractor takes, whatever the number of seconds.
func TestWagons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, err := extractors.Get(local.WagonDataset)
		if err != nil {
			t.Fatal(err)
		}
		twin, stop := runTwin(t, openBolt(t), compile(t, e.Name+".sql", string(e.SQL)), &lockedBuffer{},
			local.Wagons{Number: 40})
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		first := twin.Status()[0]
		if first.Records == 0 || first.Applied == 0 {
			t.Errorf("in the first second nothing came: %+v", first)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if s := twin.Status()[0]; s.Records < 5*first.Records || s.Rejected != 0 {
			t.Errorf("after ten seconds: %+v", s)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// endless is a feed that never pauses.
type endless struct{}

func (endless) String() string { return "endless" }

func (endless) Run(ctx context.Context, in *local.Intake) error {
	for {
		if err := in.Take(ctx, []byte(record("1", 1, 0))); err != nil {
			return err
		}
	}
}

// Ensure that a feed which is faster than the store waits for it, instead of filling the memory.
func TestRun_BackPressure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &faulty{Store: openBolt(t), gate: make(chan struct{})}
		twin, stop := runTwin(t, s, compile(t, "boxes.sql", boxSQL), &lockedBuffer{}, endless{})
		synctest.Wait()
		waiting := twin.Status()[0].Records
		if waiting == 0 {
			t.Error("nothing was taken")
		}
		for range 3 {
			s.gate <- struct{}{}
			synctest.Wait()
		}
		if more := twin.Status()[0].Records; more <= waiting {
			t.Errorf("after the store took something no more records came in: %d, then %d", waiting, more)
		}
		close(s.gate)
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}
