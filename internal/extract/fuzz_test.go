package extract

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// seeds calls add with every extractor of the test data.
func seeds(tb testing.TB, add func(sql, records []byte)) {
	tb.Helper()
	cases, _ := filepath.Glob("testdata/statements/*.txtar")
	for _, c := range cases {
		a, err := txtar.ParseFile(c)
		if err != nil {
			tb.Fatal(err)
		}
		add(a.Files[0].Data, a.Files[1].Data)
	}
	files, _ := filepath.Glob("../../extractors/*.sql")
	for _, f := range files {
		sql, err := os.ReadFile(f)
		if err != nil {
			tb.Fatal(err)
		}
		add(sql, nil)
	}
	for _, c := range expressionCases(tb) {
		add([]byte(c.Extractor()), []byte(c.Record))
	}
	for _, v := range verdicts(tb) {
		add([]byte(v.SQL), nil)
	}
}

// Ensure that no text makes the compiler panic, and that what it says points into the text.
func FuzzCompile(f *testing.F) {
	seeds(f, func(sql, _ []byte) { f.Add(sql) })
	f.Fuzz(func(t *testing.T, sql []byte) {
		p, err := Compile("fuzz.sql", sql)
		if err == nil {
			p.Run([]byte(`{"id":"a"}`), p.NewOutput())
			return
		}
		var list diag.List
		if !errors.As(err, &list) || len(list) == 0 {
			t.Fatalf("not a list of diagnostics: %v", err)
		}
		for _, d := range list {
			if d.Line < 1 || d.Column < 1 || d.Message == "" || d.File != "fuzz.sql" {
				t.Errorf("diagnostic without a place or a message: %+v", d)
			}
		}
	})
}

// Ensure that no record breaks the engine, whatever the extractor, and that running it twice gives
// the same.
func FuzzRun(f *testing.F) {
	var programs []*Program
	seeds(f, func(sql, records []byte) {
		if p, err := Compile("fuzz.sql", sql); err == nil {
			f.Add(uint16(len(programs)), records)
			programs = append(programs, p)
		}
	})
	f.Fuzz(func(t *testing.T, which uint16, record []byte) {
		p := programs[int(which)%len(programs)]
		a, b := p.NewOutput(), p.NewOutput()
		p.Run(record, a)
		p.Run([]byte(`[{"id":"other"}]`), b)
		p.Run(record, b)
		for _, x := range a.Problems {
			if x.Reason == twin.Panicked {
				t.Fatalf("%s", x.Detail)
			}
		}
		if len(a.Rows) != len(b.Rows) || len(a.Problems) != len(b.Problems) || a.Dropped != b.Dropped {
			t.Fatalf("a used output gives %d rows and %d problems, a new one %d and %d", len(b.Rows), len(b.Problems),
				len(a.Rows), len(a.Problems))
		}
		for i := range a.Rows {
			x, y := p.Change(&a.Rows[i], 0, twin.Position{}), p.Change(&b.Rows[i], 0, twin.Position{})
			if x != y {
				t.Fatalf("row %d is %+v in a new output, %+v in a used one", i, x, y)
			}
		}
	})
}
