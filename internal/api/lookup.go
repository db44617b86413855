package api

import (
	"context"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// viewOf returns what the caller may read, narrowed to the datasets asked for.
func (h *handler) viewOf(c *call) (*view, error) {
	v, err := h.viewOfAll(c)
	if err != nil || len(c.datasets) == 0 {
		return v, err
	}
	some, missing := v.only(c.datasets)
	if missing != "" {
		return nil, noDataset(missing)
	}
	return some, nil
}

// viewOfAll returns what the caller may read.
func (h *handler) viewOfAll(c *call) (*view, error) {
	s, err := h.catalogue.get(c.Context())
	if err != nil {
		return nil, err
	}
	return s.view(c.readable), nil
}

func noDataset(name string) error {
	return problem.DatasetNotFound.New("There is no dataset %q. See GET /v1/datasets.", name).About("dataset")
}

// read returns the readings of one component. One that the caller may not read is asked for like any other, so that it
// cannot be told from one that is not there by the time that the answer takes.
func (h *handler) read(ctx context.Context, v *view, component string, metrics []string) ([]twin.Reading, error) {
	return h.readMany(ctx, v, store.ReadingQuery{Components: []string{component}, Datasets: v.names, Metrics: metrics})
}

// readMany returns the readings of components: what the caller may read, merged.
func (h *handler) readMany(ctx context.Context, v *view, q store.ReadingQuery) ([]twin.Reading, error) {
	if len(q.Datasets) == 0 || len(q.Components) == 0 {
		return nil, nil
	}
	readings, err := h.Reader.Readings(ctx, q)
	if err != nil {
		return nil, storeFailed("Readings", err)
	}
	return v.newest(readings), nil
}

// mustKnow returns a problem if the caller sees no reading of component. metrics is what was chosen of it and
// gave none: without a choice there is no need to look again.
func (h *handler) mustKnow(ctx context.Context, v *view, component string, metrics []string) error {
	if metrics != nil {
		readings, err := h.read(ctx, v, component, nil)
		if err != nil || len(readings) > 0 {
			return err
		}
	}
	return noComponent(component)
}

func noComponent(name string) error {
	return componentNotFound.New("There is no component %q. See GET /v1/components.", name).About("component")
}

// noMetric returns the problem that component has no such metric, or is not there at all.
func (h *handler) noMetric(ctx context.Context, v *view, component, metric string) error {
	if err := h.mustKnow(ctx, v, component, []string{metric}); err != nil {
		return err
	}
	return metricNotFound.New("The component %q has no metric %q. See GET /v1/components/{component}.",
		component, metric).About("metric")
}
