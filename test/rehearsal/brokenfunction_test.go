package rehearsal

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// brokenFunction puts a function in its place that drops what it is given, and sees the check fail by which the other
// steps see that readings arrive.
func (r *rehearsal) brokenFunction(ctx context.Context) error {
	if err := r.breakFunction(ctx, coreStack, "TwinApply"); err != nil {
		return err
	}
	_, err := r.arrives(ctx, r.consumer, "1", "velocity", 88, 5*time.Second)
	if err == nil || !strings.Contains(err.Error(), "the velocity of wagon:1 is 77.0, want 88") {
		return fmt.Errorf("the check finds nothing wrong with a function that drops everything: %w", err)
	}
	return nil
}
