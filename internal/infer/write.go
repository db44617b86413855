package infer

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
	"github.com/railtwin/digitaltwin/internal/sqlfmt"
)

// write makes the text of the extractor.
func (d *draft) write() error {
	var b strings.Builder
	d.nameViews()
	d.header(&b)
	b.WriteString("\n-- data templating: the shape of a source record; what is not declared is not read\n")
	for _, t := range d.tables {
		t.create(&b)
	}
	for i, t := range d.tables {
		for j, v := range t.views {
			comment := "-- data pumping: what is taken"
			if i+j > 0 {
				comment = "-- and what is taken of another shape"
			}
			if len(v.s.levels) > 1 {
				comment += "; one row for each element of " + strings.Join(v.s.levels[v.s.last()].path, ".")
			}
			b.WriteString("\n" + comment + "\n")
			v.create(&b, t)
		}
	}
	first := true
	for _, t := range d.tables {
		for _, v := range t.views {
			v.insert(&b, &first)
		}
	}
	sql, err := sqlfmt.Format(d.Dataset+".sql", []byte(b.String()))
	d.SQL = sql
	return err
}

// nameViews gives the views names of their own.
func (d *draft) nameViews() {
	used := map[string]bool{}
	for _, t := range d.tables {
		used[t.name] = true
	}
	for _, t := range d.tables {
		for _, v := range t.views {
			name := "samples"
			if l := v.s.levels[v.s.last()]; len(l.path) > 0 {
				name = cmpOr(strings.Join(tokens(l.path[len(l.path)-1]), "_"), name)
			}
			for n, base := 2, name; used[name]; n++ {
				name = base + "_" + digits(n)
			}
			used[name], used["timed_"+name] = true, true
			v.name = name
		}
	}
}

func (d *draft) header(b *strings.Builder) {
	var names []string
	for _, f := range d.files {
		names = append(names, filepath.Base(f.Name()))
	}
	fmt.Fprintf(b, "-- %s, as twin new found it in %s. Go over key, time, names and units.\n--\n", d.title(),
		clip(strings.Join(names, ", "), 60))
	fmt.Fprintf(b, "-- source   %s\n-- licence  write it here\n", d.source())
	interval, reason := "none", ""
	rows := 0
	for _, t := range d.tables {
		for _, v := range t.views {
			fmt.Fprintf(b, "-- key      %s\n", clip(v.keyLabel(), 125))
			fmt.Fprintf(b, "-- time     %s\n", clip(v.timeReason, 125))
			for _, o := range v.others {
				if what, labels, _ := strings.Cut(o, " "); strings.TrimSpace(labels) != "" {
					fmt.Fprintf(b, "--          another %s may be %s\n", what, clip(strings.TrimSpace(labels), 100))
				}
			}
			for _, n := range v.notes {
				fmt.Fprintf(b, "--          %s\n", clip(n, 125))
			}
			if len(v.s.rows) > rows {
				rows = len(v.s.rows)
				interval, reason = v.s.interval(v.key, v.moment)
			}
		}
	}
	if d.opts.Interval != "" {
		interval, reason = d.opts.Interval, ""
	}
	if reason != "" {
		reason = "    -- " + reason
	}
	fmt.Fprintf(b, "SET 'twin.description' = %s;\nSET 'twin.interval' = %s;%s\n", quote(d.title()), quote(interval),
		reason)
}

// keyLabel describes the key for the header: station:<data.stations[].id>.
func (v *view) keyLabel() string {
	label := func(k key) string {
		text := k.kind
		for _, p := range k.parts {
			text += ":<" + v.s.label(p.field) + ">"
		}
		return text
	}
	text := label(v.key)
	if len(v.parent.parts) > 0 {
		text += ", and " + label(v.parent)
	}
	return text + "; " + v.keyReason
}

// title is the dataset as people write it: basel_parking is Basel parking.
func (d *draft) title() string {
	text := strings.ReplaceAll(d.Dataset, "_", " ")
	for i, r := range text {
		return string(unicode.ToUpper(r)) + text[i+len(string(r)):]
	}
	return text
}

// source says how the records come.
func (d *draft) source() string {
	f := d.files[0]
	switch {
	case f.Format == sample.CSV && f.Header != nil:
		return "a row of CSV is one record; the header row is sent as one and delivers nothing"
	case f.Format == sample.CSV:
		return "a row of CSV is one record"
	case f.Lines:
		return "a line is one record, a JSON text"
	case f.Records[0].Value.Kind == sample.Array:
		return "a JSON array is one record; each object in it is a row"
	}
	return "a JSON object is one record"
}

func clip(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-3]) + "..."
	}
	return text
}

// create writes CREATE TABLE.
func (t *table) create(b *strings.Builder) {
	var columns []string
	if t.csv != nil {
		for _, key := range t.all[0].Keys {
			columns = append(columns, ident(key)+" STRING")
		}
	} else {
		for _, c := range t.root.children {
			columns = append(columns, ident(c.name)+" "+c.text())
		}
	}
	text := strings.Join(columns, ",\n")
	options := []string{"'format' = 'json'"}
	if t.csv != nil {
		options = []string{"'format' = 'csv'", "'csv.field-delimiter' = " + delimiterText(t.csv.Delimiter),
			"'csv.null-literal' = ''", "'csv.ignore-parse-errors' = 'true'"}
	} else {
		if strings.Contains(text, "TIMESTAMP_LTZ") {
			options = append(options, "'json.timestamp-format.standard' = 'ISO-8601'")
		}
		options = append(options, "'json.ignore-parse-errors' = 'true'")
	}
	fmt.Fprintf(b, "CREATE TABLE %s (\n%s\n) WITH (\n%s\n);\n", ident(t.name), text, strings.Join(options, ",\n"))
}

func delimiterText(r rune) string {
	if r == '\t' {
		return `'\t'`
	}
	return quote(string(r))
}

// create writes CREATE VIEW, and a second one for what is computed of columns of the first.
func (v *view) create(b *strings.Builder, t *table) {
	items := []string{v.keys[0] + " AS component"}
	names := []string{"component"}
	if len(v.keys) > 1 {
		items, names = append(items, v.keys[1]+" AS parent"), append(names, "parent")
	}
	for _, c := range v.columns {
		items = append(items, c.expr+" AS "+ident(c.name))
		names = append(names, ident(c.name))
	}
	where := ""
	if v.only != nil && t.csv == nil {
		d := t.root.child(v.only.key)
		if d.typ == "" {
			d.typ = "STRING"
		}
		where = "\nWHERE t." + ident(v.only.key) + " = " + quote(v.only.text)
	}
	if t.csv != nil && t.csv.Header != nil {
		where = "\nWHERE t." + ident(t.all[0].Keys[0]) + " <> " + quote(t.csv.Header[0])
	}
	fmt.Fprintf(b, "CREATE VIEW %s AS\nSELECT %s\nFROM %s%s;\n", ident(v.name), filled(items, 100), v.from(t.name),
		where)
	if len(v.derived) == 0 {
		return
	}
	for _, c := range v.derived {
		names = append(names, c.expr+" AS "+c.name)
	}
	read := v.name
	v.name = "timed_" + v.name
	fmt.Fprintf(b, "\n-- what is known best of each time\nCREATE VIEW %s AS\nSELECT %s\nFROM %s;\n", ident(v.name),
		filled(names, 100), ident(read))
}

// insert writes the INSERT statements of a view.
func (v *view) insert(b *strings.Builder, first *bool) {
	v.metrics = append(v.metrics, v.delays...)
	for _, parent := range []bool{false, true} {
		for _, unit := range []bool{true, false} {
			var branches []string
			for _, m := range v.metrics {
				if m.parent == parent && (m.unit+m.unitExpr != "") == unit {
					branches = append(branches, v.branch(&m))
				}
			}
			statement(b, first, unit, branches, map[bool]string{true: "-- and of the " + v.parent.kind + " around",
				false: ""}[parent && unit])
		}
	}
	for _, p := range v.parts {
		elements := " AS p"
		if p.isMap {
			elements = " AS p (k, v)"
		}
		from := "FROM " + ident(v.name) + " AS s CROSS JOIN UNNEST(s." + ident(p.column) + ")" + elements
		comment := "-- a metric for each element of " + p.column
		for _, unit := range []bool{true, false} {
			var branches []string
			for _, m := range p.metrics {
				if (m.unit != "") == unit {
					branches = append(branches, "SELECT s.component, "+m.name+", "+m.value+unitText(m.unit)+", s."+ident(m.time)+"\n"+
						from)
				}
			}
			statement(b, first, unit, branches, comment)
			if len(branches) > 0 {
				comment = ""
			}
		}
	}
}

func (v *view) branch(m *metric) string {
	value := m.value
	if value == "" {
		value = "JSON_STRING(" + ident(m.column) + ")"
	}
	component := "component"
	if m.parent {
		component = "parent"
	}
	name, unit := cmpOr(m.nameExpr, quote(m.name)), unitText(m.unit)
	if m.unitExpr != "" {
		unit = ", " + m.unitExpr
	}
	text := "SELECT " + component + ", " + name + ", " + value + unit + ", " + ident(m.time) + " FROM " + ident(v.name)
	if m.where != "" {
		text += "\nWHERE " + m.where
	}
	return text
}

func unitText(unit string) string {
	if unit == "" {
		return ""
	}
	return ", " + quote(unit)
}

func statement(b *strings.Builder, first *bool, unit bool, branches []string, comment string) {
	if len(branches) == 0 {
		return
	}
	if *first {
		comment = "-- data delivery: the normalised output"
		*first = false
	}
	b.WriteString("\n")
	if comment != "" {
		b.WriteString(comment + "\n")
	}
	columns := "component, metric, `value`, unit, event_time"
	if !unit {
		columns = "component, metric, `value`, event_time"
	}
	branches = slices.Compact(branches)
	fmt.Fprintf(b, "INSERT INTO digitaltwin (%s)\n%s;\n", columns, strings.Join(branches, "\nUNION ALL\n"))
}
