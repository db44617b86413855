package survey

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/railtwin/digitaltwin/internal/capture"
	"github.com/railtwin/digitaltwin/internal/framing"
)

// file is what the records of one file say of how it is framed, in which format, and whether it is whole.
type file struct {
	path     string
	framing  framing.Kind
	records  int
	cutShort group // JSON that ends within a value
	lastCut  bool  // the last record is one
	lastAt   int   // its length
	goOn     group // records that go on after what is read of them
	offset   int   // where the first of them goes on
	csv      group // records that a json table reads and that begin like CSV, xml, or json that csv tables read
	xml      group
	json     group
}

func (s *Survey) file(r *Record) *file {
	f := s.files[r.Path]
	if f == nil {
		f = &file{path: r.Path, framing: r.Framing}
		s.files[r.Path], s.order = f, append(s.order, f)
	}
	return f
}

// add takes a record that json tables read, or csv tables.
func (f *file) add(r *Record, asJSON, asCSV bool) {
	f.records++
	f.lastCut = false
	text := bytes.TrimSpace(bytes.TrimPrefix(r.Data, byteOrderMark))
	if len(text) == 0 {
		return
	}
	begins := text[0]
	object := begins == '{' || begins == '['
	switch {
	case asJSON && begins == '<', asCSV && begins == '<':
		f.xml.add(r)
	case asCSV && object && json.Valid(text):
		f.json.add(r)
	case asJSON && !json.Valid(text) && !object && begins != '"' && bytes.ContainsAny(text, ",;\t"):
		f.csv.add(r)
	case asJSON:
		if f.lastCut = object && endsEarly(text); f.lastCut {
			f.cutShort.add(r)
			f.lastAt = len(r.Data)
		}
		f.rest(r, "json")
	case asCSV:
		f.rest(r, "csv")
	}
}

func (f *file) rest(r *Record, format string) {
	if at := capture.Unread(format, r.Data); at >= 0 {
		if f.goOn.add(r); f.goOn.n == 1 {
			f.offset = at
		}
	}
}

// endsEarly reports whether a JSON text ends within a value.
func endsEarly(text []byte) bool {
	var v json.RawMessage
	return errors.Is(json.NewDecoder(bytes.NewReader(text)).Decode(&v), io.ErrUnexpectedEOF)
}

const besides = `, or write it into ` + framing.SourceFile + ` beside the file: `

func (f *file) findings() []Finding {
	var all []Finding
	lines := f.framing == framing.Lines
	switch {
	case lines && f.records > 1 && f.cutShort.n > 0 && 2*f.cutShort.n >= min(f.records, 2) &&
		f.cutShort.first == f.path+":1":
		all = append(all, Finding{Framing, fmt.Sprintf("%s is cut into lines, but a record goes over several of them, "+
			"first %s", f.path, f.cutShort.first),
			`a whole file is one record: add --framing plain` + besides + `{"framing": "plain"}`})
	case f.lastCut:
		all = append(all, Finding{Truncated, fmt.Sprintf("%s ends within a JSON value, %d bytes into its last record: the "+
			"file is cut off", f.path, f.lastAt),
			"fetch it again; what it holds of the last record is not delivered"})
	case f.cutShort.n > 0:
		all = append(all, Finding{Truncated, fmt.Sprintf("%s within a JSON value, first %s", end(f.cutShort.n),
			f.cutShort.first),
			"the producer, or what lies between, cuts records off: they are rejects"})
	}
	if f.goOn.n > 0 {
		what := "after their first JSON value or line, which is all that is read of them"
		if f.goOn.n == 1 {
			what = "after its first JSON value or line, which is all that is read of it"
		}
		cure := `if a line is a record: add --framing lines` + besides + `{"framing": "lines"}`
		if lines {
			cure = "if each value is a record, put a newline between them"
		}
		all = append(all, Finding{Framing, fmt.Sprintf("%s %s, first %s at byte %d", goOn(f.goOn.n), what, f.goOn.first,
			f.offset), cure})
	}
	for _, x := range []struct {
		group
		looks, cure string
	}{
		{f.csv, "CSV, and the table reads json", "write WITH ('format' = 'csv', 'csv.ignore-parse-errors' = 'true')"},
		{f.json, "JSON, and the table reads csv", "write WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true')"},
		{f.xml, "XML", "write CREATE TABLE t (x STRING) WITH ('format' = 'raw'), and REGEXP_EXTRACT(x, " +
			"'<name[^>]*>([^<]*)', 1) for an element"},
	} {
		if 2*x.n > f.records {
			all = append(all, Finding{Format, fmt.Sprintf("%s of %s looks like %s", x.first, f.path, x.looks), x.cure})
		}
	}
	return all
}

func goOn(n int) string {
	if n == 1 {
		return "1 record goes on"
	}
	return fmt.Sprintf("%d records go on", n)
}

func end(n int) string {
	if n == 1 {
		return "1 record ends"
	}
	return fmt.Sprintf("%d records end", n)
}
