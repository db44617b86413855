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

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Kind says how source records lie in a stream record, or in a file.
type Kind = wiring.Framing

// The kinds.
const (
	Plain = wiring.Plain // one is the other
	Lines = wiring.Lines // one a line, such as NDJSON
	Gzip  = wiring.Gzip  // compressed, in one gzip member or several, and in each one a line
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
// that is 0. Where a charset is set, the records are UTF-8, in memory of their own.
func (s Source) Split(data []byte, maxInflated int) iter.Seq2[Record, error] {
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
			return s.unframe(part, maxInflated, emit)
		})
	}
}

// unframe gives the records in data, which is no aggregate, until emit says no.
func (s Source) unframe(data []byte, maxInflated int, emit func([]byte, error) bool) bool {
	text := data
	var err error
	if s.Framing == Gzip {
		if text, err = inflate(data, maxInflated); err != nil {
			return emit(data, err)
		}
	}
	d, err := s.decoder()
	if err != nil {
		return emit(data, err)
	}
	if d != nil {
		if text, err = d.Bytes(text); err != nil {
			return emit(data, fmt.Errorf("framing: the record cannot be decoded: %w", err))
		}
	}
	switch s.Framing {
	case Plain, "":
		return emit(text, nil)
	case Lines, Gzip:
		return lines(text, emit)
	}
	return emit(data, fmt.Errorf("framing: unknown kind %q; there are %v", s.Framing, wiring.Framings))
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
