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

var AppendReplaced = appendReplaced

// ScanDouble and ScanInteger scan a number with a comma behind it, and tell how many bytes they took.
func ScanDouble(text []byte, cell *row.Cell) int {
	return scanDouble(append(append(text, ','), zeros[:]...), 0, cell)
}

func ScanInteger(text []byte, small bool, cell *row.Cell) int {
	return scanInteger(append(append(text, ','), zeros[:]...), 0, small, cell)
}

// Follow tells whether a message, one object, is of a shape that rec has learnt.
func (d *Decoder) Follow(msg []byte, rec *row.Record) bool {
	f := d.format.(*jsonFormat)
	rec.Reset()
	s := f.scanner(msg, rec)
	return s.follow(&s.shapes[f.root.object].start, 0, rec.Cells) >= 0
}

// Resting tells whether objects of the table are scanned without trying their shape.
func (d *Decoder) Resting(rec *row.Record) bool {
	return rec.Memory.(*scanner).shapes[d.format.(*jsonFormat).root.object].rest > 0
}
