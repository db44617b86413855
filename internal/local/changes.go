package local

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/feed"
)

// followed is a store that keeps a log of what changes for readers.
type followed interface {
	Changes() feed.Log // nil where it does not
	TellExpired(context.Context) error
}

// expiredEvery is how often followers are told which readings have expired.
const expiredEvery = time.Second

// tellExpired tells followers what has expired, as long as ctx lasts.
func (t *Twin) tellExpired(ctx context.Context) {
	f, ok := t.store.(followed)
	if !ok || f.Changes() == nil {
		return
	}
	failed := false // the log has it once
	for sleep(ctx, expiredEvery) == nil {
		err := f.TellExpired(ctx)
		if err != nil && !failed && ctx.Err() == nil {
			t.log.Error("followers are not told which readings have expired", "error", err)
		}
		failed = err != nil
	}
}
