package extractors_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
)

// Every extractor compiles without a warning, says what it is, and has a sample.
func TestExtractors(t *testing.T) {
	all := extractors.All()
	if !slices.IsSortedFunc(all, func(a, b extractors.Extractor) int { return strings.Compare(a.Name, b.Name) }) ||
		len(all) < 11 {
		t.Fatalf("%d extractors, or not in the order of their names", len(all))
	}
	for _, e := range all {
		t.Run(e.Name, func(t *testing.T) {
			if len(extractors.Samples(e.Name)) == 0 {
				t.Errorf("no sample in testdata/%s", e.Name)
			}
			a, err := extract.Analyze(e.Name+".sql", e.SQL)
			if err != nil {
				t.Fatal(err)
			}
			for _, w := range a.Warnings {
				t.Error(w)
			}
			if d := a.Dataset; d.Name != e.Name || d.Description == "" || len(d.Metrics) == 0 {
				t.Errorf("dataset %q, description %q, %d metrics", d.Name, d.Description, len(d.Metrics))
			}
		})
	}
}

// wagon_motion is the one extractor that needs Flink, and the Go engine says where.
func TestOnGo(t *testing.T) {
	want := slices.DeleteFunc(extractors.All(), func(e extractors.Extractor) bool { return e.Name == "wagon_motion" })
	if got := extractors.OnGo(); !slices.EqualFunc(got, want,
		func(a, b extractors.Extractor) bool { return a.Name == b.Name }) {
		t.Errorf("%d extractors run on the Go engine, want %d", len(got), len(want))
	}
	e, err := extractors.Get("wagon_motion")
	if err != nil {
		t.Fatal(err)
	}
	_, err = extract.Compile("wagon_motion.sql", e.SQL)
	for _, want := range []string{
		"wagon_motion.sql:20:3: needs Flink: WATERMARK is for windows",
		"wagon_motion.sql:42:6: needs Flink: TUMBLE cuts the stream into windows",
		"wagon_motion.sql:61:1: needs Flink: GROUP BY aggregates over many records",
		"wagon_motion.sql:67:24: needs Flink: JOIN brings several tables together",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the Go engine does not say %q, but %v", want, err)
		}
	}
}

// The files are the documentation that a data engineer copies from, so they keep to one form.
func TestForm(t *testing.T) {
	for _, e := range extractors.All() {
		sql := string(e.SQL)
		for _, must := range []string{
			"-- source   ", "-- licence  ", "-- key      ", "-- time     ", "SET 'twin.description'", "SET 'twin.interval'",
			"\n-- data templating: ", "\n-- data pumping: ", "\n-- data delivery: ", "CREATE TABLE " + e.Name + " (",
			".ignore-parse-errors' = 'true'",
		} {
			if !strings.Contains(sql, must) {
				t.Errorf("%s.sql has no %q", e.Name, must)
			}
		}
		for i, line := range strings.Split(sql, "\n") {
			if len(line) > 150 || strings.TrimRight(line, " \t") != line || strings.Contains(line, "\t") {
				t.Errorf("%s.sql:%d: longer than 150, a tab, or blanks at the end", e.Name, i+1)
			}
		}
		if !strings.HasSuffix(sql, ";\n") || !strings.HasPrefix(sql, "-- ") {
			t.Errorf("%s.sql does not begin with a comment or end with a statement", e.Name)
		}
	}
}

// Ensure that whoever passes the samples on finds what he has to pass on with them.
func TestNotices(t *testing.T) {
	notices, err := os.ReadFile("../NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("testdata/*/SOURCE.txt")
	if err != nil || len(folders) < 10 {
		t.Fatalf("%d folders of samples, %v", len(folders), err)
	}
	for _, f := range folders {
		if name := filepath.Base(filepath.Dir(f)); !regexp.MustCompile(`(?m)^(\w+, )*` + name + `(,|$)`).Match(notices) {
			t.Errorf("NOTICE does not name %s", name)
		}
	}
}

func TestGet(t *testing.T) {
	e, err := extractors.Get("hsl_hfp")
	if err != nil || e.Name != "hsl_hfp" || !bytes.Contains(e.SQL, []byte("CREATE TABLE hsl_hfp")) {
		t.Errorf("%q, %v", e.Name, err)
	}
	if _, err := extractors.Get("hsl"); err == nil || !strings.Contains(err.Error(), "hsl_hfp") {
		t.Errorf("the error names no dataset that there is: %v", err)
	}
}

// A sample is what the source sent: what describes it is none, and a dataset without samples has none.
func TestSamples(t *testing.T) {
	var names []string
	for _, s := range extractors.Samples("sbb_istdaten") {
		names = append(names, s.Name)
		if s.Source.Zone != "Europe/Zurich" || len(s.Data) == 0 {
			t.Errorf("%s: zone %q, %d bytes", s.Name, s.Source.Zone, len(s.Data))
		}
	}
	if !slices.Equal(names, []string{"ist-daten-2016-09-25-sample.csv"}) {
		t.Errorf("samples %q", names)
	}
	if s := extractors.Samples("no_such_dataset"); s != nil {
		t.Errorf("samples of an unknown dataset: %d", len(s))
	}
}
