package decode

import "github.com/railtwin/digitaltwin/internal/extract/row"

// Walk decodes a JSON message without trying the scanner first.
func (d *Decoder) Walk(msg []byte, rec *row.Record, sink Sink) {
	if len(msg) > 0 {
		d.format.(*jsonFormat).walk(msg, rec, sink, 0)
	}
}

// Scan tells whether the scanner decodes a JSON message alone.
func (d *Decoder) Scan(msg []byte, rec *row.Record, sink Sink) bool {
	f := d.format.(*jsonFormat)
	s := scanner{p: msg, rec: rec, format: f, guesses: f.guessesOf(rec)}
	_, done := s.message(sink)
	return done
}

var (
	ParseDouble    = parseDouble
	ParseInteger   = parseInteger
	ParseTimestamp = parseTimestamp
	DecimalText    = decimalText
	ScanDouble     = scanDouble
	ScanInteger    = scanInteger
	AppendReplaced = appendReplaced
)
