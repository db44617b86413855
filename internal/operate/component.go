package operate

import (
	"context"

	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// componentBytes is how many bytes of records a call runs at most, to learn of which component they are.
const componentBytes = 8 << 20

// namer finds the components of source records, which the deployed extractors say. It is of one call.
type namer struct {
	*Service
	datasets []twin.Dataset
	engines  map[string]*engine // by dataset; nil where records of it cannot be run
	bytes    int                // that were run
}

func (s *Service) newNamer(datasets []twin.Dataset) *namer {
	return &namer{Service: s, datasets: datasets, engines: map[string]*engine{}}
}

// component is the one component that a reject is of, "" where nothing says it, and for a record of several.
func (n *namer) component(ctx context.Context, r *twin.Reject) (string, error) {
	if r.Component != "" || r.Kind != twin.KindRecord && r.Kind != twin.KindFramed {
		return r.Component, nil
	}
	if n.bytes += len(r.Payload); n.bytes > componentBytes {
		return "", nil
	}
	e, known := n.engines[r.Dataset]
	if !known {
		if d, ok := find(n.datasets, r.Dataset); ok {
			var err error
			if e, err = n.deployed(ctx, d, ""); err != nil {
				return "", err
			}
			if e.needs() != nil || e.program == nil {
				e = nil
			}
		}
		n.engines[r.Dataset] = e
	}
	if e == nil {
		return "", nil
	}
	return e.component(r), nil
}

// component is the one component that the rows of a source record are of, those included that were dropped because
// their value could not be read; "" for none, or several.
func (e *engine) component(r *twin.Reject) (name string) {
	source := framing.Source{Framing: framing.Plain}
	if r.Kind == twin.KindFramed {
		source = e.Framing
	}
	e.output.KeepDrops = true
	defer func() { e.output.KeepDrops = false }()
	several := false
	see := func(component []byte) {
		if len(component) > 0 && name != "" && string(component) != name {
			several = true
		}
		if len(component) > 0 {
			name = string(component)
		}
	}
	for part, err := range source.Split(r.Payload, 0) {
		if err != nil {
			continue
		}
		e.program.RunTables(part.Data, e.tables(e.Tables[r.Position.Stream]), e.output)
		for i := range e.output.Rows {
			see(e.output.Rows[i].Component)
		}
		for _, d := range e.output.Drops {
			see(d.Component)
		}
	}
	if several {
		return ""
	}
	return name
}
