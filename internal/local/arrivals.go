package local

import (
	"sync"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// arrivals puts the rows of a dataset in the order in which their records came, for their ranks: of two rows with the
// same event time the later one wins. Records that come within one millisecond, such as those of one posted body, are
// told apart by the index, which goes on from record to record.
type arrivals struct {
	mu   sync.Mutex
	at   twin.Millis
	next uint32
}

// take returns when the next record arrives, and the index of the first of its rows.
func (a *arrivals) take(now twin.Millis, rows int) (at twin.Millis, first uint32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now > a.at { // a clock that is set back does not put new records before old ones
		a.at, a.next = now, 0
	}
	if first = a.next; first+uint32(rows) < first {
		a.at++
		first = 0
	}
	a.next = first + uint32(rows)
	return a.at, first
}
