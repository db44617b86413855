package operate

import (
	"context"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// componentsAtOnce is how many components a dry run of a forget reads at once.
const componentsAtOnce = 100

// forget forgets a component, or all with a prefix. What it has forgotten stays so, also if it is cancelled.
func (w *work) forget(ctx context.Context) error {
	if w.Dry() {
		return w.countForgotten(ctx)
	}
	at := &w.Checkpoint
	if at.Forgetting == nil {
		f, err := w.Store.BeginForget(ctx, store.Target{Name: w.Component + w.Prefix, Prefix: w.Prefix != ""})
		if err != nil {
			return err
		}
		at.Forgetting = &f
		if err := w.save(ctx); err != nil {
			return err
		}
	}
	f := at.Forgetting
	for !f.Done {
		w.NotBefore = 0
		if w.Now().Before(f.NotBefore) {
			w.NotBefore = twin.MillisOf(f.NotBefore)
		}
		if err := w.wait(ctx, f.NotBefore); err != nil {
			return err
		}
		err := w.Store.ContinueForget(ctx, f)
		w.Counts.Components, w.Counts.Items = int64(f.Components), int64(f.Items)
		if err != nil {
			return err
		}
	}
	return nil
}

// countForgotten counts the components and readings that there are.
func (w *work) countForgotten(ctx context.Context) error {
	datasets, err := w.Store.Datasets(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, d := range datasets {
		names = append(names, d.Name)
	}
	if w.Component != "" {
		return w.countReadings(ctx, []string{w.Component}, names)
	}
	at := &w.Checkpoint
	for {
		components, err := w.Store.Components(ctx, store.ComponentQuery{Datasets: names, Prefix: w.Prefix, After: at.After,
			Limit: componentsAtOnce})
		if err != nil {
			return err
		}
		if len(components) > 0 {
			if err := w.countReadings(ctx, components, names); err != nil {
				return err
			}
			at.After = components[len(components)-1]
		}
		if len(components) < componentsAtOnce {
			return nil
		}
		if err := w.rest(ctx); err != nil {
			return err
		}
	}
}

func (w *work) countReadings(ctx context.Context, components, datasets []string) error {
	readings, err := w.Store.Readings(ctx, store.ReadingQuery{Components: components, Datasets: datasets})
	if err != nil {
		return err
	}
	last := ""
	for _, r := range readings { // in the order of components
		if r.Component != last {
			w.Counts.Components++
		}
		last = r.Component
	}
	w.Counts.Readings += int64(len(readings))
	return nil
}
