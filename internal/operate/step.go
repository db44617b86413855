package operate

import (
	"context"
	"time"
)

// Step works on a run until it ends or the deadline is near, and reports whether somebody has to call it again, at once.
// An error is a fault of the infrastructure: the run stays active, and Step is to be called again later. A run that
// another process works on, or that has ended, needs nothing more.
func (s *Service) Step(ctx context.Context, id string, deadline time.Time) (more bool, err error) {
	_, err = s.Runs.Read(ctx, id)
	return false, err
}
