package extract

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected sections of testdata/statements")

// Ensure that whole extractors deliver the rows, and show the diagnostics, that testdata/statements
// states. A case is an archive: what it shows as a comment, extractor.sql, in.ndjson with a record a
// line, and out.txt.
func TestStatements(t *testing.T) {
	files, err := filepath.Glob("testdata/statements/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := show(section(t, a, "extractor.sql"), section(t, a, "in.ndjson"))
			out := section(t, a, "out.txt")
			if bytes.Equal(*out, got) {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got, *out)
			}
			*out = got
			if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func section(t *testing.T, a *txtar.Archive, name string) *[]byte {
	t.Helper()
	for i := range a.Files {
		if a.Files[i].Name == name {
			return &a.Files[i].Data
		}
	}
	t.Fatalf("no section %s", name)
	return nil
}

// show compiles an extractor, runs the records through it and writes what happens.
func show(sql, records *[]byte) []byte {
	var b bytes.Buffer
	p, err := Compile("extractor.sql", *sql)
	if err != nil {
		fmt.Fprintln(&b, err)
		return b.Bytes()
	}
	for _, w := range p.Warnings() {
		fmt.Fprintln(&b, w)
	}
	out := p.NewOutput()
	for _, record := range bytes.Split(bytes.TrimSuffix(*records, []byte("\n")), []byte("\n")) {
		p.Run(record, out)
		for _, r := range out.Rows {
			fmt.Fprintf(&b, "%s  %s  %s  %s  %s\n", r.Component, r.Metric, r.Value, r.Unit, r.EventTime)
		}
		if n := out.Dropped; n.Total() > 0 {
			fmt.Fprintf(&b, "dropped for NULL: component %d, metric %d, event time %d, value %d\n", n.Component, n.Metric,
				n.EventTime, n.Value)
		}
		for _, x := range out.Problems {
			fmt.Fprintf(&b, "%s: column %q, offset %d: %s\n", x.Reason, x.Column, x.Offset, x.Detail)
		}
		fmt.Fprintln(&b, "--")
	}
	return b.Bytes()
}
