package local

import (
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
)

// Tally counts what became of records. Of the changes that came out of an extractor each becomes one of applied,
// late, superseded, same and rejected once the store has taken it.
type Tally struct {
	Records    int64 `json:"records"`    // source records that came in
	Changes    int64 `json:"changes"`    // that the extractor delivered
	Applied    int64 `json:"applied"`    // changes that became the newest reading
	Late       int64 `json:"late"`       // changes that lost to a newer reading, stored before
	Superseded int64 `json:"superseded"` // changes that lost to a newer change of their own batch
	Same       int64 `json:"same"`       // changes that are stored already: duplicates
	Nothing    int64 `json:"nothing"`    // records that gave neither a change nor a reject
	Rejected   int64 `json:"rejected"`   // records that could not be used, or not in full, and refused changes
	Dropped    int64 `json:"dropped"`    // rows without a component, metric, value or event time
}

// Add adds what u counts to t.
func (t *Tally) Add(u Tally) {
	t.Records += u.Records
	t.Changes += u.Changes
	t.Applied += u.Applied
	t.Late += u.Late
	t.Superseded += u.Superseded
	t.Same += u.Same
	t.Nothing += u.Nothing
	t.Rejected += u.Rejected
	t.Dropped += u.Dropped
}

// count counts what became of one change.
func (t *Tally) count(o store.Outcome) {
	switch o {
	case store.Applied:
		t.Applied++
	case store.Late:
		t.Late++
	case store.Superseded:
		t.Superseded++
	case store.Same:
		t.Same++
	case store.Refused:
		t.Rejected++
	}
}

// counter is a tally that several goroutines add to.
type counter struct {
	mu     sync.Mutex
	tally  Tally
	lately lately
}

func (c *counter) add(t Tally) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.Add(t)
	c.lately.add(t, time.Now())
}

func (c *counter) get() Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tally
}
