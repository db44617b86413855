package api

import (
	"sync"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// appendChange appends the event of a reading.
func (f *follower) appendChange(b []byte, id string, r *twin.Reading) []byte {
	b = feed.BeginEvent(b, feed.KindChange, id)
	start := len(b)
	return feed.EndEvent(f.view.appendReading(b, r, f.call.source), start)
}

// encode returns the events of a batch that are for the follower; the last has the id of the batch. Followers that may
// read the same and ask for the same share it.
func (f *follower) encode(b *feed.Batch) []byte {
	return f.encoded.get(encodingKey{b.Position, f.base, f.query}, func() []byte {
		var forgotten []feed.Forgotten
		for i := range b.Forgotten {
			if own, ok := f.misses(&b.Forgotten[i]); ok {
				forgotten = append(forgotten, own)
			}
		}
		var changes []*feed.Change
		for i := range b.Changes {
			if f.takes(&b.Changes[i]) {
				changes = append(changes, &b.Changes[i])
			}
		}
		var out []byte
		left := len(forgotten) + len(changes)
		id := func() string {
			if left--; left > 0 {
				return ""
			}
			return f.cursor(b.Position)
		}
		for i := range forgotten {
			out = feed.AppendEvent(out, feed.KindForgotten, id(), appendForgotten(nil, &forgotten[i]))
		}
		for _, c := range changes {
			out = f.appendChange(out, id(), &c.Reading)
		}
		return out
	})
}

// encodingKey is what decides how a batch is encoded.
type encodingKey struct {
	batch feed.Position
	view  *view
	query string
}

// maxEncodings bounds how many bytes of encoded batches are kept, about.
const maxEncodings = 16 << 20

// encodings are the newest encoded batches. The zero value is empty.
type encodings struct {
	mu    sync.Mutex
	of    map[encodingKey]*encoding
	order []encodingKey // the oldest first
	bytes int
}

type encoding struct {
	once sync.Once
	text []byte
	size int // that is counted; guarded by mu
}

// encodingOverhead is about what an encoding takes beside its text.
const encodingOverhead = 200

// get returns what make makes, which is called once for a key that is asked for again soon.
func (e *encodings) get(k encodingKey, make func() []byte) []byte {
	e.mu.Lock()
	one := e.of[k]
	if one == nil {
		one = e.add(k)
	}
	e.mu.Unlock()
	one.once.Do(func() {
		one.text = make()
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.of[k] == one { // else it was forgotten meanwhile
			one.size += len(one.text)
			e.bytes += len(one.text)
		}
	})
	return one.text
}

// add adds an encoding that is to be made, and forgets the oldest where there are too many.
func (e *encodings) add(k encodingKey) *encoding {
	if e.of == nil {
		e.of = map[encodingKey]*encoding{}
	}
	for ; e.bytes > maxEncodings && len(e.order) > 0; e.order = e.order[1:] {
		e.bytes -= e.of[e.order[0]].size
		delete(e.of, e.order[0])
	}
	one := &encoding{size: encodingOverhead}
	e.of[k], e.order, e.bytes = one, append(e.order, k), e.bytes+one.size
	return one
}
