package local

import (
	"context"
	"fmt"
	"time"

	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/fleet"
)

// Feed makes the source records of a dataset.
type Feed interface {
	// Run sends records into the intake until ctx ends or there are no more. The error is that of the intake.
	Run(ctx context.Context, in *Intake) error
	// String says in a few words what the records are, such as "20 generated wagons".
	String() string
}

// Wagons is a feed of generated freight wagons, live, one record a second each.
type Wagons struct{ Number int }

// String implements [Feed].
func (w Wagons) String() string { return fmt.Sprintf("%d wagons, generated live", w.Number) }

const (
	fleetSeed = 1                // the wagons of every run are the same
	fleetLag  = 10 * time.Second // after which a fleet begins anew: the machine slept
)

// Run implements [Feed].
func (w Wagons) Run(ctx context.Context, in *Intake) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var wagons *fleet.Fleet
	last := time.Time{}
	for {
		now := time.Now().Round(0) // of the wall clock, which goes on while the machine sleeps
		var err error
		take := func(_ string, record []byte) {
			if err == nil {
				err = in.Take(ctx, record)
			}
		}
		if now.Sub(last) > fleetLag {
			wagons = fleet.New(fleetSeed, w.Number, now.Add(-time.Second))
			wagons.Before(take)
		}
		last = now
		wagons.Advance(now, take)
		if err == nil {
			err = in.Flush(ctx)
		}
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// Replay is a feed that repeats a capture with its times moved to now.
type Replay struct {
	Name    string // of the capture
	Capture *capture.Capture
	Period  time.Duration // of one pass, over which the records are spread
}

// String implements [Feed].
func (r Replay) String() string { return r.Name + ", replayed with its times moved to now" }

// replayStep is the least time between two sends of a replay.
const replayStep = 100 * time.Millisecond

// Run implements [Feed]. The first pass makes no pauses, so that everything is there at once.
func (r Replay) Run(ctx context.Context, in *Intake) error {
	in.From(r.Name)
	var record []byte
	for first := true; ; first = false {
		start := time.Now()
		for i := range r.Capture.Len() {
			if due := start.Add(r.Period * time.Duration(i) / time.Duration(r.Capture.Len())); !first &&
				time.Until(due) > replayStep {
				if err := in.Flush(ctx); err != nil {
					return err
				}
				if err := sleep(ctx, time.Until(due)); err != nil {
					return err
				}
			}
			record = r.Capture.Append(record[:0], i, start)
			if err := in.Take(ctx, record); err != nil {
				return err
			}
		}
		if err := in.Flush(ctx); err != nil {
			return err
		}
		if err := sleep(ctx, time.Until(start.Add(r.Period))); err != nil {
			return err
		}
	}
}

// Once is a feed of records as they are, each of them once.
type Once struct {
	Name    string
	Records [][]byte
	Fixed   bool // it would be replayed, if its times could be moved
}

// String implements [Feed].
func (o Once) String() string {
	if o.Fixed {
		return o.Name + ", once: its times are in no known form and stay as recorded"
	}
	return o.Name + ", once, as recorded"
}

// Run implements [Feed].
func (o Once) Run(ctx context.Context, in *Intake) error {
	in.From(o.Name)
	for _, record := range o.Records {
		if err := in.Take(ctx, record); err != nil {
			return err
		}
	}
	return in.Flush(ctx)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
