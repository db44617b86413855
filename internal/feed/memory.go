package feed

import (
	"context"
	"crypto/rand"
	"time"
)

// Memory is a log in memory only: what does not fit is gone, and all of it with the process.
type Memory struct {
	*Ring
	id string
}

var (
	_ Log      = (*Memory)(nil)
	_ Appender = (*Memory)(nil)
)

// IDSize is the length of the id of a log in bytes.
const IDSize = 8

// NewMemory returns an empty log that keeps so many bytes, about.
func NewMemory(bytes int, now func() time.Time) *Memory {
	id := make([]byte, IDSize)
	_, _ = rand.Read(id) // never fails
	return &Memory{NewRing("", bytes, now), string(id)}
}

// ID implements [Log].
func (m *Memory) ID() string { return m.id }

// Oldest implements [Log].
func (m *Memory) Oldest(context.Context) (Position, error) { return m.Ring.Oldest(), nil }

// Now implements [Log].
func (m *Memory) Now(context.Context) (Position, error) { return m.Ring.Now(), nil }

// Overlap implements [Log].
func (m *Memory) Overlap() time.Duration { return 0 }

// Read implements [Log].
func (m *Memory) Read(_ context.Context, after Position) (Page, error) {
	page, ok, err := m.Ring.Read(after)
	if err == nil && !ok {
		err = ErrGone
	}
	return page, err
}

// Append implements [Appender].
func (m *Memory) Append(_ context.Context, b *Batch) error {
	batches := []*Batch{b}
	m.Reserve(batches)
	m.Publish(batches, []int{b.Size()})
	return nil
}
