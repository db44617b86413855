package decode

import (
	"fmt"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// RawOptions are the options of 'raw' alone.
type RawOptions struct {
	Charset string // of a STRING, default UTF-8; see charsetOf
}

// rawFormat is the format 'raw': the whole message is the one column, and what the charset does not
// have is U+FFFD.
type rawFormat struct {
	text    bool
	charset charset // nil for UTF-8
}

func newRaw(l *row.Layout, options Options) (*rawFormat, error) {
	if len(l.Columns) != 1 {
		return nil, fmt.Errorf("format raw takes one column, and %d are declared", len(l.Columns))
	}
	f := &rawFormat{}
	switch c := l.Columns[0]; c.Type.Kind {
	case types.String:
		f.text = true
	case types.Bytes:
	default:
		return nil, fmt.Errorf("column %q: format raw takes STRING or BYTES, not %s", c.Name, c.Type)
	}
	var err error
	if options.Raw.Charset != "" {
		f.charset, err = charsetOf(options.Raw.Charset)
	}
	return f, err
}

// KeepsBytes reports whether Flink takes the texts of a message as the UTF-8 that they are, and makes no Java string.
func (d *Decoder) KeepsBytes() bool {
	raw, ok := d.format.(*rawFormat)
	return ok && raw.charset == nil
}

func (f *rawFormat) decode(msg []byte, rec *row.Record, sink Sink) {
	rec.Reset()
	rec.Cells[0] = row.Cell{Valid: true, Text: f.convert(msg, rec)}
	sink.Row()
}

func (f *rawFormat) convert(msg []byte, rec *row.Record) []byte {
	if !f.text || f.charset == nil && utf8.Valid(msg) {
		return msg
	}
	begin := len(rec.Scratch)
	if f.charset == nil {
		rec.Scratch = appendReplaced(rec.Scratch, msg)
	} else {
		rec.Scratch = f.charset(rec.Scratch, msg)
	}
	return rec.Scratch[begin:len(rec.Scratch):len(rec.Scratch)]
}

// appendReplaced appends UTF-8 text with U+FFFD for what is none, as often as Java writes it: once
// for the longest beginning of a character that could have become one.
func appendReplaced(out, text []byte) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		if r == utf8.RuneError && n == 1 {
			n = brokenLength(text)
		}
		out = utf8.AppendRune(out, r)
		text = text[n:]
	}
	return out
}

// brokenLength is how many bytes at the front of text make one broken character.
func brokenLength(text []byte) int {
	if len(text) >= 2 && text[0] == 0xED && text[1]&0xC0 == 0x80 { // a surrogate, which is whole in its way
		if len(text) >= 3 && text[2]&0xC0 == 0x80 {
			return 3
		}
		return 2
	}
	n := 1
	for n < len(text) && !utf8.FullRune(text[:n]) {
		n++
	}
	if n > 1 && utf8.FullRune(text[:n]) {
		return n - 1 // the last byte is what showed that it is none
	}
	return n
}
