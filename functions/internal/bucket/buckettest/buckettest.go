// Package buckettest has a bucket for rejects that keeps them in memory and can fail, for the tests of functions.
package buckettest

import (
	"bytes"
	"context"

	"github.com/railtwin/digitaltwin/internal/rejects"
)

// Bucket keeps rejects.
type Bucket struct {
	Entries []rejects.Entry
	Err     error // of keeping any
}

// Keep keeps copies of the entries, whose payloads belong to an event.
func (b *Bucket) Keep(_ context.Context, entries []rejects.Entry) error {
	if len(entries) > 0 && b.Err != nil {
		return b.Err
	}
	for _, e := range entries {
		e.Payload = bytes.Clone(e.Payload)
		b.Entries = append(b.Entries, e)
	}
	return nil
}
