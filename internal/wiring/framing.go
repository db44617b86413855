package wiring

import "fmt"

// Framing says how source records lie in a record of the source stream.
type Framing string

// The framings. A KPL aggregate is recognised under each of them, because the producer alone decides.
const (
	Plain Framing = "plain" // one stream record is one source record
	Lines Framing = "lines" // one source record a line (NDJSON)
	Gzip  Framing = "gzip"  // a gzip stream, of lines
)

// Framings are all of them, in the order in which they are explained.
var Framings = []Framing{Plain, Lines, Gzip}

// UnmarshalText accepts the names of the framings only.
func (f *Framing) UnmarshalText(b []byte) error {
	for _, known := range Framings {
		if string(b) == string(known) {
			*f = known
			return nil
		}
	}
	return fmt.Errorf("unknown framing %q: choose one of %v", b, Framings)
}
