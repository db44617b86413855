package local

import (
	"bytes"
	"sync"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// What is kept of rejects: it lets one see why there are any.
const (
	keptRejects = 100
	keptPayload = 4 << 10 // bytes of each
)

// rejects keeps the newest rejects in memory, and all of them in files where there is a keeper.
type rejects struct {
	mu     sync.Mutex
	ring   []twin.Reject
	next   int
	keeper *keeper // nil: none is kept in files; set before the twin runs
}

func (r *rejects) add(reject twin.Reject) {
	if r.keeper != nil {
		r.keeper.add(reject)
	}
	reject.Payload = bytes.Clone(reject.Payload[:min(len(reject.Payload), keptPayload)])
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

// problemOf is one thing that is wrong with an input, as it is served.
type problemOf struct {
	Reason twin.Reason `json:"reason"`
	Detail string      `json:"detail"`
	Column string      `json:"column,omitempty"`
	Offset *int        `json:"offset,omitempty"` // absent where unknown
}

func problemsOf(problems []twin.Problem) (all []problemOf) {
	for _, p := range problems {
		one := problemOf{Reason: p.Reason, Detail: p.Detail, Column: p.Column}
		if p.Offset >= 0 {
			one.Offset = &p.Offset
		}
		all = append(all, one)
	}
	return all
}
