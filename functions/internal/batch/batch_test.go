package batch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/batch"
	"github.com/railtwin/digitaltwin/functions/internal/batch/batchtest"
	"github.com/railtwin/digitaltwin/functions/internal/trigger"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

type fixture struct {
	*batch.Batch
	kept    batchtest.Keeper
	metrics bytes.Buffer
	records []trigger.Record
}

// newFixture is a batch of five records.
func newFixture() *fixture {
	f := &fixture{}
	f.Batch = batch.New(batch.Config{Environment: "test", Rejects: &f.kept, Metrics: &f.metrics,
		Now: func() time.Time { return time.UnixMilli(7) }}, wiring.MetricRecords)
	for i := range 5 {
		f.records = append(f.records, trigger.Record{Position: twin.Position{Stream: "s", Shard: "h",
			Sequence: fmt.Sprint(i)}, ArrivedAt: twin.Millis(i), Version: "v"})
	}
	return f
}

// reject rejects something of a record for a reason.
func (f *fixture) reject(record int, reason twin.Reason) {
	r := twin.Reject{Dataset: "wagons", Payload: fmt.Append(nil, record)}
	r.Note(twin.Problem{Reason: reason})
	f.Reject(record, r)
}

// texts are what was kept.
func (f *fixture) texts() (all []string) {
	for _, r := range f.kept.Rejects {
		all = append(all, string(r.Payload))
	}
	return all
}

// Ensure that the rejects of the records before the first unfinished one are kept, in the order of the records, named
// after the first of them; none of that record and of those after it; and that only what was kept is counted.
func TestKeep(t *testing.T) {
	fault := errors.New("throttled")
	for _, c := range []struct {
		stops []int
		kept  []string
	}{
		{nil, []string{"1", "1", "2", "3", "4"}},
		{[]int{4}, []string{"1", "1", "2", "3"}},
		{[]int{4, 3}, []string{"1", "1", "2"}},
		{[]int{3, 4}, []string{"1", "1", "2"}},
		{[]int{2}, []string{"1", "1"}},
		{[]int{1}, nil},
		{[]int{0}, nil},
	} {
		f := newFixture()
		for _, record := range []int{3, 1, 4, 2, 1} { // as they are noticed
			f.reject(record, twin.Unreadable)
		}
		for _, record := range c.stops {
			f.Stop(record, fmt.Errorf("%w: %d", fault, record))
		}
		want, wantErr := len(f.records), ""
		if len(c.stops) > 0 {
			want = slices.Min(c.stops)
			wantErr = fmt.Sprint("throttled: ", want)
		}
		finished, err := f.Keep(t.Context(), f.records)
		if finished != want || fmt.Sprint(err) != wantErr && (err != nil || wantErr != "") {
			t.Errorf("stopped at %v: %d are finished, %v", c.stops, finished, err)
		}
		if !slices.Equal(f.texts(), c.kept) {
			t.Errorf("stopped at %v: kept %v, want %v", c.stops, f.texts(), c.kept)
		}
		if n := len(f.kept.Origins); n != min(1, len(c.kept)) || n == 1 && f.kept.Origins[0] != f.records[1].Origin() {
			t.Errorf("stopped at %v: kept with %+v", c.stops, f.kept.Origins)
		}
		f.Write()
		if counted := strings.Contains(f.metrics.String(),
			fmt.Sprintf(`"Rejects":%d,`, len(c.kept))); counted != (len(c.kept) > 0) {
			t.Errorf("stopped at %v: the metrics are %s", c.stops, &f.metrics)
		}
	}
}

// Ensure that rejects that cannot be kept leave the first record that has one unfinished, however they came, and an
// earlier fault what it was; and that they are not counted.
func TestKeepFails(t *testing.T) {
	denied := errors.New("AccessDenied")
	for _, c := range []struct {
		rejects, stops []int
		finished       int
		err            error
	}{
		{[]int{3, 1, 4, 2}, nil, 1, denied},
		{[]int{1, 2, 3}, nil, 1, denied},
		{[]int{3, 1}, []int{2}, 1, denied},
		{[]int{3, 2}, []int{2}, 2, errors.ErrUnsupported},
	} {
		f := newFixture()
		f.kept.Err = denied
		for _, record := range c.rejects {
			f.reject(record, twin.Unreadable)
		}
		for _, record := range c.stops {
			f.Stop(record, errors.ErrUnsupported)
		}
		if finished, err := f.Keep(t.Context(), f.records); finished != c.finished || !errors.Is(err, c.err) {
			t.Errorf("rejects of %v, stopped at %v: %d are finished, %v", c.rejects, c.stops, finished, err)
		}
		if f.Write(); strings.Contains(f.metrics.String(), "Rejects") {
			t.Errorf("the metrics are %s", &f.metrics)
		}
	}
}

// Ensure that a reject is counted once, for its dataset and under its reason, and that every reason has a line of its
// own.
func TestCounts(t *testing.T) {
	f := newFixture()
	for i, reason := range []twin.Reason{twin.Unreadable, twin.BadValue, twin.Unreadable, twin.Future} {
		f.reject(i, reason)
	}
	f.Reject(4, twin.Reject{Findings: twin.Findings{Problems: []twin.Problem{{Reason: twin.BadName},
		{Reason: twin.BadTime}}, More: 7}})
	f.Reject(4, twin.Reject{Kind: twin.KindChange, Dataset: "wagons",
		Findings: twin.Findings{Problems: []twin.Problem{{Reason: twin.Future}}}})
	f.CountEnvironment(wiring.MetricCatalogueStale, 0)
	f.Reject(4, twin.Reject{Dataset: strings.Repeat("d", twin.MaxDataset+1),
		Findings: twin.Findings{Problems: []twin.Problem{{Reason: twin.BadName}}}})
	f.Counts("wagons").Values[wiring.MetricRecords] = 3
	if _, err := f.Keep(t.Context(), f.records); err != nil {
		t.Fatal(err)
	}
	f.Write()
	lines := strings.Split(strings.TrimSpace(f.metrics.String()), "\n")
	for i := range lines {
		lines[i], _, _ = strings.Cut(lines[i], `,"_aws"`)
	}
	slices.Sort(lines)
	want := []string{
		`{"Dataset":"unknown","Environment":"test","Reason":"bad-name","Rejects":2`,
		`{"Dataset":"unknown","Environment":"test","Records":0,"Rejects":2`,
		`{"Dataset":"wagons","Environment":"test","Reason":"bad-value","Rejects":1`,
		`{"Dataset":"wagons","Environment":"test","Reason":"future","RejectedChanges":1`,
		`{"Dataset":"wagons","Environment":"test","Reason":"future","Rejects":1`,
		`{"Dataset":"wagons","Environment":"test","Reason":"unreadable","Rejects":2`,
		`{"Dataset":"wagons","Environment":"test","Records":3,"RejectedChanges":1,"Rejects":4`,
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// Ensure that what belongs to the environment is a metric without a dataset.
func TestCountEnvironment(t *testing.T) {
	f := newFixture()
	f.CountEnvironment(wiring.MetricCatalogueStale, 1)
	f.CountEnvironment(wiring.MetricCatalogueStale, 2)
	if f.Write(); !strings.HasPrefix(f.metrics.String(), `{"CatalogueStale":3,"Environment":"test","_aws"`) {
		t.Errorf("the metrics are %s", &f.metrics)
	}
}

// Ensure that work ends before keeping does, and that before the invocation.
func TestDeadlines(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	end, _ := ctx.Deadline()
	work, keep, release := batch.Reserves{Work: 20 * time.Second, Keep: 5 * time.Second}.Deadlines(ctx)
	for part, want := range map[context.Context]time.Duration{work: 20 * time.Second, keep: 5 * time.Second} {
		if got, ok := part.Deadline(); !ok || end.Sub(got) != want {
			t.Errorf("ends %s before the invocation, want %s", end.Sub(got), want)
		}
	}
	if release(); work.Err() == nil || keep.Err() == nil {
		t.Error("released contexts go on")
	}
}
