package feed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// late is a log in which batches appear up to 5 s after the time of their positions.
type late struct {
	now     time.Time
	batches []*Batch
}

const lateBy = 5 * time.Second

func (l *late) ID() string                                 { return "latelate" }
func (l *late) Oldest(context.Context) (Position, error)   { return "", nil }
func (l *late) Now(context.Context) (Position, error)      { return PositionAt(l.now), nil }
func (l *late) Overlap() time.Duration                     { return lateBy }
func (l *late) Wait(ctx context.Context, _ Position) error { return ctx.Err() }
func (l *late) Read(_ context.Context, after Position) (Page, error) {
	page := Page{Reached: max(after, PositionAt(l.now.Add(-lateBy)))}
	for _, b := range l.batches {
		if b.Position > after {
			page.Batches = append(page.Batches, b)
		}
	}
	return page, nil
}

// add adds a batch of so many seconds ago.
func (l *late) add(name string, ago int) {
	p := PositionAt(l.now.Add(-time.Duration(ago)*time.Second)) + Position(name)
	l.batches = append(l.batches, &Batch{Position: p})
	slices.SortFunc(l.batches, func(a, b *Batch) int { return strings.Compare(string(a.Position), string(b.Position)) })
}

// names returns the names of batches that a tail has next.
func names(t *testing.T, tail *Tail) (all string) {
	t.Helper()
	page, err := tail.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range page.Batches {
		all += string(b.Position[timeSize:])
	}
	return all
}

// Ensure that a tail has each batch once, also those that appear late, and that one which goes on from a batch begins
// earlier, but not one that goes on from what was reached.
func TestTail_Late(t *testing.T) {
	l := &late{now: time.UnixMilli(1_790_000_000_000)}
	tail := NewTail(l, PositionAt(l.now))
	step := func(want string, adds ...string) {
		t.Helper()
		l.now = l.now.Add(time.Second)
		for _, a := range adds {
			ago := int(a[1] - '0')
			l.add(a[:1], ago)
		}
		if got := names(t, tail); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	step("ba", "a0", "b1")
	step("c", "c0")
	step("d", "d2")
	step("")
	step("e", "e4")
	for range 5 {
		step("")
	}
	step("f", "f0")
	last := l.batches[len(l.batches)-1].Position
	l.add("g", 2)
	if got := names(t, NewTail(l, last)); got != "gf" {
		t.Errorf("from a batch: %q", got)
	}
	if got := names(t, NewTail(l, tail.Reached())); got != "gf" || len(tail.seen) != 1 {
		t.Errorf("from what was reached: %q, and %d are remembered", got, len(tail.seen))
	}
}

// Ensure that a ring says nothing is reached that is reserved and not published, keeps what fits, and says what is
// gone.
func TestRing(t *testing.T) {
	now := time.UnixMilli(1_790_000_000_000)
	r := NewRing("", 250, func() time.Time { return now })
	begin := r.Now()
	var all []*Batch
	publish := func(n int) {
		for i := range n {
			b := &Batch{Changes: []Change{{Reading: twin.Reading{Metric: fmt.Sprint(i)}}}}
			r.Reserve([]*Batch{b})
			r.Publish([]*Batch{b}, []int{100})
			all = append(all, b)
		}
	}
	publish(2)
	page, ok, err := r.Read(begin)
	if err != nil || !ok || !slices.Equal(page.Batches, all) || page.Reached != all[1].Position || page.More {
		t.Errorf("%+v %v %v", page, ok, err)
	}
	b := &Batch{}
	r.Reserve([]*Batch{b})
	now = now.Add(time.Second)
	if got := r.Now(); got >= b.Position || got < all[1].Position {
		t.Errorf("reached %x, and %x is not published", got, b.Position)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := r.Wait(ctx, all[1].Position); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting: %v", err)
	}
	r.GiveUp()
	if got := r.Now(); got != PositionAt(now) {
		t.Errorf("reached %x", got)
	}
	publish(2)
	if _, ok, err := r.Read(begin); ok || err != nil {
		t.Errorf("what is gone: %v %v", ok, err)
	}
	if page, ok, err := r.Read(all[1].Position); !ok || err != nil || !slices.Equal(page.Batches, all[2:]) {
		t.Errorf("what is there: %+v %v %v", page, ok, err)
	}
	if _, _, err := r.Read(PositionAt(now.Add(time.Minute))); !errors.Is(err, ErrGone) {
		t.Errorf("what never was: %v", err)
	}
	now = now.Add(-time.Hour) // the clock is set back
	publish(1)
	if !slices.IsSortedFunc(all, func(a, b *Batch) int {
		return strings.Compare(string(a.Position),
			string(b.Position))
	}) {
		t.Error("positions go back")
	}
}

// Ensure that positions are times in order, and stay so at the ends.
func TestPosition(t *testing.T) {
	now := time.UnixMilli(1_790_000_000_123).UTC()
	p := PositionAt(now)
	for _, c := range []struct{ got, want any }{
		{p.Time(), now}, {p.Add(time.Second).Time(), now.Add(time.Second)}, {p.Add(-time.Second) < p, true},
		{p+"x" > p, true},
		{PositionAt(time.Unix(-5, 0)), PositionAt(time.Unix(0, 0))},
		{Position("").Add(-time.Hour), PositionAt(time.Unix(0, 0))},
		{Position("").Valid(), false}, {p.Valid(), true}, {Position(strings.Repeat("\xff", 8)).Valid(), false},
		{Position(strings.Repeat("\x00", MaxPosition+1)).Valid(), false},
	} {
		if c.got != c.want {
			t.Errorf("got %v, want %v", c.got, c.want)
		}
	}
}
