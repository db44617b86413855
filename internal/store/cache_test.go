package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
)

var errThrottled = errors.New("throttled")

// Ensure that a value is read once in its age, that a failed refresh is counted and remembered for some seconds,
// and that the older value goes on meanwhile.
func TestCache(t *testing.T) {
	at := time.Unix(1000, 0)
	reads, stale := 0, 0
	var fault error
	c := store.NewCache(func(context.Context) (int, error) { reads++; return reads, fault }, store.CacheOptions{
		Age: time.Minute, Now: func() time.Time { return at }, Stale: func(error) { stale++ },
	})
	get := func(want, wantReads, wantStale int) {
		t.Helper()
		if got, _, err := c.Get(t.Context()); err != nil || got != want || reads != wantReads || stale != wantStale {
			t.Errorf("got %d after %d reads, %d stale, %v; want %d after %d, %d", got, reads, stale, err, want, wantReads,
				wantStale)
		}
	}
	fault = errThrottled
	if _, _, err := c.Get(t.Context()); !errors.Is(err, errThrottled) || stale != 0 {
		t.Errorf("without a value: %v, %d stale", err, stale)
	}
	fault = nil
	get(2, 2, 0)
	at = at.Add(time.Minute - 1)
	get(2, 2, 0)
	at, fault = at.Add(1), errThrottled
	get(2, 3, 1)
	get(2, 3, 1) // remembered
	at = at.Add(4 * time.Second)
	get(2, 3, 1)
	at = at.Add(time.Second)
	get(2, 4, 2)
	fault = nil
	at = at.Add(5 * time.Second)
	get(5, 5, 2)
	if _, began, _ := c.Get(t.Context()); !began.Equal(at) {
		t.Errorf("its read began at %s, want %s", began, at)
	}
	if got, _, _ := c.Within(t.Context(), 0); got != 6 {
		t.Errorf("at once: %d", got)
	}
}

// Ensure that a read that does not end costs its caller the limit of a refresh, and nobody else anything.
func TestCache_Slow(t *testing.T) {
	hung, reads := make(chan struct{}), 0
	c := store.NewCache(func(ctx context.Context) (int, error) {
		if reads++; reads == 1 {
			return 1, nil
		}
		close(hung)
		<-ctx.Done()
		return 0, ctx.Err()
	}, store.CacheOptions{Limit: 50 * time.Millisecond})
	get := func(who string) {
		if got, _, err := c.Get(t.Context()); got != 1 || err != nil {
			t.Errorf("%s: got %d, %v", who, got, err)
		}
	}
	get("the first")
	var slow sync.WaitGroup
	slow.Go(func() { get("who refreshes") })
	<-hung
	get("who comes meanwhile")
	slow.Wait()
}

// Ensure that all wait for the first value, that one reads it, and that a read that panics leaves nobody waiting.
func TestCache_First(t *testing.T) {
	reads := 0
	c := store.NewCache(func(context.Context) (int, error) {
		reads++
		if reads == 1 {
			panic("broken")
		}
		time.Sleep(5 * time.Millisecond)
		return 7, nil
	}, store.CacheOptions{Age: time.Hour})
	func() {
		defer func() { _ = recover() }()
		_, _, _ = c.Get(t.Context())
	}()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got, _, err := c.Get(t.Context()); got != 7 || err != nil {
				t.Errorf("got %d, %v", got, err)
			}
		})
	}
	wg.Wait()
	if reads != 2 {
		t.Errorf("%d reads", reads)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := c.Get(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Ensure that who has no use for an older value waits for the one that is being read, and that a value which is known
// to be old is read again, also where a read is under way that began before.
func TestCache_Newer(t *testing.T) {
	reads, begun, goOn := 0, make(chan struct{}), make(chan struct{})
	c := store.NewCache(func(context.Context) (int, error) {
		reads++
		if reads == 2 {
			close(begun)
			<-goOn
		}
		return reads, nil
	}, store.CacheOptions{Age: time.Hour})
	if got, _, err := c.Get(t.Context()); got != 1 || err != nil {
		t.Fatal(got, err)
	}
	var wg sync.WaitGroup
	wg.Go(func() { _, _, _ = c.Within(t.Context(), 0) })
	<-begun
	wg.Go(func() {
		if got, _, err := c.Newer(t.Context(), time.Nanosecond); got < 2 || err != nil {
			t.Errorf("newer: %d, %v", got, err)
		}
	})
	if got, _, _ := c.Within(t.Context(), time.Nanosecond); got != 1 {
		t.Errorf("meanwhile: %d", got)
	}
	c.Expire()
	close(goOn)
	if got, _, err := c.Get(t.Context()); got < 3 || err != nil {
		t.Errorf("after it was changed: %d, %v", got, err)
	}
	wg.Wait()
}
