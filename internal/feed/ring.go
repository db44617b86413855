package feed

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Ring keeps the newest batches of a log in memory, gives them positions and wakes those who wait for more. A writer
// reserves positions, makes the batches durable if it wants to, and publishes them. It is safe for concurrent use; of
// writers there is one at a time.
type Ring struct {
	now   func() time.Time
	bytes int // that it keeps at most

	mu       sync.Mutex
	last     Position // the greatest that was given out, or said to be reached
	reserved Position // the first that was given out and not published; "" for none
	from     Position // after it the ring has everything
	batches  []*Batch
	sizes    []int
	size     int
	changed  chan struct{} // closed by the next publication
}

// NewRing returns an empty ring of a log whose last batch has a position, "" for none. It keeps so many bytes.
func NewRing(last Position, bytes int, now func() time.Time) *Ring {
	r := &Ring{now: now, bytes: bytes, changed: make(chan struct{})}
	r.last = max(last, PositionAt(now()))
	r.from = r.last
	return r
}

// Reserve gives batches positions. Until they are published or given up, nothing is said to be reached beyond them.
func (r *Ring) Reserve(batches []*Batch) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range batches {
		r.last = max(positionOf(r.last.micros()+1), PositionAt(r.now()))
		b.Position = r.last
		if r.reserved == "" {
			r.reserved = r.last
		}
	}
}

// GiveUp takes back what was reserved.
func (r *Ring) GiveUp() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reserved = ""
}

// Publish adds the batches that were reserved, whose sizes in bytes are given.
func (r *Ring) Publish(batches []*Batch, sizes []int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reserved = ""
	for i, b := range batches {
		r.batches, r.sizes, r.size = append(r.batches, b), append(r.sizes, sizes[i]), r.size+sizes[i]
	}
	n := 0
	for r.size > r.bytes && n < len(r.batches)-1 {
		r.size -= r.sizes[n]
		r.from = r.batches[n].Position
		n++
	}
	if n > 0 { // readers have slices of the old ones
		r.batches, r.sizes = slices.Clone(r.batches[n:]), slices.Clone(r.sizes[n:])
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// Clear forgets all batches up to a position that was reserved.
func (r *Ring) Clear(at Position) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.batches, r.sizes, r.size, r.from, r.reserved = nil, nil, 0, at, ""
	close(r.changed)
	r.changed = make(chan struct{})
}

// Now returns up to where everything is published.
func (r *Ring) Now() Position {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.reached()
}

func (r *Ring) reached() Position {
	if r.reserved != "" {
		return positionOf(r.reserved.micros() - 1)
	}
	r.last = max(r.last, PositionAt(r.now()))
	return r.last
}

// mostAtOnce is how many batches are read at once.
const mostAtOnce = 256

// Read returns batches after a position. It is false where the ring does not have everything after it; the page then
// says where the ring begins. Where the position was never reached the error is [ErrGone].
func (r *Ring) Read(after Position) (page Page, ok bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reached := r.reached()
	switch {
	case after > r.last:
		return page, false, ErrGone
	case after < r.from:
		return Page{Reached: r.from, More: true}, false, nil
	}
	i, found := slices.BinarySearchFunc(r.batches, after, func(b *Batch, p Position) int {
		switch {
		case b.Position < p:
			return -1
		case b.Position > p:
			return 1
		}
		return 0
	})
	if found {
		i++
	}
	page.Batches = r.batches[i:min(i+mostAtOnce, len(r.batches)):min(i+mostAtOnce, len(r.batches))]
	if page.Reached = max(reached, after); i+mostAtOnce < len(r.batches) {
		page.Reached, page.More = page.Batches[len(page.Batches)-1].Position, true
	}
	return page, true, nil
}

// Wait returns when something after a position is published, or ctx ends, whose error it returns.
func (r *Ring) Wait(ctx context.Context, after Position) error {
	for {
		r.mu.Lock()
		changed := r.changed
		something := after < r.from || len(r.batches) > 0 && r.batches[len(r.batches)-1].Position > after
		r.mu.Unlock()
		if something {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
