package storetest

import (
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// model is the newest-wins rule without batches, parts, swaps, races and requests: of each cell the greatest of all
// changes that were not refused, above what was forgotten and not too old.
type model struct {
	best      map[cell]*twin.Change
	forgotten []store.Forgotten
}

type cell struct{ component, dataset, metric string }

func (m *model) write(c *twin.Change) {
	k := cell{c.Component, c.Dataset, c.Metric}
	if m.covers(c) {
		return
	}
	if best := m.best[k]; best == nil || c.Compare(best) > 0 {
		m.best[k] = c
	}
}

func (m *model) forget(t store.Target, floor twin.Millis) {
	m.forgotten = append(m.forgotten, store.Forgotten{Target: t, Floor: floor})
	for k, c := range m.best {
		if m.covers(c) {
			delete(m.best, k)
		}
	}
}

func (m *model) covers(c *twin.Change) bool {
	for _, f := range m.forgotten {
		if c.EventTime <= f.Floor && (c.Component == f.Name || f.Prefix && strings.HasPrefix(c.Component, f.Name)) {
			return true
		}
	}
	return false
}

// served returns what a reader gets at a time.
func (m *model) served(at twin.Millis, expireAfter map[string]time.Duration) (readings []twin.Reading) {
	for k, c := range m.best {
		if after := expireAfter[k.dataset]; after == 0 || c.EventTime >= at-twin.Millis(after.Milliseconds()) {
			readings = append(readings, c.Reading())
		}
	}
	return store.InOrder(readings)
}
