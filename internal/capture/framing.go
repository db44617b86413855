package capture

import (
	"bytes"
	"fmt"
	"strings"
)

// Framing says how records lie in a file.
type Framing string

// The framings of a file.
const (
	File  Framing = "file"  // the whole file is one record
	Lines Framing = "lines" // a line is a record; blank lines are none, a header line of CSV is one
)

// FramingOf returns the framing that the name of a file suggests: a .json file is a record, in any
// other file (.ndjson, .csv, .txt) a line is one.
func FramingOf(name string) Framing {
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		return File
	}
	return Lines
}

// UnmarshalText accepts the names of the framings only.
func (f *Framing) UnmarshalText(b []byte) error {
	switch v := Framing(b); v {
	case File, Lines:
		*f = v
		return nil
	}
	return fmt.Errorf("unknown framing %q: choose %s or %s", b, File, Lines)
}

// Split returns the records of a file. They are slices of data.
func (f Framing) Split(data []byte) [][]byte {
	if f == File {
		return [][]byte{data}
	}
	var records [][]byte
	for line := range bytes.Lines(data) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) > 0 {
			records = append(records, line)
		}
	}
	return records
}
