package api

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// row is one flat object of a component: its name, the event time and the staleAt of a reading that stands for it, and
// a column for each metric. A value that is an object is a column for each of its members, position.lat; an array is
// its JSON text. No column stands there twice: a metric that is called like another column has metric: before its name.
type row struct {
	b     []byte
	taken map[string]bool // columns
}

func newRow(b []byte) *row { return &row{append(b, '{'), map[string]bool{}} }

// end ends the row.
func (r *row) end() []byte { return append(r.b, '}') }

// column begins a column.
func (r *row) column(name string) {
	if len(r.taken) > 0 {
		r.b = append(r.b, ',')
	}
	r.taken[name] = true
	r.b = append(appendString(r.b, name), ':')
}

// head appends the columns that each row has. leading is the reading that stands for the component; nil for none.
func (r *row) head(v *view, component string, leading *twin.Reading) {
	r.column("component")
	r.b = appendString(r.b, component)
	r.column("eventTime")
	if leading == nil {
		r.b = append(r.b, "null"...)
	} else {
		r.b = appendTime(r.b, leading.EventTime)
	}
	r.column("staleAt")
	if leading == nil {
		r.b = append(r.b, "null"...)
	} else {
		r.b = v.appendStaleAt(r.b, leading)
	}
}

// metrics appends columns for readings but one.
func (r *row) metrics(readings []twin.Reading, but string) {
	for pass := range 2 { // what is a column by itself comes first, so that no member of another takes its name
		for i := range readings {
			if m := &readings[i]; m.Metric != but && (m.Value[0] == '{') == (pass == 1) {
				name := m.Metric
				if r.taken[name] {
					name = "metric:" + name
				}
				r.value(name, m.Value)
			}
		}
	}
}

// value appends the columns of a value.
func (r *row) value(name, value string) {
	if value[0] == '{' && value != "{}" {
		var members map[string]json.RawMessage
		if json.Unmarshal([]byte(value), &members) == nil && len(members) > 0 {
			for _, member := range slices.Sorted(maps.Keys(members)) {
				r.value(name+"."+member, string(members[member]))
			}
			return
		}
	}
	if r.taken[name] {
		return
	}
	r.column(name)
	if value[0] == '{' || value[0] == '[' {
		r.b = appendString(r.b, value)
		return
	}
	r.b = append(r.b, value...)
}

func entryRow(b []byte, p *page, component string, readings []twin.Reading) ([]byte, bool) {
	if len(readings) == 0 {
		return b, false
	}
	r := newRow(b)
	r.head(p.view, component, newestOf(readings))
	r.metrics(readings, "")
	return r.end(), true
}

// newestOf returns the reading with the greatest event time; nil where there is none.
func newestOf(readings []twin.Reading) (newest *twin.Reading) {
	for i := range readings {
		if newest == nil || readings[i].EventTime > newest.EventTime {
			newest = &readings[i]
		}
	}
	return newest
}
