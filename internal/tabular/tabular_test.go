package tabular_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tabular"
)

func Example() {
	t := tabular.New(os.Stdout, 2, tabular.Column{Heading: "METRIC"},
		tabular.Column{Heading: "VALUE", Right: true, Max: 8},
		tabular.Column{Heading: "UNIT"})
	t.Row("speed", "82.4", "km/h")
	t.Row("brake.applied", "true", "")
	t.Row("headsign", "Matinkylä (M)", "")
	t.Flush()
	// Output:
	//   METRIC            VALUE  UNIT
	//   speed              82.4  km/h
	//   brake.applied      true
	//   headsign       Matinky…
}

// Ensure that a cell cannot move the cursor or break its line, and that printable text of any script stays.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"wagon:33-80":   "wagon:33-80",
		"Käpylä 😀":      "Käpylä 😀",
		`{"a":"b"}`:     `{"a":"b"}`,
		"\x1b[2Ja\n\"b": `\x1b[2Ja\n"b`,
		"a\xffb":        `a\xffb`,
		"\u202eabc":     `\u202eabc`,
	} {
		if got := tabular.Printable(in); got != want {
			t.Errorf("Printable(%q) = %q, want %q", in, got, want)
		}
	}
}

// Ensure that a long table is written in blocks, each row once and in order, under one heading.
func TestTable_Blocks(t *testing.T) {
	var b strings.Builder
	table := tabular.New(&b, 0, tabular.Column{Heading: "N", Right: true})
	const rows = 2500
	for i := range rows {
		table.Row(fmt.Sprint(i))
	}
	if b.Len() == 0 {
		t.Error("nothing was written before the end")
	}
	table.Flush()
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != rows+1 || strings.TrimSpace(lines[0]) != "N" {
		t.Fatalf("got %d lines, the first being %q", len(lines), lines[0])
	}
	for i, line := range lines[1:] {
		if strings.TrimSpace(line) != fmt.Sprint(i) {
			t.Fatalf("line %d is %q", i, line)
		}
	}
}

// Ensure that a table without rows writes nothing, not even its heading.
func TestTable_Empty(t *testing.T) {
	var b strings.Builder
	if err := tabular.New(&b, 0, tabular.Column{Heading: "N"}).Flush(); err != nil || b.Len() != 0 {
		t.Errorf("wrote %q, %v", b.String(), err)
	}
}
