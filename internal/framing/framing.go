// Package framing takes the records of a source out of the records of a stream, which may hold more
// than one of them, or hold them compressed. It sits before SQL: no format of Flink knows of it, and an
// extractor that runs on Flink can only have Plain.
//
// What Amazon's producer library (KPL) has aggregated is recognised whatever the kind, because the
// producer alone decides to aggregate, record by record; a digest makes sure that nothing else is
// taken for it. The kind then says what each record of the aggregate is.
//
// All records of one stream record share its sequence number, so their order counts: number them.
package framing

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
)

// Kind says how source records lie in a stream record.
type Kind string

// The kinds.
const (
	Plain Kind = "plain" // one is the other
	Lines Kind = "lines" // one a line, such as NDJSON
	Gzip  Kind = "gzip"  // compressed, in one gzip member or several, and in each one a line
)

// DefaultMaxInflated is the most that a compressed record may hold where nothing else is said. A
// stream record has at most 10 MiB; what grows beyond this is an accident or an attack.
const DefaultMaxInflated = 64 << 20

// ErrTooLarge is wrapped by the error of a compressed record that holds more than it may.
var ErrTooLarge = errors.New("too large")

// Record is one source record.
type Record struct {
	Number int    // within the stream record, from 0
	Data   []byte // a part of the stream record, or memory of its own
}

// Split gives the source records of a stream record in their order. An error tells in Number's place
// why one of them, or the rest of them, cannot be had; its Data is what could not be split. Lines that
// are blank are no records. A compressed record may hold maxInflated bytes, or [DefaultMaxInflated] if
// that is 0.
func Split(kind Kind, data []byte, maxInflated int) iter.Seq2[Record, error] {
	if maxInflated == 0 {
		maxInflated = DefaultMaxInflated
	}
	return func(yield func(Record, error) bool) {
		n := 0
		emit := func(data []byte, err error) bool {
			more := yield(Record{n, data}, err)
			n++
			return more
		}
		deaggregate(data, func(part []byte, err error) bool {
			if err != nil {
				return emit(part, err)
			}
			return unframe(kind, part, maxInflated, emit)
		})
	}
}

// unframe gives the records in data, which is no aggregate, until emit says no.
func unframe(kind Kind, data []byte, maxInflated int, emit func([]byte, error) bool) bool {
	switch kind {
	case Plain:
		return emit(data, nil)
	case Lines:
		return lines(data, emit)
	case Gzip:
		text, err := inflate(data, maxInflated)
		if err != nil {
			return emit(data, err)
		}
		return lines(text, emit)
	}
	return emit(data, fmt.Errorf("framing: unknown kind %q; there are plain, lines and gzip", kind))
}

func lines(data []byte, emit func([]byte, error) bool) bool {
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) > 0 && !emit(line, nil) {
			return false
		}
	}
	return true
}
