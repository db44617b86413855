// Package sqlcase reads the files that state, as text, what SQL expressions give. They are the
// specification of the engine's expressions, the examples of its documentation, and the cases on
// which it is compared with real Flink.
//
// A file is read line by line:
//
//	# comment
//	columns a INT, s STRING       the columns of the records that follow
//	record {"a": 7, "s": "x"}     the record that the expressions after it see
//	a + 1               = 8       an expression, two blanks or more, and its value as JSON text or NULL
//	a + s               ! takes numbers   or a part of the diagnostic that rejects it,
//	a + NULL            !! has no type    which with !! Flink refuses too,
//	a[1] || MD5(s)      ~ no function MD5 or of the one that says that it needs Flink, which runs it
//
// The value is what JSON_STRING(expression) gives; numbers are compared by value.
package sqlcase

import (
	"fmt"
	"regexp"
	"strings"
)

// Case is one expression over one record.
type Case struct {
	File    string
	Line    int
	Columns string // as in CREATE TABLE
	Record  string
	Expr    string
	Want    string // JSON text, or NULL
	Refused string // a part of the diagnostic; then there is no Want
	Verdict Kind   // of the diagnostic
}

// Kind is which engines refuse an expression.
type Kind string

// The kinds, as they are marked in the files.
const (
	Value      Kind = "="  // neither
	Rejected   Kind = "!"  // the Go engine does, for it is unsafe on Flink
	Impossible Kind = "!!" // both
	NeedsFlink Kind = "~"  // the Go engine
)

// String returns file:line.
func (c Case) String() string { return fmt.Sprintf("%s:%d", c.File, c.Line) }

var line = regexp.MustCompile(`^(.*?)(?:\s{2,})(=|!!?|~)\s(.*)$`)

var blocks = regexp.MustCompile("(?s)```case\n(.*?)```")

// ParseDocument reads the blocks of cases in a document.
func ParseDocument(name, text string) ([]Case, error) {
	var all []Case
	for _, at := range blocks.FindAllStringSubmatchIndex(text, -1) {
		cases, err := Parse(name, text[at[2]:at[3]])
		if err != nil {
			return nil, err
		}
		before := strings.Count(text[:at[2]], "\n")
		for i := range cases {
			cases[i].Line += before
		}
		all = append(all, cases...)
	}
	return all, nil
}

// Parse reads a file.
func Parse(name, text string) ([]Case, error) {
	var out []Case
	columns, record := "", "{}"
	for i, l := range strings.Split(text, "\n") {
		l = strings.TrimRight(l, " \r")
		switch {
		case l == "" || strings.HasPrefix(l, "#"):
		case strings.HasPrefix(l, "columns "):
			columns, record = strings.TrimPrefix(l, "columns "), "{}"
		case strings.HasPrefix(l, "record "):
			record = strings.TrimPrefix(l, "record ")
		default:
			m := line.FindStringSubmatch(l)
			if m == nil {
				return nil, fmt.Errorf("%s:%d: expected \"expression  = value\" or \"expression  ! message\", not %q", name, i+1, l)
			}
			c := Case{File: name, Line: i + 1, Columns: columns, Record: record, Expr: m[1], Verdict: Kind(m[2])}
			if c.Verdict == Value {
				c.Want = m[3]
			} else {
				c.Refused = m[3]
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// Extractor returns a file that delivers the value of c.Expr for each record.
func (c Case) Extractor() string {
	columns := c.Columns
	if columns == "" {
		columns = "unused STRING"
	}
	return "CREATE TABLE t (" + columns + ") WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', " +
		"'json.timestamp-format.standard' = 'ISO-8601');\n" +
		"INSERT INTO digitaltwin SELECT 'c', 'm', JSON_STRING(" + c.Expr +
		"),\n CAST(NULL AS STRING), TIMESTAMP '2026-11-23 10:15:30' FROM t;\n"
}
