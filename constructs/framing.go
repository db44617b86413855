package constructs

import "github.com/railtwin/digitaltwin/internal/framing"

// Framing says how source records lie in a record of a stream, or in an object. An aggregate of Amazon's producer
// library (KPL) is taken apart under each of them.
type Framing = framing.Kind

// The framings.
const (
	Plain = framing.Plain // the default: one record is one source record
	Lines = framing.Lines // one source record a line (NDJSON)
	Gzip  = framing.Gzip  // compressed lines
)
