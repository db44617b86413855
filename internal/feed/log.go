package feed

import (
	"context"
	"errors"
	"time"
)

// IDSize is the length of the id of a log in bytes.
const IDSize = 8

// Log is where batches lie for a while, in the order of their positions. It is safe for concurrent use.
type Log interface {
	// ID tells this log from others: positions of one mean nothing in another. It has 8 bytes.
	ID() string
	// Oldest returns the position after which the log has everything.
	Oldest(ctx context.Context) (Position, error)
	// Now returns the position at which a follower begins who wants to know what comes only.
	Now(ctx context.Context) (Position, error)
	// Read returns batches after a position, in order. The error is [ErrGone] where the log no longer has everything
	// after it, or never will.
	Read(ctx context.Context, after Position) (Page, error)
	// Wait returns when there may be more after a position, or ctx ends, whose error it returns.
	Wait(ctx context.Context, after Position) error
	// Overlap is how much later than at the time of its position a batch may appear. It is 0 where there is one writer.
	// Where it is not, positions of batches are longer than a time, and those that [Page] says were reached are not: who
	// goes on from the position of a batch begins so much earlier, see [NewTail].
	Overlap() time.Duration
}

// Appender is the side of a log that is written by itself. (One that is written together with a store has none.)
type Appender interface {
	// Append adds a batch and gives it its position.
	Append(ctx context.Context, b *Batch) error
}

// Page is some batches of a log.
type Page struct {
	Batches []*Batch
	// Reached is a position up to which everything was returned, and at or before which nothing will be added. It may lie
	// after the last batch, and before it where batches can appear late.
	Reached Position
	More    bool // there is more after it that can be read at once
}

// ErrGone says that a log does not have everything after a position.
var ErrGone = errors.New("feed: the log does not reach back to this position")

// Tail reads a log from a position on: each batch once. It is for one goroutine.
type Tail struct {
	log   Log
	after Position
	seen  map[Position]bool // batches after it that were returned already

	settled bool     // see [Tail.Settle]
	pending Position // the first batch that was left out for that; "" for none
}

// NewTail returns what reads a log after a position that was reached, or that of a batch.
func NewTail(log Log, after Position) *Tail {
	if overlap := log.Overlap(); overlap > 0 && len(after) > timeSize {
		after = after.Add(-overlap)
	}
	return &Tail{log: log, after: after, seen: map[Position]bool{}}
}

// Settle lets t return what was reached only: each batch [Log].Overlap late, where there is one. It is for who keeps
// nothing but a position from one tail to the next, and would get again and again what is not reached yet.
func (t *Tail) Settle() { t.settled = true }

// Next returns the batches that are available now; it does not wait. After [ErrGone] use [Tail.Skip].
func (t *Tail) Next(ctx context.Context) (Page, error) {
	page, err := t.log.Read(ctx, t.after)
	if err != nil {
		return page, err
	}
	if t.settled {
		t.pending = ""
		n := 0
		for n < len(page.Batches) && page.Batches[n].Position <= page.Reached {
			n++
		}
		if n < len(page.Batches) {
			t.pending = page.Batches[n].Position
		}
		page.Batches, t.after = page.Batches[:n], page.Reached
		return page, nil
	}
	var batches []*Batch
	if len(t.seen) == 0 {
		batches = page.Batches
	}
	for _, b := range page.Batches {
		if len(t.seen) > 0 && !t.seen[b.Position] {
			batches = append(batches, b)
		}
	}
	page.Batches = batches
	for _, b := range batches {
		if b.Position > page.Reached {
			t.seen[b.Position] = true
		}
	}
	for p := range t.seen {
		if p <= page.Reached {
			delete(t.seen, p)
		}
	}
	t.after = page.Reached
	return page, nil
}

// Reached returns up to where everything was returned.
func (t *Tail) Reached() Position { return t.after }

// Wait returns when Next may return something new, or ctx ends, whose error it returns.
func (t *Tail) Wait(ctx context.Context) error {
	if t.pending == "" {
		return t.log.Wait(ctx, t.after)
	}
	select {
	case <-time.After(max(time.Until(t.pending.Time().Add(t.log.Overlap())), 0) + time.Millisecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Skip goes on from now, and returns what is left out: from where to where.
func (t *Tail) Skip(ctx context.Context) (from, to Position, err error) {
	if to, err = t.log.Now(ctx); err != nil {
		return "", "", err
	}
	from, t.after = min(t.after, to), to
	clear(t.seen)
	return from, to, nil
}
