package store

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// The limits of a [Cache], where its options do not say otherwise.
const (
	refreshLimit = 2 * time.Second // what a refresh may take, whatever the deadline of the call that needs it
	retryAfter   = 5 * time.Second // how long a failed refresh is remembered
)

// CacheOptions say how old a value may get. The zero value of Limit, Retry and Now means the default.
type CacheOptions struct {
	Age   time.Duration       // how old a value may be before it is read again; 0 reads it for every call
	Limit time.Duration       // the deadline of a refresh; default 2 s
	Retry time.Duration       // how long a failed refresh is remembered; default 5 s
	Now   func() time.Time    // default [time.Now]
	Stale func(failure error) // called when a refresh fails and an older value goes on; may be nil
}

// Cache keeps the last value of something that is read from the store now and then. A value that cannot be read
// again goes on as it was: what it is needed for must not stop with it. It is safe for concurrent use.
type Cache[T any] struct {
	read func(context.Context) (T, error)
	o    CacheOptions

	mu      sync.Mutex
	value   T
	at      time.Time     // when the read of value began; zero where there is no value yet
	next    time.Time     // when a refresh may be tried again after a failure
	expired bool          // value is known to be old
	flight  chan struct{} // closed at the end of the refresh that is under way; nil where there is none
}

// NewCache returns an empty cache of what read returns, which must not be changed afterwards.
func NewCache[T any](read func(context.Context) (T, error), o CacheOptions) *Cache[T] {
	if o.Limit == 0 {
		o.Limit = refreshLimit
	}
	if o.Retry == 0 {
		o.Retry = retryAfter
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Cache[T]{read: read, o: o}
}

// Get returns the value, and when its read began: at most the options' Age ago, unless it cannot be read again.
// One call refreshes it; the others go on with the older value meanwhile. The error is that of the read, and comes
// only where there has never been a value.
func (c *Cache[T]) Get(ctx context.Context) (T, time.Time, error) { return c.Within(ctx, c.o.Age) }

// Within is Get with an age of its own.
func (c *Cache[T]) Within(ctx context.Context, age time.Duration) (T, time.Time, error) {
	return c.get(ctx, age, false)
}

// Newer is Within for who has no use for an older value: it waits for a refresh that is under way. Only where the
// value cannot be read again it is older.
func (c *Cache[T]) Newer(ctx context.Context, age time.Duration) (T, time.Time, error) {
	return c.get(ctx, age, true)
}

func (c *Cache[T]) get(ctx context.Context, age time.Duration, wait bool) (value T, at time.Time, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return value, at, fmt.Errorf("store: %w", err)
		}
		c.mu.Lock()
		now := c.o.Now()
		known := !c.at.IsZero()
		fresh := age > 0 && now.Sub(c.at) < age && !c.expired
		underWay := c.flight != nil && !c.expired && !wait
		switch {
		case known && (fresh || underWay || c.flight == nil && now.Before(c.next)):
			defer c.mu.Unlock()
			return c.value, c.at, nil
		case c.flight == nil:
			return c.refresh(ctx, now) // which unlocks
		}
		flight := c.flight
		c.mu.Unlock()
		select { // nobody has a value that would do
		case <-flight:
		case <-ctx.Done():
		}
	}
}

// refresh reads the value again, under a deadline of its own, so that neither a slow read holds up its caller nor
// a caller who leaves breaks it off. It unlocks c.mu.
func (c *Cache[T]) refresh(ctx context.Context, now time.Time) (T, time.Time, error) {
	flight := make(chan struct{})
	c.flight, c.expired = flight, false
	known := !c.at.IsZero()
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.flight = nil
		close(flight)
	}()
	if known { // else there is nothing to go on with, and the read is worth the whole time of its caller
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.o.Limit)
		defer cancel()
		ctx = limited
	}
	value, err := c.read(ctx)

	c.mu.Lock()
	if err == nil {
		c.value, c.at, c.next = value, now, time.Time{}
		c.mu.Unlock()
		return value, now, nil
	}
	c.next = now.Add(c.o.Retry)
	value, at := c.value, c.at
	c.mu.Unlock()
	if at.IsZero() {
		return value, at, err
	}
	if c.o.Stale != nil {
		c.o.Stale(err)
	}
	return value, at, nil
}

// Expire makes the next Get read the value again. It is called by who has changed it.
func (c *Cache[T]) Expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expired, c.next = true, time.Time{}
}
