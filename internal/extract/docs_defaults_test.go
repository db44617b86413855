package extract

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// documentedRows returns the cells of the tables of docs/sql.md whose first cell holds a text, by the names there.
func documentedRows(t *testing.T, holds string) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
		if !strings.HasPrefix(line, "| `") || !strings.Contains(cells[0], holds) {
			continue
		}
		for _, name := range regexp.MustCompile("`'?([^'`]+)'?`").FindAllStringSubmatch(cells[0], -1) {
			all[name[1]] = cells
		}
	}
	return all
}

// literal is the text of an SQL literal in backquotes, or a bare none.
var literal = regexp.MustCompile("`'([^`]*)'`|\\b(none)\\b")

// Ensure that a SET with the default that docs/sql.md states changes nothing, and that another value does.
func TestDocumentedSettings(t *testing.T) {
	compile := func(set string) twin.Dataset {
		t.Helper()
		p, err := Compile("x.sql", []byte(set+"CREATE TABLE t (a STRING) WITH ('format' = 'raw');\n"+
			"INSERT INTO digitaltwin SELECT a, 'm', '1', 'km', TIMESTAMP '2026-01-02 03:04:05' FROM t"))
		if err != nil {
			t.Fatalf("%s: %v", set, err)
		}
		return p.Dataset()
	}
	dataset := func(set string) string {
		t.Helper()
		d := compile(set)
		d.Extractor = "" // the hash of the text
		return fmt.Sprintf("%+v", d)
	}
	rows := documentedRows(t, "twin.")
	for key, other := range map[string]string{
		"twin.interval": "10 s", "twin.max-future": "6 min", "twin.expire-after": "1 d", "twin.revision": "2",
	} {
		cells := rows[key]
		if len(cells) != 3 {
			t.Errorf("docs/sql.md has no default of %s", key)
			continue
		}
		m := literal.FindStringSubmatch(cells[2])
		if m == nil {
			t.Errorf("%s: what is the default %q?", key, cells[2])
			continue
		}
		if without, with := dataset(""), dataset("SET '"+key+"' = '"+m[1]+m[2]+"';\n"); without != with {
			t.Errorf("%s: the default is not %s:\n%s\n%s", key, m[0], with, without)
		}
		if dataset("") == dataset("SET '"+key+"' = '"+other+"';\n") {
			t.Errorf("%s = %s changes nothing, so this test sees nothing", key, other)
		}
	}
	for set, want := range map[string]time.Duration{
		"": 0, "SET 'twin.interval' = '10 s';\n": 10 * time.Second, "SET 'twin.interval.m' = '5 s';\n": 5 * time.Second,
		"SET 'twin.interval' = '10 s';\nSET 'twin.interval.m' = 'none';\n": 0,
	} {
		d := compile(set)
		if got := d.IntervalOf("m"); got != want {
			t.Errorf("%s: m is expected every %v, want %v", set, got, want)
		}
	}
}

// csvLines are lines of which each option of CSV changes what comes out.
var csvLines = []string{`x,1,"q,w",2;3`, `#c,1,z,4`, `'a;b',2,b\,c,5|6`, `y,,-,7`, `z,one,n,8`}

// Ensure that an option of CSV with the default that docs/sql.md states changes nothing, and that another value does.
func TestDocumentedOptions(t *testing.T) {
	rows := documentedRows(t, "csv.")
	read := func(option, value string) string {
		t.Helper()
		options := "'format' = 'csv'"
		if option != "csv.ignore-parse-errors" {
			options += ", 'csv.ignore-parse-errors' = 'true'"
		}
		if option != "" {
			options += fmt.Sprintf(", '%s' = '%s'", option, strings.ReplaceAll(value, "'", "''"))
		}
		sql := "CREATE TABLE t (s STRING, n INT, q STRING, l ARRAY<STRING>) WITH (" + options + ");\n"
		for _, e := range []string{"s", "n", "q", "l[1]", "CARDINALITY(l)"} {
			sql += "INSERT INTO digitaltwin SELECT 'c', '" + e + "', JSON_STRING(" + e + "), 'km', " +
				"TIMESTAMP '2026-01-02 03:04:05' FROM t;\n"
		}
		p, err := Compile("x.sql", []byte(sql))
		if err != nil {
			return err.Error()
		}
		var b strings.Builder
		out := p.NewOutput()
		for _, l := range csvLines {
			p.Run([]byte(l), out)
			for i := range out.Rows {
				fmt.Fprintf(&b, "%s=%s ", out.Rows[i].Metric, out.Rows[i].Value)
			}
			fmt.Fprintln(&b, out.Dropped.Total(), len(out.Problems))
		}
		return b.String()
	}
	others := map[string]string{
		"csv.field-delimiter": ";", "csv.quote-character": "'", "csv.disable-quote-character": "true",
		"csv.escape-character": `\`, "csv.null-literal": "-", "csv.array-element-delimiter": "|",
		"csv.allow-comments": "true", "csv.ignore-parse-errors": "true",
	}
	for option := range rows {
		if _, ok := others[option]; !ok {
			t.Errorf("%s is not tried", option)
		}
	}
	for option, other := range others {
		cells := rows[option]
		if len(cells) != 2 {
			t.Errorf("docs/sql.md has no default of %s", option)
			continue
		}
		base := ""
		if option == "csv.ignore-parse-errors" {
			base = option // without it, what cannot be read is an error
		}
		defaults := literal.FindAllStringSubmatch(cells[1], -1)
		if len(defaults) == 0 {
			t.Errorf("%s: what is the default %q?", option, cells[1])
			continue
		}
		m := defaults[0]
		if option == "csv.disable-quote-character" { // shares its row with another
			m = defaults[1]
		}
		without := read(base, "false")
		if base == "" {
			without = read("", "")
		}
		if m[2] != "none" && m[1] != "" {
			if with := read(option, m[1]); with != without {
				t.Errorf("%s: the default is not %s:\n%s\n%s", option, m[0], with, without)
			}
		}
		if read(option, other) == without {
			t.Errorf("%s = %s changes nothing, so this test sees nothing", option, other)
		}
	}
}
