package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
)

// seatMargin is for how long a seat is taken beyond the time at which its stream or poll should end: for what is being
// written then, or read. Nothing goes on after it.
const seatMargin = time.Minute

// fullRetry is after how many seconds one should ask again for whom all seats were taken.
const fullRetry = 15

// sit takes a seat for who follows until a time, or returns the problem that there is none. The follower ends with its
// seat; release gives it back before that, and may be called again.
func (f *follower) sit(until time.Time) (release func(), err error) {
	caller, ok := access.FromContext(f.ctx)
	if f.Changes.Seats == nil || !ok {
		return func() {}, nil
	}
	until = until.Add(seatMargin)
	back, err := f.Changes.Seats.Take(f.ctx, caller, until)
	if full, ok := errors.AsType[*seats.FullError](err); ok {
		p := tooManyFollowers.New("You keep %d streams and long polls of changes open already, as many as you may at once. "+
			"Close one, or let your programs share one. One that broke off may count until it would have ended, in %d minutes "+
			"at most. "+
			"Who runs the twin can allow a client more: clients.<name>.followers.", full.Limit,
			int((f.Changes.StreamTime + seatMargin).Minutes()))
		p.RetryAfter = fullRetry
		return nil, p
	}
	if err != nil {
		return nil, storeFailed("Changes", err)
	}
	ctx, cancel := context.WithDeadline(f.ctx, until)
	f.ctx = ctx
	return sync.OnceFunc(func() {
		back()
		cancel()
	}), nil
}
