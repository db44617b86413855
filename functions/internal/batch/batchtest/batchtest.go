// Package batchtest has a keeper of rejects that keeps them in memory and can fail, for the tests of functions.
package batchtest

import (
	"bytes"
	"context"

	"github.com/railtwin/digitaltwin/internal/rejects"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Keeper keeps rejects.
type Keeper struct {
	Rejects []twin.Reject
	Origins []rejects.Origin // of each call
	Err     error            // of keeping any
}

// Keep keeps copies of rejects, whose payloads belong to an event. It fails after the end of ctx.
func (k *Keeper) Keep(ctx context.Context, o rejects.Origin, list []twin.Reject) error {
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
