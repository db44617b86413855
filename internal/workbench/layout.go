package workbench

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// The shape of an item of the store, as far as it decides the cost: what an item takes before its
// first metric, and a metric besides its name, value and unit (rank, lineage, names of its fields).
// A write unit is paid per started kilobyte of the whole item.
const (
	itemBytes   = 62
	metricBytes = 70
	unitBytes   = 1024
)

// layout gathers what the choice of twin.layout depends on. A record that touches several components
// writes as many items.
type layout struct {
	writes, changes int
	last            string // the record that is being added
	components      map[string]struct{}
	seen            map[string]map[string]int // component, metric: bytes
}

func newLayout() layout {
	return layout{components: make(map[string]struct{}), seen: make(map[string]map[string]int)}
}

func (l *layout) add(r Record, c *twin.Change) {
	if r.Name != l.last {
		l.last = r.Name
		clear(l.components)
	}
	if _, ok := l.components[c.Component]; !ok {
		l.components[c.Component] = struct{}{}
		l.writes++
	}
	l.changes++
	if l.seen[c.Component] == nil {
		l.seen[c.Component] = make(map[string]int)
	}
	l.seen[c.Component][c.Metric] = metricBytes + len(c.Metric) + len(c.Value) + len(c.Unit)
}

// Layout is how an extractor writes its components, and what that costs.
type Layout struct {
	K float64 // metrics written at once
	N float64 // metrics that a component has
	B float64 // bytes that a metric takes in its item

	Wide, Narrow float64 // write units of one record for one component
	Best         twin.Layout
}

// Layout judges the changes seen so far; ok is false where there are none.
func (s *Statistics) Layout() (l Layout, ok bool) {
	if s.layout.writes == 0 {
		return Layout{}, false
	}
	metrics, bytes := 0, 0
	for _, component := range s.layout.seen {
		for _, b := range component {
			metrics++
			bytes += b
		}
	}
	l.K = float64(s.layout.changes) / float64(s.layout.writes)
	l.N = float64(metrics) / float64(len(s.layout.seen))
	l.B = float64(bytes) / float64(metrics)
	l.Wide = units(itemBytes + l.N*l.B)
	l.Narrow = l.K * units(itemBytes+l.B)
	l.Best = twin.Wide
	if l.Narrow < l.Wide {
		l.Best = twin.Narrow
	}
	return l, true
}

func units(bytes float64) float64 { return float64((int(bytes) + unitBytes - 1) / unitBytes) }

// Advice says in a few words what follows for an extractor that has the layout now.
func (l Layout) Advice(now twin.Layout) string {
	s := fmt.Sprintf("layout: a record writes k = %.1f metrics of a component at once, n = %.1f are stored, b = %.0f bytes each: "+
		"%.1f write units wide, %.1f narrow", l.K, l.N, l.B, l.Wide, l.Narrow)
	if l.Best == now {
		return s + fmt.Sprintf("; '%s' is right", now)
	}
	return s + fmt.Sprintf("; it is '%s', and '%s' is cheaper: SET 'twin.layout' = '%s'", now, l.Best, l.Best)
}
