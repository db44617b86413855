package batch

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/functions/internal/trigger"
)

// Reserves are how long before the deadline of an invocation its parts must have ended.
type Reserves struct {
	Work time.Duration // what the function is there for; then rejects are kept
	Keep time.Duration // keeping rejects; then the answer is given
}

// OfStream are the reserves of a function that a stream's trigger calls, which has a minute.
var OfStream = Reserves{Work: 5 * time.Second, Keep: 1 * time.Second}

// Deadlines returns the contexts of both parts, and what releases them.
func (r Reserves) Deadlines(ctx context.Context) (work, keep context.Context, release func()) {
	work, endWork := trigger.Before(ctx, r.Work)
	keep, endKeep := trigger.Before(ctx, r.Keep)
	return work, keep, func() { endWork(); endKeep() }
}
