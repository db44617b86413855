package operate

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// Of the time of a step, the last part is for its checkpoint.
const (
	reserve   = 5 * time.Second
	saveEvery = 2 * time.Second
)

var (
	errLater     = errors.New("operate: to be continued") // the deadline is near
	errCancelled = errors.New("operate: cancelled")
)

// failure ends a run for good. Its text is for the operator.
type failure struct{ text string }

func (f *failure) Error() string { return f.text }

func fail(format string, args ...any) error { return &failure{fmt.Sprintf(format, args...)} }

// work is one step of a run.
type work struct {
	*Service
	*Run
	stop  time.Time // when the step ends
	saved time.Time // when the last checkpoint was written
	began time.Time // when the step began
	paced int64     // records since then
}

// Step works on a run until it ends or the deadline is near, and reports whether somebody has to call it again, at
// once. An error is a fault of the infrastructure: the run stays active, and Step is to be called again later. A run
// that another process works on, or that has ended, needs nothing more.
func (s *Service) Step(ctx context.Context, id string, deadline time.Time) (more bool, err error) {
	run, err := s.Runs.Read(ctx, id)
	if err != nil || !run.State.Active() {
		return false, err
	}
	began := s.Now()
	w := &work{Service: s, Run: run, began: began, saved: began, stop: deadline.Add(-min(reserve, deadline.Sub(began)/4))}
	working, cancel := context.WithTimeout(ctx, w.stop.Sub(began))
	defer cancel()
	err = w.carryOut(working)
	if err != nil && ctx.Err() == nil && working.Err() != nil && !errors.Is(err, errCancelled) {
		err = errLater // what was under way is done again
	}
	var broken *failure
	var refused *problem.Problem
	switch {
	case errors.Is(err, errLater):
		if err = w.save(ctx); err == nil {
			return true, nil
		}
	case err == nil:
		err = w.end(ctx, Done, "")
	case errors.Is(err, errCancelled):
		if err = w.removeFiles(ctx); err == nil || errors.Is(err, errCancelled) {
			err = w.end(ctx, Cancelled, "")
		}
	case errors.As(err, &broken):
		err = w.end(ctx, Failed, broken.text)
	case errors.Is(err, ErrRefused):
		err = w.end(ctx, Failed, strings.TrimPrefix(err.Error(), ErrRefused.Error()+": "))
	case errors.As(err, &refused):
		err = w.end(ctx, Failed, refused.Detail)
	}
	switch {
	case errors.Is(err, errCancelled): // while a checkpoint was written for the next step
		return true, nil
	case errors.Is(err, ErrConflict):
		s.Log.InfoContext(ctx, "operate: another process works on the run", "run", id)
		return false, nil
	}
	return false, err
}

// carryOut does what the run is for.
func (w *work) carryOut(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			w.Log.ErrorContext(ctx, "operate: panic", "panic", v, "run", w.ID, "stack", string(debug.Stack()))
			err = fail("The run failed because of a fault in the service. The fault was logged.")
		}
	}()
	if w.State == Cancelling {
		return errCancelled
	}
	switch w.Kind {
	case Forget:
		return w.forget(ctx)
	case Replay:
		return w.replay(ctx)
	case Drop:
		return w.drop(ctx)
	case Rebuild:
		return w.rebuild(ctx)
	}
	return w.pause(ctx)
}

// end ends the run. The audit line comes first, so that no run ends without one.
func (w *work) end(ctx context.Context, state State, why string) error {
	w.State, w.Error, w.Ended, w.NotBefore = state, why, w.now(), 0
	if err := w.audit(ctx, string(state), w.Run); err != nil {
		return err
	}
	return w.save(ctx)
}

// save writes a checkpoint. The error is errCancelled where the run is to end, and [ErrConflict] where somebody else
// works on it.
func (w *work) save(ctx context.Context) error {
	w.Checkpoint.Steps++
	w.Updated = w.now()
	err := w.Runs.Write(ctx, w.Run)
	if errors.Is(err, ErrConflict) {
		err = w.adopt(ctx, err)
	}
	if err != nil {
		return err
	}
	w.saved = w.Now()
	if w.State == Cancelling {
		return errCancelled
	}
	return nil
}

// adopt writes the checkpoint where nothing but the wish to cancel the run was written since the last one.
func (w *work) adopt(ctx context.Context, conflict error) error {
	stored, err := w.Runs.Read(ctx, w.ID)
	if err != nil {
		return err
	}
	if stored.State != Cancelling || stored.Checkpoint.Steps != w.Checkpoint.Steps-1 {
		return conflict
	}
	w.Version = stored.Version
	if w.State == Running {
		w.State = Cancelling
	}
	return w.Runs.Write(ctx, w.Run)
}

// rest writes a checkpoint where it is time for one, and says whether the step goes on.
func (w *work) rest(ctx context.Context) error {
	if !w.Now().Before(w.stop) {
		return errLater
	}
	if w.Now().Sub(w.saved) < saveEvery {
		return nil
	}
	return w.save(ctx)
}

// pace counts records and waits until no more than the rate of the run were taken in this step.
func (w *work) pace(ctx context.Context, records int64) error {
	w.paced += records
	due := w.began.Add(time.Duration(float64(w.paced) / float64(max(w.Rate, 1)) * float64(time.Second)))
	return w.wait(ctx, due)
}

// wait waits until a time, with checkpoints on the way.
func (w *work) wait(ctx context.Context, until time.Time) error {
	for {
		if err := w.rest(ctx); err != nil {
			return err
		}
		left := until.Sub(w.Now())
		if left <= 0 {
			return nil
		}
		timer := time.NewTimer(min(left, saveEvery, max(w.stop.Sub(w.Now()), time.Millisecond)))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}
