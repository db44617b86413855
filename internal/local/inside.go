package local

import (
	"context"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// inside tells of a twin what only the process knows that takes records in.
type inside struct{ *Twin }

// Activity implements [api.Inside].
func (t inside) Activity(context.Context) (api.Activity, error) {
	now := time.Now()
	a := api.Activity{Since: twin.MillisOf(t.opened), Datasets: []api.DatasetActivity{}}
	for _, name := range t.Names() {
		a.Datasets = append(a.Datasets, t.dataset(name).activity(now, t.opened))
	}
	return a, nil
}

// Extractor implements [api.Inside]. The lines of an extractor that runs on Flink are not known.
func (t inside) Extractor(_ context.Context, dataset, hash string) (api.Extractor, error) {
	d := t.dataset(dataset)
	if d == nil || d.Extractor != hash {
		return api.Extractor{}, api.ErrNoExtractor
	}
	if d.hosted != nil {
		return api.Extractor{SQL: string(d.hosted.sql)}, nil
	}
	return api.Extractor{SQL: d.program.SQL(), Lines: d.program.Lines()}, nil
}
