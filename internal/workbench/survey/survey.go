// Package survey looks at records and at what an extractor makes of them, and names what is likely wrong, with the
// words that cure it.
//
// [New] begins a [Survey] of an extractor's tables. [Survey.Record] takes what one record gave, [Survey.Change] each of
// its changes; [Survey.Findings] then says what was found, the gravest first. A finding is a guess by the looks of
// records: it fails nothing.
package survey

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Kind names what a finding is about.
type Kind string

// The kinds, the gravest first.
const (
	Framing       Kind = "framing"       // a record is not what the table reads as one
	Format        Kind = "format"        // of the table is not that of the records
	Truncated     Kind = "truncated"     // a file ends within a record
	ByteOrderMark Kind = "byteOrderMark" // a record begins with one
	Charset       Kind = "charset"       // the text is not UTF-8, or was decoded wrongly
	KeyMissing    Kind = "keyMissing"    // a declared key is in no record
	Shapes        Kind = "shapes"        // records have shapes that no table declares
	Nothing       Kind = "nothing"       // records gave neither a change nor a reject
	AllDropped    Kind = "allDropped"    // every row lacks the same column
	Unreadable    Kind = "unreadable"    // values do not fit their columns
	EventTime     Kind = "eventTime"     // far off
	ValueType     Kind = "valueType"     // of a metric changes
	Unit          Kind = "unit"          // of a metric changes
	Spelling      Kind = "spelling"      // of one component differs
	Overwritten   Kind = "overwritten"   // readings of one record have the same name and time
	KeyUnread     Kind = "keyUnread"     // no table declares a key
)

var gravity = []Kind{
	Framing, Format, Truncated, ByteOrderMark, Charset, KeyMissing, Shapes, Nothing, AllDropped, Unreadable, EventTime,
	ValueType,
	Unit, Spelling, Overwritten, KeyUnread,
}

// Finding is one thing that is likely wrong.
type Finding struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"` // what is wrong, in one line
	Cure string `json:"cure"` // what to write, in one line; may be empty
}

// Record is a source record and what it gave.
type Record struct {
	Name     string // where it stands: FILE, or FILE:LINE
	Path     string // of its file
	Data     []byte
	Framing  framing.Kind // of its file
	Tables   []int        // that read it
	Problems []twin.Problem
	Dropped  extract.Dropped
	Changes  int
}

// maxLooked is how many bytes of records are looked into in detail.
const maxLooked = 32 << 20

// Survey gathers what records look like. It belongs to one goroutine.
type Survey struct {
	tables    []extract.Table
	records   int
	looked    int // bytes
	files     map[string]*file
	order     []*file
	text      text
	keys      *place
	shapes    shapes
	nothing   group
	why       string // the first record gave nothing
	dropped   drops
	columns   columns
	delivered delivered
}

// New begins a survey of records for these tables.
func New(tables []extract.Table) *Survey {
	s := &Survey{tables: tables, files: map[string]*file{}, keys: &place{}, delivered: newDelivered()}
	s.columns.tables = tables
	for _, t := range tables {
		if t.Format == "json" {
			s.keys.declare(t.Columns)
		}
	}
	return s
}

// Record takes a record.
func (s *Survey) Record(r *Record) {
	s.records++
	s.dropped.add(r)
	s.columns.add(r)
	f := s.file(r)
	if s.looked += len(r.Data); s.looked > maxLooked {
		return
	}
	s.text.add(r)
	json := s.reads(r, "json")
	f.add(r, json, s.reads(r, "csv"))
	value, ok := any(nil), false
	if json {
		if value, ok = parse(r.Data); ok {
			s.keys.add(value)
			s.shapes.add(r, value)
		}
	}
	if r.Changes == 0 && len(r.Problems) == 0 {
		if s.nothing.add(r); s.nothing.n == 1 {
			s.why = s.whyNothing(r, value, ok)
		}
	}
}

// Change takes a change that a record gave.
func (s *Survey) Change(name string, c *twin.Change) { s.delivered.add(name, c) }

// reads reports whether a record is read by tables of a format only.
func (s *Survey) reads(r *Record, format string) bool {
	return len(r.Tables) > 0 && !slices.ContainsFunc(r.Tables, func(i int) bool { return s.tables[i].Format != format })
}

// Findings returns what is likely wrong, the gravest first.
func (s *Survey) Findings() []Finding {
	var all []Finding
	for _, f := range s.order {
		all = append(all, f.findings()...)
	}
	all = append(all, s.text.findings()...)
	all = append(all, s.keys.findings(s.looked <= maxLooked)...)
	other := s.shapes.findings()
	all = append(all, other...)
	dropped := s.dropped.findings()
	why := s.why
	if len(dropped) > 0 && strings.HasPrefix(why, noRows) {
		why = "" // it is said with the column
	}
	if s.nothing.n > 0 && why != "" && !slices.ContainsFunc(other,
		func(f Finding) bool { return strings.Contains(f.Text, s.nothing.first) }) {
		all = append(all, Finding{Nothing, fmt.Sprintf("%s gave neither a change nor a reject, first %s: %s",
			count(s.nothing.n, "record"), s.nothing.first, why), ""})
	}
	all = append(all, dropped...)
	all = append(all, s.columns.findings()...)
	all = append(all, s.delivered.findings()...)
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Compare(slices.Index(gravity, a.Kind), slices.Index(gravity, b.Kind))
	})
	return all
}

const noRows = "its rows have no "

// whyNothing says why a record gave nothing.
func (s *Survey) whyNothing(r *Record, value any, ok bool) string {
	_, object := value.(map[string]any)
	switch {
	case r.Dropped.Total() > 0:
		return noRows + nulls(r.Dropped)
	case ok && !object && !isArray(value):
		return "a row is read from a JSON object, and this is none"
	case object && !s.keys.hasAny(value.(map[string]any)):
		return "none of the declared keys is in it"
	}
	return "no row of it meets a WHERE, or the arrays that are unnested are empty"
}

func nulls(d extract.Dropped) string {
	var names []string
	for column := range d.By {
		names = append(names, string(column))
	}
	return strings.Join(names, ", ")
}

func isArray(v any) bool {
	_, ok := v.([]any)
	return ok
}

// parse reads the first JSON value of a record.
func parse(data []byte) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, byteOrderMark)))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err == nil
}

// group counts records, and keeps the name of the first.
type group struct {
	n     int
	first string
}

func (g *group) add(r *Record) { g.note(r.Name) }

func (g *group) note(name string) {
	if g.n++; g.n == 1 {
		g.first = name
	}
}

// count says how many there are of a thing.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}
