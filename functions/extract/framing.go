package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"iter"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// maxUnpacked is the most that a gzip record may hold: a Kinesis record of 1 MiB that unpacks to more is
// no data but an accident, or an attack.
const maxUnpacked = 64 << 20

// frames returns the source records in a record of a stream, or why there are none in it. What Amazon's
// producer library aggregated is taken apart first, whatever the framing.
func frames(framing wiring.Framing, data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if records, ok := deaggregate(data); ok {
			for _, record := range records {
				for frame, err := range unframe(framing, record) {
					if !yield(frame, err) {
						return
					}
				}
			}
			return
		}
		for frame, err := range unframe(framing, data) {
			if !yield(frame, err) {
				return
			}
		}
	}
}

func unframe(framing wiring.Framing, data []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		switch framing {
		case wiring.Lines:
			lines(data, yield)
		case wiring.Gzip:
			text, err := unpack(data)
			if err != nil {
				yield(nil, err)
				return
			}
			lines(text, yield)
		default:
			yield(data, nil)
		}
	}
}

// lines yields the lines that are not blank.
func lines(data []byte, yield func([]byte, error) bool) {
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) > 0 && !yield(line, nil) {
			return
		}
	}
}

func unpack(data []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("the record is not gzip: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if err != nil {
		return nil, fmt.Errorf("the record is not whole gzip: %w", err)
	}
	if len(text) > maxUnpacked {
		return nil, fmt.Errorf("the record unpacks to more than %d bytes", maxUnpacked)
	}
	return text, nil
}
