// Package feedtest has a [feed.Log] for tests.
package feedtest

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/railtwin/digitaltwin/internal/feed"
)

// Memory is a log in memory only: what does not fit is gone, and all of it with the process.
type Memory struct {
	*feed.Ring
	id string
}

var (
	_ feed.Log      = (*Memory)(nil)
	_ feed.Appender = (*Memory)(nil)
)

// NewMemory returns an empty log that keeps so many bytes, about.
func NewMemory(bytes int, now func() time.Time) *Memory {
	id := make([]byte, feed.IDSize)
	_, _ = rand.Read(id) // never fails
	return &Memory{feed.NewRing("", bytes, now), string(id)}
}

// ID implements [feed.Log].
func (m *Memory) ID() string { return m.id }

// Oldest implements [feed.Log].
func (m *Memory) Oldest(context.Context) (feed.Position, error) {
	page, ok, err := m.Ring.Read("")
	if ok || err != nil {
		return "", err
	}
	return page.Reached, nil
}

// Now implements [feed.Log].
func (m *Memory) Now(context.Context) (feed.Position, error) { return m.Ring.Now(), nil }

// Overlap implements [feed.Log].
func (m *Memory) Overlap() time.Duration { return 0 }

// Read implements [feed.Log].
func (m *Memory) Read(_ context.Context, after feed.Position) (feed.Page, error) {
	page, ok, err := m.Ring.Read(after)
	if err == nil && !ok {
		err = feed.ErrGone
	}
	return page, err
}

// Append implements [feed.Appender].
func (m *Memory) Append(_ context.Context, b *feed.Batch) error {
	batches := []*feed.Batch{b}
	m.Reserve(batches)
	m.Publish(batches, []int{b.Size()})
	return nil
}
