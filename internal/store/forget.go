package store

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Forgetter is the side of a store that forgets. Forgetting takes minutes in a store that several processes use, so it
// is done in steps, which may be taken by different processes: what [Forgetter.BeginForget] returns is kept as JSON and
// given to [Forgetter.ContinueForget] until it is done. [Forget] does so in one go.
type Forgetter interface {
	// BeginForget enters target into the forget list, with a floor that lies as far ahead as an event time may be.
	// From then on no reading up to the floor is served by a process that has read the list again, and none is taken.
	BeginForget(ctx context.Context, target Target) (Forgetting, error)
	// ContinueForget goes on until it is done, has to wait, or ctx ends; f says where it came to, also with an error.
	ContinueForget(ctx context.Context, f *Forgetting) error
}

// Forgetting is a forget that is under way.
type Forgetting struct {
	Forgotten
	Pass       int       // a prefix is gone through twice, with a wait between
	After      string    // components up to this name are done in this pass
	Components int       // that were gone through, in all passes
	Items      int       // that were changed
	NotBefore  time.Time // when it may go on: no process uses an older list then, and no request is under way
	Done       bool      // nothing up to the floor is stored any more, or will be
}

// Forget forgets target, which may take minutes. After an error, what is forgotten stays so, and calling it again goes
// on.
func Forget(ctx context.Context, s Forgetter, target Target) (Forgetting, error) {
	f, err := s.BeginForget(ctx, target)
	for err == nil && !f.Done {
		if err = wait(ctx, time.Until(f.NotBefore)); err == nil {
			err = s.ContinueForget(ctx, &f)
		}
	}
	return f, err
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// ForgetFloor returns the event time up to which a forget at now takes readings: as far ahead as the event time of any
// dataset may be. Nothing less would do, because a duplicate of a reading whose clock is ahead cannot be told from one
// that was measured later.
func ForgetFloor(datasets []twin.Dataset, now twin.Millis) twin.Millis {
	ahead := twin.DefaultMaxFuture
	for i := range datasets {
		ahead = max(ahead, datasets[i].MaxFuture)
	}
	return now + twin.Millis(ahead.Milliseconds())
}
