package workbench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/metered"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// bill writes the changes of each record as the store would, and notes what that costs.
type bill struct {
	dataset twin.Dataset
	places  *packed.Places
	table   *metered.Table
	writer  *swap.Writer

	record  string // whose changes are gathered
	changes map[string][]*twin.Change
	order   []string
	last    map[string][]*twin.Change // what a component was written with last

	writes, metrics        int
	first, later           int // writes
	firstUnits, laterUnits int
	refused                int
	err                    error
}

func newBill(d twin.Dataset) *bill {
	b := &bill{dataset: d, places: packed.NewPlaces(d.Metrics), table: metered.New(), changes: map[string][]*twin.Change{},
		last: map[string][]*twin.Change{}}
	b.writer = &swap.Writer{Table: b.table, Now: time.Now}
	return b
}

func (b *bill) add(r Record, c *twin.Change) {
	if r.Name != b.record {
		b.close()
		b.record = r.Name
	}
	if b.changes[c.Component] == nil {
		b.order = append(b.order, c.Component)
	}
	kept := *c
	b.changes[c.Component] = append(b.changes[c.Component], &kept)
}

// close writes what was gathered of a record.
func (b *bill) close() {
	for _, component := range b.order {
		changes := newestOf(b.changes[component])
		units := b.write(component, changes)
		b.writes, b.metrics = b.writes+1, b.metrics+len(changes)
		if b.last[component] == nil {
			b.first, b.firstUnits = b.first+1, b.firstUnits+units
		} else {
			b.later, b.laterUnits = b.later+1, b.laterUnits+units
		}
		b.last[component] = changes
	}
	clear(b.changes)
	b.order = b.order[:0]
}

// newestOf returns the greatest change of each metric, by metric.
func newestOf(changes []*twin.Change) []*twin.Change {
	slices.SortFunc(changes, func(x, y *twin.Change) int {
		if order := strings.Compare(x.Metric, y.Metric); order != 0 {
			return order
		}
		return y.Compare(x)
	})
	return slices.CompactFunc(changes, func(x, y *twin.Change) bool { return x.Metric == y.Metric })
}

// write writes changes of a component and returns the units.
func (b *bill) write(component string, changes []*twin.Change) int {
	before := b.table.Units
	results, err := b.writer.Write(context.Background(), []store.Item{{
		Component: component, Dataset: b.dataset.Name, Places: b.places, Changes: changes,
	}})
	if err != nil {
		b.err = err
		return 0
	}
	for _, r := range results[0] {
		if r.Outcome == store.Refused {
			b.refused++
		}
	}
	return b.table.Units - before
}

// Cost is what an extractor's records cost in DynamoDB.
type Cost struct {
	Writes  int     // of a component's metrics, by a record
	Metrics float64 // that one of them writes
	First   float64 // write units of one for a component that is not there yet
	Later   float64 // and for one that is
	Refused int     // metrics that found no room

	Largest      string // component
	Bytes, Parts int    // that it has
}

// Cost says what the records cost that were seen so far; ok is false where there was no change.
func (s *Statistics) Cost() (c Cost, ok bool) {
	b := s.bill
	b.close()
	if b.writes == 0 || b.err != nil {
		return c, false
	}
	c = Cost{Writes: b.writes, Metrics: float64(b.metrics) / float64(b.writes),
		First: float64(b.firstUnits) / float64(b.first), Refused: b.refused}
	for component := range b.last {
		if bytes, parts := b.table.Size(component, b.dataset.Name); bytes > c.Bytes ||
			bytes == c.Bytes && component < c.Largest {
			c.Largest, c.Bytes, c.Parts = component, bytes, parts
		}
	}
	later, units := b.later, b.laterUnits
	if later == 0 { // no component came twice: each is written again as it was, a moment later
		later = len(b.last)
		for component, changes := range b.last {
			for _, change := range changes {
				change.EventTime++
			}
			units += b.write(component, changes)
		}
	}
	c.Later = float64(units) / float64(later)
	return c, true
}

// The sizes of a twin above which something costs more.
const (
	oneUnit   = 1 << 10
	oneRead   = 8 << 10
	wholeTwin = 400 << 10
)

// String says in a few lines what follows.
func (c Cost) String() string {
	s := fmt.Sprintf("cost: a record writes %.1f metrics of a component at once, which is %.1f write units, and %.1f "+
		"the first time; "+
		"a component takes %d bytes", c.Metrics, c.Later, c.First, c.Bytes)
	where := fmt.Sprintf("\nwarning: %s takes more than", c.Largest)
	switch {
	case c.Refused > 0:
		s += fmt.Sprintf("\nwarning: %d metrics were refused, because a component takes at most %d parts of 1 KB; "+
			"does a metric's name hold what is another component, or a time?", c.Refused, packed.MaxParts)
	case c.Bytes > wholeTwin:
		s += where + fmt.Sprintf(" 400 KB: beyond %d parts metrics are refused", packed.MaxParts)
	case c.Bytes > oneRead:
		s += where + fmt.Sprintf(" 8 KB: reading it costs more than one read unit, and it has %d parts, of which a record "+
			"pays for each that it writes", c.Parts)
	case c.Bytes > oneUnit:
		s += where + fmt.Sprintf(" 1 KB: it has %d parts, and a record pays for each that it writes", c.Parts)
	}
	return s
}
