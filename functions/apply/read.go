package main

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// read reads the changes of all records.
func (r *run) read() {
	r.changes, r.of = r.changes[:0], r.of[:0]
	for i := range r.records {
		changes, bad := r.readRecord(i)
		r.changes = changes
		for len(r.of) < len(changes) {
			r.of = append(r.of, i)
		}
		for j := range bad {
			r.reject(i, bad[j])
		}
	}
}

// readRecord appends the changes of a record, and returns what cannot be read of it.
func (r *run) readRecord(i int) (changes []twin.Change, bad []twin.Reject) {
	data := r.records[i].Data
	defer func() {
		if v := recover(); v != nil {
			changes = r.changes
			bad = []twin.Reject{broken(fmt.Sprintf("the function failed to read this record: %v", v), data)}
		}
	}()
	changes, lines := r.decode(data, r.changes)
	for _, line := range lines {
		bad = append(bad, line.Reject())
	}
	return changes, bad
}

// broken is the reject of text of the twin stream that made the function fail.
func broken(detail string, text []byte) twin.Reject {
	reject := twin.Reject{Kind: twin.KindChange, Dataset: stream.DatasetOf(text), Payload: text}
	reject.Note(twin.Problem{Reason: twin.Panicked, Detail: detail, Offset: -1})
	return reject
}

// reject notes a reject that came with a record. Where nothing is known of its source record, its position is that of
// the record in the twin stream, so that it can be found again.
func (r *run) reject(record int, reject twin.Reject) {
	if reject.Position.IsZero() {
		reject.Position, reject.ReceivedAt = r.records[record].Position, r.records[record].ArrivedAt
	}
	r.tail.Reject(record, reject)
}
