package framing

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// File is the text of a file of records: unpacked where it is gzip, and as UTF-8 where a charset is set.
type File struct {
	io.Reader
	Framing Kind // Plain or Lines
}

// guessFrom is how many bytes of a file tell how its records lie.
const guessFrom = 64 << 10

// OpenFile returns the text of the file called name, which may be compressed with gzip, and how its records lie in it:
// as s says, or else as the text looks, see [Guess].
func (s Source) OpenFile(name string, src io.Reader) (*File, error) {
	src, err := gunzip(src, s.Framing == Plain)
	if err != nil {
		return nil, err
	}
	if src, err = s.Decode(src); err != nil {
		return nil, err
	}
	f := &File{Reader: src, Framing: s.Framing}
	switch s.Framing {
	case Gzip: // it is unpacked
		f.Framing = Lines
	case "":
		text := bufio.NewReaderSize(src, guessFrom)
		start, err := text.Peek(guessFrom)
		f.Reader, f.Framing = text, Guess(name, start)
		if err != nil && !errors.Is(err, io.EOF) && len(start) == 0 {
			return nil, err
		}
	}
	return f, nil
}

// Records returns the records of a file called name as UTF-8. Blank lines are no records.
func (s Source) Records(name string, data []byte) ([][]byte, error) {
	f, err := s.OpenFile(name, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	var records [][]byte
	Source{Framing: f.Framing}.unframe(text, 0, func(record []byte, _ error) bool {
		records = append(records, record)
		return true
	})
	return records, nil
}

// gunzip returns what src holds, unpacked if it is gzip: one record, or lines.
func gunzip(src io.Reader, one bool) (io.Reader, error) {
	r := bufio.NewReaderSize(src, guessFrom)
	if start, err := r.Peek(2); err != nil || start[0] != 0x1f || start[1] != 0x8b {
		return r, nil // a shorter file, or one that cannot be read, says so where it is read
	}
	if one {
		return gzip.NewReader(r)
	}
	return GunzipLines(r)
}

// Guess tells by the first bytes of a file whether it is one record or holds one a line. A JSON text that goes on in
// the next line, and a document of XML, are one record; where the first line is a JSON text by itself and more follows,
// and in any other text, such as CSV, a line is one. The name decides what the bytes leave open, such as a damaged JSON
// text: .json and .geojson are one record.
func Guess(name string, start []byte) Kind {
	text := bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\ufeff")))
	switch {
	case len(text) == 0:
		return byName(name)
	case text[0] == '<':
		return Plain
	case text[0] != '{' && text[0] != '[':
		return byName(name)
	}
	first, rest, more := bytes.Cut(text, []byte("\n"))
	switch {
	case !more:
		return byName(name)
	case json.Valid(first) && len(rest) > 0:
		return Lines
	}
	var value json.RawMessage
	d := json.NewDecoder(bytes.NewReader(text))
	err := d.Decode(&value)
	if err == nil && d.InputOffset() < int64(len(first)) {
		return Lines // another value stands in the line of the first
	}
	second, _, _ := bytes.Cut(bytes.TrimSpace(rest), []byte("\n"))
	cutOff := errors.Is(err, io.ErrUnexpectedEOF)
	if err == nil || cutOff && !(byName(name) == Lines && json.Valid(second)) {
		return Plain
	}
	return byName(name)
}

func byName(name string) Kind {
	name = strings.TrimSuffix(strings.ToLower(name), ".gz")
	if strings.HasSuffix(name, ".json") || strings.HasSuffix(name, ".geojson") {
		return Plain
	}
	return Lines
}
