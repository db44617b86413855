package local

import (
	"sync"
	"sync/atomic"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// counters count what became of one dataset's records since the start.
type counters struct {
	records, changes, applied, late, rejects, dropped atomic.Int64
}

// Status is how one dataset is doing. Counts are since the start of the process.
type Status struct {
	Dataset string
	Feed    string // what its records come from, "" for nothing but what is posted

	Records  int64 // source records that came in
	Changes  int64 // that came out of the extractor
	Applied  int64 // changes that became the newest reading
	Late     int64 // changes that lost to a newer one
	Rejects  int64 // inputs that could not be used
	Dropped  int64 // rows without a component, metric, value or event time
	Readings int64 // in the store, counted a moment ago
}

func (c *counters) drop(d extract.Dropped) {
	if n := d.Component + d.Metric + d.Value + d.EventTime; n > 0 {
		c.dropped.Add(int64(n))
	}
}

// keptRejects is how many rejects [rejects] keeps, and keptPayload how many bytes of each.
const (
	keptRejects = 100
	keptPayload = 4 << 10
)

// rejects keeps the newest rejects, so that one can see why there are any.
type rejects struct {
	mu   sync.Mutex
	ring []twin.Reject
	next int
}

func (r *rejects) add(reject twin.Reject) {
	reject.Payload = append([]byte(nil), reject.Payload[:min(len(reject.Payload), keptPayload)]...)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.ring) < keptRejects {
		r.ring = append(r.ring, reject)
		return
	}
	r.ring[r.next] = reject
	r.next = (r.next + 1) % keptRejects
}

// newest returns the rejects that are kept, oldest first.
func (r *rejects) newest() []twin.Reject {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append(append([]twin.Reject(nil), r.ring[r.next:]...), r.ring[:r.next]...)
}
