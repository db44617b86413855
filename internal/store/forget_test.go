package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

func forgotten(name string, prefix bool, floor twin.Millis) store.Forgotten {
	return store.Forgotten{Target: store.Target{Name: name, Prefix: prefix}, Floor: floor}
}

// Ensure that a component is under its own entry and under those of all prefixes, of which the latest counts.
func TestForgetList_Floor(t *testing.T) {
	l := store.NewForgetList([]store.Forgotten{
		forgotten("wagon:1", false, 10), forgotten("wagon:1", false, 8), forgotten("wagon:", true, 5),
		forgotten("wagon:12", true, 20), forgotten("ä", true, 7),
	})
	for component, want := range map[string]twin.Millis{
		"wagon:1": 10, "wagon:2": 5, "wagon:12": 20, "wagon:123": 20, "wagon:13": 5, "wagon": packed.NoFloor,
		"": packed.NoFloor, "ä:1": 7,
	} {
		if got := l.Floor(component); got != want {
			t.Errorf("%s: %d, want %d", component, got, want)
		}
	}
	if all := store.NewForgetList([]store.Forgotten{forgotten("", true, 3)}); all.Floor("anything") != 3 {
		t.Error("the empty prefix is not of all")
	}
	if (*store.ForgetList)(nil).Floor("x") != packed.NoFloor {
		t.Error("no list forgets something")
	}
}

// Ensure that an entry covers what says nothing more beside it, and nothing else.
func TestForgotten_Covers(t *testing.T) {
	for _, tc := range []struct {
		e, f store.Forgotten
		want bool
	}{
		{forgotten("a", true, 5), forgotten("ab", false, 5), true},
		{forgotten("a", true, 5), forgotten("ab", true, 4), true},
		{forgotten("a", true, 5), forgotten("ab", false, 6), false},
		{forgotten("ab", true, 5), forgotten("a", true, 5), false},
		{forgotten("a", false, 5), forgotten("a", false, 5), true},
		{forgotten("a", false, 5), forgotten("a", true, 5), false},
		{forgotten("a", false, 5), forgotten("ab", false, 5), false},
	} {
		if got := tc.e.Covers(tc.f); got != tc.want {
			t.Errorf("%+v covers %+v: %v", tc.e, tc.f, got)
		}
	}
}

// steps is a Forgetter that takes some steps, of which one has to wait.
type steps struct {
	left int
	fail error
}

func (s *steps) BeginForget(_ context.Context, t store.Target) (store.Forgetting, error) {
	return store.Forgetting{Forgotten: store.Forgotten{Target: t}}, nil
}

func (s *steps) ContinueForget(_ context.Context, f *store.Forgetting) error {
	if s.left--; s.left == 1 {
		f.NotBefore = time.Now().Add(20 * time.Millisecond)
	}
	f.Done = s.left == 0
	return s.fail
}

// Ensure that a forget in one go takes all steps, waits where it has to, and ends with its context.
func TestForget(t *testing.T) {
	began := time.Now()
	if f, err := store.Forget(t.Context(), &steps{left: 3}, store.Target{Name: "c"}); err != nil || !f.Done ||
		time.Since(began) < 20*time.Millisecond {
		t.Errorf("%+v, %v", f, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := store.Forget(ctx, &steps{left: 2}, store.Target{Name: "c"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if _, err := store.Forget(t.Context(), &steps{left: 2, fail: errThrottled}, store.Target{Name: "c"}); !errors.Is(err,
		errThrottled) {
		t.Errorf("got %v", err)
	}
}
