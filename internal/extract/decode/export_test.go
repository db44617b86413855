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
	s := f.scanner(msg, rec)
	_, done := s.message(sink)
	return done
}

var (
	ParseDouble    = parseDouble
	ParseInteger   = parseInteger
	ParseTimestamp = parseTimestamp
	DecimalText    = decimalText
	AppendReplaced = appendReplaced
)

// ScanDouble and ScanInteger scan a number with a comma behind it, and tell how many bytes they took.
func ScanDouble(text []byte, cell *row.Cell) int {
	return scanDouble(append(append(text, ','), zeros[:]...), 0, cell)
}

func ScanInteger(text []byte, small bool, cell *row.Cell) int {
	return scanInteger(append(append(text, ','), zeros[:]...), 0, small, cell)
}
