package trigger

import (
	"context"
	"time"
)

// Before returns ctx with a deadline that lies earlier by reserve, so that there is time for an answer. A
// function that runs into its deadline is ended without one, and then all of its records are repeated.
func Before(ctx context.Context, reserve time.Duration) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, deadline.Add(-reserve))
}
