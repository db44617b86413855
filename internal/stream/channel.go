package stream

import (
	"bytes"
	"context"
	"errors"
	"sync"
)

// Channel is the twin stream within one process: a queue between a writer that may be faster and a
// reader that may be slower. A full channel makes the writer wait.
type Channel struct {
	records chan Record
	done    chan struct{}
	once    sync.Once
}

// ErrClosed is what a closed [Channel] answers.
var ErrClosed = errors.New("stream: the channel is closed")

// NewChannel returns a channel that holds up to capacity records.
func NewChannel(capacity int) *Channel {
	return &Channel{records: make(chan Record, capacity), done: make(chan struct{})}
}

// PutRecords queues copies of records and waits where there is no room. Once ctx ends or the channel
// is closed, the rest is not taken.
func (c *Channel) PutRecords(ctx context.Context, records []Record) ([]error, error) {
	for i, r := range records {
		r.Data = bytes.Clone(r.Data) // a Packer reuses its memory
		if err := c.put(ctx, r); err != nil {
			if errors.Is(err, ErrClosed) {
				return nil, err
			}
			errs := make([]error, len(records))
			for j := range errs[i:] {
				errs[i+j] = err
			}
			return errs, nil
		}
	}
	return nil, nil
}

func (c *Channel) put(ctx context.Context, r Record) error {
	select { // a closed channel takes nothing, also if it has room
	case <-c.done:
		return ErrClosed
	default:
	}
	select {
	case <-c.done:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case c.records <- r:
		return nil
	}
}

// Receive waits for a record and returns it with those that are there already, up to most in all. The
// error is that of ctx, or [ErrClosed] once a closed channel is empty.
func (c *Channel) Receive(ctx context.Context, most int) ([]Record, error) {
	var batch []Record
	select {
	case r := <-c.records:
		batch = append(batch, r)
	default:
		select {
		case r := <-c.records:
			batch = append(batch, r)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-c.done:
			select { // it may have been put while the channel was closed
			case r := <-c.records:
				batch = append(batch, r)
			default:
				return nil, ErrClosed
			}
		}
	}
	for len(batch) < most {
		select {
		case r := <-c.records:
			batch = append(batch, r)
		default:
			return batch, nil
		}
	}
	return batch, nil
}

// Close ends the channel: what is queued can still be received, nothing more is taken.
func (c *Channel) Close() { c.once.Do(func() { close(c.done) }) }

// Len returns the number of records that wait.
func (c *Channel) Len() int { return len(c.records) }
