package flink

import (
	"context"
	"errors"
	"sync"
)

// Stream is a source stream in this process. Positions count from 0. It is safe for concurrent use.
type Stream struct {
	// Keep says that records stay after they were sent, so that a job can be started anew from a
	// savepoint. Without it only those stay that were not sent yet, and [Stream.Put] waits while they are many.
	Keep bool

	mu      sync.Mutex
	records [][]byte
	first   int64 // the position of records[0]
	ended   bool
	moved   chan struct{} // closed when something above has changed; nil while nobody waits
}

// maxWaiting is how many records wait at most to be sent, unless all are kept.
const maxWaiting = 10_000

// ErrEnded says that a stream has ended, and the job with it.
var ErrEnded = errors.New("flink: the stream has ended, and the job with it")

var errGone = errors.New("flink: a record is asked for that was sent before and not kept")

// Put appends a record, which the stream keeps. The error is that of ctx, or [ErrEnded].
func (s *Stream) Put(ctx context.Context, record []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.Keep && len(s.records) >= maxWaiting {
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
	if s.ended {
		return ErrEnded
	}
	s.records = append(s.records, record)
	s.wake()
	return nil
}

// End says that no records follow, which ends the job once it has read all.
func (s *Stream) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	s.wake()
}

// at returns the records from a position on, at least one, and nothing at the end of the stream.
func (s *Stream) at(ctx context.Context, position int64) ([][]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if position < s.first {
		return nil, errGone
	}
	if !s.Keep {
		n := min(position-s.first, int64(len(s.records)))
		s.records, s.first = s.records[n:], s.first+n
		s.wake()
	}
	for {
		if have := int64(len(s.records)) - (position - s.first); have > 0 {
			return s.records[position-s.first:], nil
		}
		if s.ended {
			return nil, nil
		}
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
	}
}

func (s *Stream) wake() {
	if s.moved != nil {
		close(s.moved)
		s.moved = nil
	}
}

// wait waits for a change; the caller holds the lock, which is free meanwhile.
func (s *Stream) wait(ctx context.Context) error {
	if s.moved == nil {
		s.moved = make(chan struct{})
	}
	moved := s.moved
	s.mu.Unlock()
	defer s.mu.Lock()
	select {
	case <-moved:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
