package constructs

import "github.com/railtwin/digitaltwin/internal/wiring"

// Framing says how source records lie in a record of a stream, or in an object. An aggregate of Amazon's producer
// library (KPL) is taken apart under each of them.
type Framing = wiring.Framing

// The framings.
const (
	Plain = wiring.Plain // the default: one record is one source record
	Lines = wiring.Lines // one source record a line (NDJSON)
	Gzip  = wiring.Gzip  // compressed lines
)
