package main

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// These bound which runs are looked at: a run takes a few days at most.
const (
	watchedFor  = 7 * 24 * time.Hour
	watchedRuns = 1000
	watchedPage = 100
)

// watcher writes the metrics that say what goes on while nobody calls the function.
type watcher struct {
	runs     operate.Runs
	datasets func(context.Context) ([]twin.Dataset, error)
	meter    *meter
}

// watch writes how long the run has stood still that has done so longest, and how long each dataset has been paused.
func (w *watcher) watch(ctx context.Context) error {
	now := twin.MillisOf(w.meter.now())
	idle, active, err := w.idle(ctx, now)
	if err != nil {
		return err
	}
	if active {
		w.meter.write(ctx, "", wiring.MetricRunIdle, int64(idle))
	}
	datasets, err := w.datasets(ctx)
	if err != nil {
		return err
	}
	for _, d := range datasets {
		if d.Paused != 0 {
			w.meter.write(ctx, d.Name, wiring.MetricPausedFor, int64(max(now-d.Paused, 0)))
		}
	}
	return nil
}

// idle is the longest time since a checkpoint of an active run.
func (w *watcher) idle(ctx context.Context, now twin.Millis) (longest twin.Millis, active bool, err error) {
	before := ""
	for range watchedRuns / watchedPage {
		page, err := w.runs.List(ctx, before, watchedPage)
		if err != nil {
			return 0, false, err
		}
		for _, run := range page {
			if now-run.Created > twin.Millis(watchedFor.Milliseconds()) {
				return longest, active, nil
			}
			if run.State.Active() {
				longest, active = max(longest, now-run.Updated), true
			}
		}
		if len(page) < watchedPage {
			break
		}
		before = page[len(page)-1].ID
	}
	return longest, active, nil
}
