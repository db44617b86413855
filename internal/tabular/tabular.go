// Package tabular writes aligned columns of text for people.
//
// A [Table] keeps a block of rows to find the width of its columns and then writes them, so a table
// of any length takes little memory; a later block is never narrower than the one before it.
// Control characters in a cell are shown escaped: names and values come from outside, and must not
// be able to move the cursor of a terminal. Characters count as one column each, also the wide ones
// of East Asian scripts.
package tabular

import (
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Column is a heading and how the cells below it are set.
type Column struct {
	Heading string
	Right   bool // numbers stand at the right
	Max     int  // longer cells are cut to so many characters, the last one being …; 0 for no limit
}

// block is how many rows are kept to find the widths.
const block = 1000

// Table is a table that is being written.
type Table struct {
	w       io.Writer
	columns []Column
	widths  []int
	rows    [][]string
	begun   bool
	indent  int
}

// New starts a table on w whose lines all begin with so many blanks. Nothing is written before there is a row.
func New(w io.Writer, indent int, columns ...Column) *Table {
	t := &Table{w: w, columns: columns, widths: make([]int, len(columns)), indent: indent}
	for i, c := range columns {
		t.widths[i] = utf8.RuneCountInString(c.Heading)
	}
	return t
}

// Row adds a row, one cell a column.
func (t *Table) Row(cells ...string) error {
	row := make([]string, len(t.columns))
	for i := range row {
		row[i] = cut(Printable(cells[i]), t.columns[i].Max)
		t.widths[i] = max(t.widths[i], utf8.RuneCountInString(row[i]))
	}
	t.rows = append(t.rows, row)
	if len(t.rows) < block {
		return nil
	}
	return t.Flush()
}

// Flush writes the rows that are kept.
func (t *Table) Flush() error {
	if len(t.rows) == 0 {
		return nil
	}
	var b strings.Builder
	if !t.begun {
		t.begun = true
		headings := make([]string, len(t.columns))
		for i, c := range t.columns {
			headings[i] = c.Heading
		}
		t.line(&b, headings)
	}
	for _, row := range t.rows {
		t.line(&b, row)
	}
	t.rows = t.rows[:0]
	_, err := io.WriteString(t.w, b.String())
	return err
}

func (t *Table) line(b *strings.Builder, cells []string) {
	blanks := t.indent // not yet written, so that no line ends in blanks
	for i, cell := range cells {
		pad := t.widths[i] - utf8.RuneCountInString(cell)
		if t.columns[i].Right {
			blanks += pad
			pad = 0
		}
		if cell != "" {
			b.WriteString(strings.Repeat(" ", blanks))
			b.WriteString(cell)
			blanks = 0
		}
		blanks += pad + 2
	}
	b.WriteByte('\n')
}

// Printable returns s with everything that a terminal may act upon escaped as in a Go string.
func Printable(s string) string {
	clean := true
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	q := strconv.Quote(s)
	q = q[1 : len(q)-1]
	return strings.ReplaceAll(q, `\"`, `"`)
}

func cut(s string, most int) string {
	if most == 0 || utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// Inert returns a text for a cell of CSV that no spreadsheet takes for a formula: with an apostrophe before what would
// begin one.
func Inert(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + s
	}
	return s
}
