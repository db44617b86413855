package main

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/tabular"
)

// The forms of a list.
const (
	asTable = "table"
	asCSV   = "csv"
	asJSON  = "json"

	asGeoJSON = "geojson" // of readings
)

// format is the form that a command prints its list in.
type format string

// addFormat gives a command the flag for the form: a table, CSV, JSON, or one more.
func addFormat(cmd *cobra.Command, more ...string) *format {
	f := format(asTable)
	all := append([]string{asTable, asCSV, asJSON}, more...)
	text := strings.Join(all[:len(all)-1], ", ") + " or " + all[len(all)-1]
	cmd.Flags().VarP(&formatFlag{&f, all, text}, "output", "o", "`FORM` of the output: "+text)
	complete(cmd, "output", all...)
	return &f
}

// formatFlag is the flag for the form. It is a [pflag.Value].
type formatFlag struct {
	*format
	all  []string
	text string // all of them
}

func (f *formatFlag) String() string {
	if f.format == nil { // as pflag makes one to know the zero value
		return ""
	}
	return string(*f.format)
}

func (f *formatFlag) Set(s string) error {
	if !slices.Contains(f.all, s) {
		return usagef("it must be %s", f.text)
	}
	*f.format = format(s)
	return nil
}

func (f *formatFlag) Type() string { return "string" }

// column is a column of a list: in a table it has a heading, in CSV a name. One without a heading, or without a name,
// is left out there.
type column struct {
	tabular.Column
	name string
	text bool // it holds names of others, which a spreadsheet may take for formulas
}

// list writes entries in the form that was asked for, while they come.
type list struct {
	format  format
	columns []column
	table   *tabular.Table
	csv     *csv.Writer
	out     io.Writer
	lines   bool // JSON is an entry a line, and no list: it has no end
	n       int
}

func newList(out io.Writer, f format, columns ...column) *list {
	l := &list{format: f, columns: columns, out: out}
	switch f {
	case asTable:
		var shown []tabular.Column
		for _, c := range columns {
			if c.shown() {
				shown = append(shown, c.Column)
			}
		}
		l.table = tabular.New(out, 0, shown...)
	case asCSV:
		l.csv = csv.NewWriter(out)
		var names []string
		for _, c := range columns {
			if c.name != "" {
				names = append(names, c.name)
			}
		}
		l.csv.Write(names) // its error is that of Flush
	}
	return l
}

func (c *column) shown() bool { return c.Heading != "" || c.name == "" }

// add writes an entry: cells for its columns, and the entry itself for JSON, on a line of its own.
func (l *list) add(entry any, cells ...string) error {
	l.n++
	switch l.format {
	case asJSON:
		text, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		begin, end := ",\n", ""
		switch {
		case l.lines:
			begin, end = "", "\n"
		case l.n == 1:
			begin = "[\n"
		}
		_, err = io.WriteString(l.out, begin+string(text)+end)
		return err
	case asCSV:
		var fields []string
		for i, c := range l.columns {
			if c.name == "" {
				continue
			}
			field := cells[i]
			if c.text {
				field = tabular.Inert(field)
			}
			fields = append(fields, field)
		}
		return l.csv.Write(fields)
	}
	var shown []string
	for i, c := range l.columns {
		if c.shown() {
			shown = append(shown, cells[i])
		}
	}
	return l.table.Row(shown...)
}

// end writes what is left; nothing is what a table says without entries.
func (l *list) end(nothing string) error {
	switch l.format {
	case asJSON:
		end := "\n]\n"
		if l.n == 0 {
			end = "[]\n"
		}
		_, err := io.WriteString(l.out, end)
		return err
	case asTable:
		if l.n == 0 {
			_, err := io.WriteString(l.out, nothing+"\n")
			return err
		}
	}
	return l.flush()
}

// textColumns are columns of texts. In CSV and JSON they are called as their headings, such as ofDatasets.
func textColumns(headings ...string) []column {
	columns := make([]column, len(headings))
	for i, heading := range headings {
		first, rest, _ := strings.Cut(strings.ToLower(heading), " ")
		for _, word := range strings.Fields(rest) {
			first += strings.ToUpper(word[:1]) + word[1:]
		}
		columns[i] = column{tabular.Column{Heading: heading}, first, true}
	}
	return columns
}

// addTexts adds an entry of [textColumns].
func (l *list) addTexts(cells ...string) error {
	entry := map[string]string{}
	for i, c := range l.columns {
		entry[c.name] = cells[i]
	}
	return l.add(entry, cells...)
}

// flush writes the entries that are kept.
func (l *list) flush() error {
	switch l.format {
	case asCSV:
		l.csv.Flush()
		return l.csv.Error()
	case asTable:
		return l.table.Flush()
	}
	return nil
}
