package operate

import (
	"context"
	"errors"

	"github.com/railtwin/digitaltwin/internal/store"
)

const (
	sourceAtOnce = 500 // records of a source that are read and sent together

	// How many components are looked at for readings of another extractor: the dataset's first ones by name.
	checkedComponents = 1000
)

// rebuild reads the source of a dataset again and puts what comes of it onto the twin stream.
func (w *work) rebuild(ctx context.Context) error {
	from, to := w.window()
	query := SourceQuery{Dataset: w.Dataset, From: from, To: to, Cursor: w.Checkpoint.After, Limit: sourceAtOnce}
	e, err := w.engine(ctx)
	if err == nil {
		err = e.needs()
	}
	if err != nil {
		return err
	}
	if w.Checkpoint.Steps == 0 {
		if err := w.checkRevision(ctx, &w.Request); err != nil {
			return err
		}
	}
	if w.Dry() {
		n, err := w.Source.Estimate(ctx, query)
		w.Counts.Records, w.Seconds = max(n, 0), max(n, 0)/int64(max(w.Rate, 1))
		return gone(err)
	}
	for {
		page, next, err := w.Source.Read(ctx, query)
		if err != nil {
			return gone(err)
		}
		if err := w.rebuildPage(ctx, e, page); err != nil {
			return err
		}
		if query.Cursor, w.Checkpoint.After = next, next; next == "" {
			return nil
		}
		if err := w.pace(ctx, int64(len(page))); err != nil {
			return err
		}
	}
}

// gone makes the error of a source that does not keep what is asked for one of the operator.
func gone(err error) error {
	if errors.Is(err, ErrGone) {
		return fail("%v", err)
	}
	return err
}

// rebuildPage runs a page of records and sends what came of them.
func (w *work) rebuildPage(ctx context.Context, e *engine, page []SourceRecord) error {
	var c Counts
	now, index := w.now(), w.Checkpoint.Index
	e.reset()
	for i := range page {
		if !page[i].Continues {
			index = 0
		}
		var got outcome
		got, index = e.source(&page[i], index, now)
		c.Records++
		c.count(got)
	}
	if err := w.send(ctx, e); err != nil {
		return err
	}
	w.Counts.add(&c)
	w.Checkpoint.Index = index
	return nil
}

// checkRevision refuses a rebuild whose readings would not win: a reading of another SQL and of the same revision, from
// the same record, has the same rank but for its value, so that chance would decide. It looks at some components.
func (s *Service) checkRevision(ctx context.Context, r *Request) error {
	datasets, err := s.Store.Datasets(ctx)
	if err != nil {
		return err
	}
	d, _ := find(datasets, r.Dataset)
	from, to := r.window()
	query := store.ComponentQuery{Datasets: []string{d.Name}, Limit: componentsAtOnce}
	for n := 0; n < checkedComponents; n += componentsAtOnce {
		components, err := s.Store.Components(ctx, query)
		if err != nil || len(components) == 0 {
			return err
		}
		readings, err := s.Store.Readings(ctx, store.ReadingQuery{Components: components, Datasets: query.Datasets})
		if err != nil {
			return err
		}
		for i := range readings {
			old := &readings[i]
			at := old.Source.ReceivedAt
			if old.Source.Extractor == d.Extractor || old.Rank.Revision() < d.Revision || at != 0 && (at < from || at >= to) {
				continue
			}
			return revisionTooLow.New("Readings of %s are stored that another SQL (%s) delivered with the revision %d, and "+
				"the one that "+
				"is deployed (%s) has %d: theirs would not give way. Raise twin.revision in the SQL to %d, deploy it, and rebuild.",
				d.Name, old.Source.Extractor, old.Rank.Revision(), d.Extractor, d.Revision, old.Rank.Revision()+1).About("dataset")
		}
		if len(components) < componentsAtOnce {
			return nil
		}
		query.After = components[len(components)-1]
	}
	return nil
}
