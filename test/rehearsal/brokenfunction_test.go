package rehearsal

import (
	"context"
	"fmt"
	"strings"
)

// brokenFunction puts a function in its place that drops what it is given, and sees the check fail by which the other
// steps see that readings arrive.
func (r *rehearsal) brokenFunction(ctx context.Context) error {
	if err := r.breakFunction(ctx, coreStack, "TwinApply"); err != nil {
		return err
	}
	if err := r.drive(ctx, "1", 88); err != nil {
		return err
	}
	if err := r.said(ctx, coreStack, "TwinApply", dropped); err != nil {
		return err
	}
	err := r.shows(ctx, r.consumer, "wagon:1", "velocity", 88)
	if err == nil || !strings.Contains(err.Error(), "the velocity of wagon:1 is 79.0, want 88") {
		return fmt.Errorf("the check finds nothing wrong with a function that drops everything: %w", err)
	}
	return nil
}
