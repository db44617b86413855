package dynamolog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// fixture is a log in a table of the emulator, at a time that tests move on.
type fixture struct {
	client *dynamodb.Client
	now    time.Time
	writer *Writer
	log    *Log
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{client: emulator.Client(emulator.DynamoDB(t)), now: time.Date(2026, 11, 29, 22, 0, 58, 0, time.UTC)}
	if err := CreateTable(t.Context(), f.client, "log"); err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { f.now = f.now.Add(time.Microsecond); return f.now }
	f.writer = &Writer{Client: f.client, Table: "log", Now: clock}
	f.log = New(f.client, "log", Options{Now: clock, Every: 50 * time.Millisecond})
	return f
}

// append adds a change of a component.
func (f *fixture) append(t *testing.T, component string) {
	t.Helper()
	c := twin.Change{Component: component, Metric: "m", Dataset: "d", Value: "1"}
	if err := f.writer.Append(t.Context(), &feed.Batch{Changes: []feed.Change{{Reading: c.Reading()}}},
		f.now); err != nil {
		t.Fatal(err)
	}
}

// next returns the components that a tail gives.
func next(t *testing.T, tail *feed.Tail) (components []string) {
	t.Helper()
	for more := true; more; {
		page, err := tail.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Batches {
			for i := range b.Changes {
				components = append(components, b.Changes[i].Component)
			}
		}
		more = page.More
	}
	return components
}

// Ensure that a tail gives each batch once, also one that appears after others with greater positions, over minutes.
func TestLog_LateItems(t *testing.T) {
	f := newFixture(t)
	f.append(t, "a")
	begin, err := f.log.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tail, settled := feed.NewTail(f.log, begin), feed.NewTail(f.log, begin)
	settled.Settle()
	f.now = f.now.Add(3 * time.Second) // in the next minute
	slow := f.now                      // of a writer whose request takes its time
	f.now = f.now.Add(time.Second)
	f.append(t, "b")
	got := next(t, tail)
	after := f.now
	f.now = slow
	f.writer.last = ""
	f.append(t, "late")
	f.now = after
	got = append(got, next(t, tail)...)
	if want := []string{"a", "b", "late"}; !slices.Equal(got, want) {
		t.Errorf("a tail gives %q, want %q", got, want)
	}
	if got := next(t, settled); len(got) > 0 {
		t.Errorf("settled are %q", got)
	}
	f.now = f.now.Add(overlap + time.Second)
	if got := append(next(t, settled), next(t, settled)...); !slices.Equal(got, []string{"a", "late", "b"}) {
		t.Errorf("settled are then %q", got)
	}
	if got := next(t, tail); len(got) > 0 {
		t.Errorf("again %q", got)
	}
}

// Ensure that many batches come page by page, each once and in order, and one that is large in several items.
func TestLog_Pages(t *testing.T) {
	f := newFixture(t)
	f.append(t, "0")
	begin, err := f.log.Oldest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"0"}
	for i := range mostBatches + 50 {
		f.append(t, fmt.Sprint(i))
		want = append(want, fmt.Sprint(i))
	}
	var large feed.Batch
	for i := range 60 {
		value := make([]byte, twin.MaxValue-10)
		for j := range value {
			value[j] = 'a' + byte(i*j*j%26)
		}
		c := twin.Change{Component: fmt.Sprint("large", i), Metric: "m", Dataset: "d", Value: `"` + string(value) + `"`}
		large.Changes, want = append(large.Changes, feed.Change{Reading: c.Reading()}), append(want, c.Component)
	}
	if err := f.writer.Append(t.Context(), &large, f.now); err != nil {
		t.Fatal(err)
	}
	if got := next(t, feed.NewTail(f.log, begin)); !slices.Equal(got, want) {
		t.Errorf("%d components, want %d", len(got), len(want))
	}
}

// Ensure that who was away for longer than a day, or before the log began, is told so, and so is everybody where
// changes are missing, once.
func TestLog_Gone(t *testing.T) {
	f := newFixture(t)
	gone := func(after feed.Position) bool {
		_, err := f.log.Read(t.Context(), after)
		if err != nil && !errors.Is(err, feed.ErrGone) {
			t.Fatal(err)
		}
		return err != nil
	}
	now := feed.PositionAt(f.now)
	if gone(now) || !gone(now.Add(-time.Hour)) || !gone(now.Add(time.Hour)) {
		t.Error("an empty log has what was an hour ago, or will be in one, or not what is now")
	}
	f.append(t, "a")
	if gone(now) || !gone(now.Add(-time.Minute)) {
		t.Error("the log has what was before it began, or not what came then")
	}
	tail := feed.NewTail(f.log, now)
	if err := f.writer.Gap(t.Context(), time.Minute, f.now); err != nil {
		t.Fatal(err)
	}
	next(t, tail) // which is before the gap
	f.now = f.now.Add(2 * time.Minute)
	if _, err := tail.Next(t.Context()); !errors.Is(err, feed.ErrGone) {
		t.Errorf("a gap: %v", err)
	}
	if _, _, err := tail.Skip(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.append(t, "b")
	if got := next(t, tail); !slices.Equal(got, []string{"b"}) {
		t.Errorf("after the gap %q", got)
	}
	now = feed.PositionAt(f.now)
	f.now = f.now.Add(keep - 2*margin)
	if gone(now) {
		t.Error("the log has no day")
	}
	f.now = f.now.Add(2 * margin)
	if !gone(now) {
		t.Error("the log has more than a day")
	}
}

// Ensure that who waits is woken by what comes, and by nothing else.
func TestLog_Wait(t *testing.T) {
	f := newFixture(t)
	f.log.now, f.writer.Now = time.Now, time.Now
	f.append(t, "a")
	begin, err := f.log.Now(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tail := feed.NewTail(f.log, begin)
	next(t, tail)
	_ = tail.Wait(t.Context()) // the first look finds what is known to the tail only
	next(t, tail)
	short, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := tail.Wait(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it woke up: %v", err)
	}
	next(t, tail)
	f.append(t, "b")
	if err := tail.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := next(t, tail); !slices.Equal(got, []string{"b"}) {
		t.Errorf("what woke it up is %q", got)
	}
}

// Ensure that an item that is damaged is a gap: nobody can know what it said, and who follows must go on.
func TestLog_Damaged(t *testing.T) {
	f := newFixture(t)
	f.append(t, "a")
	after := feed.PositionAt(f.now)
	at := after.Add(time.Millisecond) + "12345678"
	_, err := f.client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &f.writer.Table, Item: item{
		schema.Minute: number(minuteOf(at)), schema.Position: blob(at),
		attrBatch: &types.AttributeValueMemberB{Value: []byte("no gzip")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	f.now = f.now.Add(time.Second)
	if _, err := f.log.Read(t.Context(), after); !errors.Is(err, feed.ErrGone) {
		t.Errorf("%v", err)
	}
}
