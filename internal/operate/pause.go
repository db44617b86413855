package operate

import "context"

// pause pauses a dataset, or resumes it.
func (w *work) pause(ctx context.Context) error {
	if w.Dry() {
		return nil
	}
	return w.Pauser.SetPaused(ctx, w.Dataset, w.Kind == Pause)
}
