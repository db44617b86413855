package sample

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// parseCSV reads rows of CSV, one a line.
func (f *File) parseCSV(text []byte, most int) error {
	var lines [][]byte
	for line := range bytes.Lines(text) {
		if line = bytes.TrimRight(line, "\r\n"); len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, line)
		}
	}
	if f.Cut && len(lines) > 1 {
		lines = lines[:len(lines)-1]
	}
	if len(lines) > most {
		lines, f.Cut = lines[:most], true
	}
	if bytes.HasSuffix(lines[0], []byte("}")) && bytes.Contains(lines[0], []byte("{")) {
		return errors.New("its lines hold JSON after other text: take the JSON alone, or put the other text into it as a " +
			"field; as they are they need format raw, see the recipes of docs/sql.md")
	}
	if f.Delimiter = delimiter(lines); f.Delimiter == 0 {
		return errors.New("it is neither JSON nor CSV: no comma, semicolon, tab or | divides its lines alike; " +
			"declare format raw, and take the lines apart as docs/sql.md shows")
	}
	rows := make([][]string, len(lines))
	for n, line := range lines {
		row, err := f.row(line)
		if err != nil {
			return fmt.Errorf("line %d: %w", n+1, err)
		}
		rows[n] = row
		f.Columns = max(f.Columns, len(row))
	}
	names := f.names(rows)
	for n, row := range rows {
		r := Record{Text: lines[n]}
		if n > 0 || f.Header == nil {
			r.Value = &Value{Kind: Object, Keys: names}
			for k := range names {
				v := &Value{Kind: Null}
				if k < len(row) && row[k] != "" {
					v = &Value{Kind: String, Text: row[k]}
				}
				r.Value.Elems = append(r.Value.Elems, v)
			}
		}
		f.Records = append(f.Records, r)
	}
	if f.Header != nil && len(rows) == 1 {
		return errors.New("it holds a header line only, and no row")
	}
	return nil
}

func (f *File) row(line []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(line))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = f.Delimiter, true, -1
	return r.Read()
}

// delimiter returns the character that divides most lines into the same number of columns, the most of them.
func delimiter(lines [][]byte) rune {
	best, bestColumns := rune(0), 0
	for _, d := range ";\t,|" {
		counts := map[int]int{}
		for _, line := range lines {
			counts[outsideQuotes(line, byte(d))]++
		}
		for n, times := range counts {
			if n > 0 && times*10 >= len(lines)*9 && n > bestColumns {
				best, bestColumns = d, n
			}
		}
	}
	return best
}

func outsideQuotes(line []byte, d byte) (n int) {
	quoted := false
	for _, c := range line {
		switch {
		case c == '"':
			quoted = !quoted
		case c == d && !quoted:
			n++
		}
	}
	return n
}

// names returns the names of the columns, and finds out whether the first row is a header: texts that begin
// with no digit, where the row below has digits.
func (f *File) names(rows [][]string) []string {
	first := rows[0]
	header := len(first) == f.Columns
	for _, cell := range first {
		header = header && cell != "" && !unicode.IsDigit([]rune(cell)[0]) && len(cell) <= 64
	}
	digits := func(row []string) bool { return strings.ContainsAny(strings.Join(row, ""), "0123456789") }
	if header && len(rows) > 1 && !digits(rows[1]) {
		header = false // a row of texts like any other
	}
	names := make([]string, f.Columns)
	used := map[string]bool{}
	for k := range names {
		names[k] = fmt.Sprintf("column%d", k+1)
		if header {
			if name := ColumnName(first[k]); name != "" && !used[name] {
				names[k] = name
			}
		}
		used[names[k]] = true
	}
	if header {
		f.Header = first
	}
	return names
}

// letters are written out that names without quotes do not have.
var letters = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "ê", "e", "à", "a",
	"ç", "c", "å", "a", "ø", "o", "æ", "ae", "ñ", "n")

// ColumnName makes a name that needs no quotes of a heading: Messwert [m³] becomes messwert_m.
func ColumnName(heading string) string {
	var b strings.Builder
	for _, r := range letters.Replace(strings.ToLower(strings.TrimSpace(heading))) {
		if r == '_' || r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else if !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
	}
	return strings.Trim(b.String(), "_")
}
