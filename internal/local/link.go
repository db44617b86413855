package local

import (
	"context"
	"sync"

	"github.com/railtwin/digitaltwin/internal/stream"
)

// linkCapacity is how many stream records wait at most between intakes and the store.
const linkCapacity = 256

// link is the stream in this process, with marks that tell a writer when its own records are applied.
type link struct {
	channel *stream.Channel

	sending sync.Mutex // keeps the order of the marks that of the records
	sent    int64      // records put so far

	mu      sync.Mutex
	applied int64 // records received and finished so far
	moved   chan struct{}
}

func newLink() *link {
	return &link{channel: stream.NewChannel(linkCapacity), moved: make(chan struct{})}
}

// put sends records and returns the mark behind them. It waits where the store is slower.
func (l *link) put(ctx context.Context, records []stream.Record) (mark int64, err error) {
	l.sending.Lock()
	defer l.sending.Unlock()
	rest, err := stream.Put(ctx, l.channel, records)
	l.sent += int64(len(records) - len(rest))
	return l.sent, err
}

// finish moves the mark on by n records.
func (l *link) finish(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.applied += int64(n)
	close(l.moved)
	l.moved = make(chan struct{})
}

// wait returns once everything before mark is finished.
func (l *link) wait(ctx context.Context, mark int64) error {
	for {
		l.mu.Lock()
		moved, done := l.moved, l.applied >= mark
		l.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
