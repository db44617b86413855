// Package batchtest has what the tests of functions put in place of the bucket for rejects and of the log for metrics.
// Both may be used by a goroutine that a function has given up waiting for.
package batchtest

import (
	"bytes"
	"context"
	"sync"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Keeper keeps rejects in memory. Its fields are for the test, while no function runs.
type Keeper struct {
	Rejects []twin.Reject
	Origins []rejects.Origin // of each call
	Err     error            // of keeping any

	mu sync.Mutex
}

// Keep keeps copies of rejects, whose payloads belong to an event. It fails after the end of ctx.
func (k *Keeper) Keep(ctx context.Context, o rejects.Origin, list []twin.Reject) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.Err != nil {
		return k.Err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	k.Origins = append(k.Origins, o)
	for _, r := range list {
		r.Payload = bytes.Clone(r.Payload)
		k.Rejects = append(k.Rejects, r)
	}
	return nil
}

// Take returns the rejects and forgets them, and the fault.
func (k *Keeper) Take() []twin.Reject {
	k.mu.Lock()
	defer k.mu.Unlock()
	all := k.Rejects
	k.Rejects, k.Origins, k.Err = nil, nil, nil
	return all
}

// Metrics is the log that metrics are written to.
type Metrics struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write adds to the log.
func (m *Metrics) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.Write(p)
}

// String is the log.
func (m *Metrics) String() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.text.String()
}

// Reset empties the log.
func (m *Metrics) Reset() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.text.Reset()
}
