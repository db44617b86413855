package storetest

import (
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// model is the newest-wins rule without batches, guards, races and requests.
type model struct {
	readings map[cellKey]twin.Reading
	floors   map[itemKey]twin.Rank // of every item that there is
}

type itemKey struct{ component, part string }

type cellKey struct{ component, dataset, metric string }

func (m *model) write(c *twin.Change) {
	r, it, cell := c.Reading(), itemKey{c.Component, store.Part(c.Dataset, layouts[c.Dataset], c.Metric)}, cellKey{c.Component, c.Dataset, c.Metric}
	floor, old := m.floors[it], m.readings[cell] // every rank is greater than none
	if r.Rank.Wins(floor) && r.Rank.Wins(old.Rank) {
		m.readings[cell], m.floors[it] = r, floor
	}
}

func (m *model) forget(component string, at twin.Millis) {
	for it, floor := range m.floors {
		if it.component == component && twin.Floor(at).Wins(floor) {
			m.floors[it] = twin.Floor(at)
		}
	}
	for cell := range m.readings {
		if cell.component == component {
			delete(m.readings, cell)
		}
	}
}
