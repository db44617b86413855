package infer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/test/expected"
)

// edits are the lines that a person edits in what is made of the samples of a dataset: of each pair the first is a
// text in one line, and the second what stands there then.
var edits = map[string][][2]string{
	"hsl_hfp": {
		{"JSON_STRING(drst)", "JSON_STRING(drst = 1)"},
		{"JSON_STRING(oper)", "JSON_STRING(CAST(oper AS STRING))"},
		{"JSON_STRING(dir),           event_time FROM samples",
			"JSON_STRING(dir), event_time FROM samples WHERE mqtt_topic_5 = 'ongoing'"},
	},
	"nws_observations": {
		{"JSON_STRING(temperature_quality_control)",
			"JSON_STRING(REPLACE(temperature_quality_control, 'V', 'verified'))"},
		{"JSON_STRING(visibility_quality_control)", "JSON_STRING(REPLACE(visibility_quality_control, 'C', 'coarse'))"},
	},
	"sbb_istdaten": {
		{"JSON_STRING(an_prognose_status)", "JSON_STRING(" + status("an_prognose_status") + ")"},
		{"JSON_STRING(ab_prognose_status)", "JSON_STRING(" + status("ab_prognose_status") + ")"},
	},
	"wagon_telemetry": {
		{"JSON_STRING(train_number)", "CASE WHEN motion_state = 'parking' THEN 'null' ELSE JSON_STRING(train_number) END"},
		{"JSON_STRING(train_place)", "CASE WHEN motion_state = 'parking' THEN 'null' ELSE JSON_STRING(train_place) END"},
	},
}

func status(column string) string {
	return "CASE " + column + " WHEN 'UNBEKANNT' THEN 'unknown' WHEN 'PROGNOSE' THEN 'forecast' WHEN 'GESCHAETZT' THEN " +
		"'estimated' END"
}

// Ensure that of the readings that people expect of each dataset at least 70 % come out of an extractor as it is made
// without an answer, with the same component, value and event time, and 95 % after three edited lines at most. -v
// prints the table.
func TestInfer_Expected(t *testing.T) {
	n := 0
	for _, dir := range folders(t) {
		dataset := filepath.Base(dir)
		text, err := os.ReadFile(filepath.Join(dir, "expected.txt"))
		if err != nil {
			continue
		}
		n++
		t.Run(dataset, func(t *testing.T) {
			files, d := inferred(t, dir)
			raw, total, missed := judge(t, d, files, string(text))
			for _, e := range edits[dataset] {
				if strings.Count(string(d.SQL), e[0]) != 1 || len(edits[dataset]) > 3 {
					t.Fatalf("%q stands %d times in\n%s", e[0], strings.Count(string(d.SQL), e[0]), d.SQL)
				}
				d.SQL = []byte(strings.Replace(string(d.SQL), e[0], e[1], 1))
			}
			edited, _, left := judge(t, d, files, string(text))
			t.Logf("%-40s %2d of %2d; after %d edited lines %2d", dataset, raw, total, len(edits[dataset]), edited)
			if raw*100 < total*70 {
				t.Errorf("missed without an edit:\n%s", strings.Join(missed, "\n"))
			}
			if edited*100 < total*95 {
				t.Errorf("missed after the edits:\n%s", strings.Join(left, "\n"))
			}
		})
	}
	if n < 8 {
		t.Errorf("%d datasets", n)
	}
}

// folders are those with samples of the repository, which are those of the shared datasets too.
func folders(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("../../extractors/testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, dir := range all {
		if info, err := os.Stat(dir); err == nil && info.IsDir() &&
			filepath.Base(dir) != "wagon_motion" { // the same records
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// inferred makes an extractor of the samples in a folder.
func inferred(t *testing.T, dir string) ([]*sample.File, *Draft) {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, path := range all {
		switch filepath.Base(path) {
		case "SOURCE.txt", "expected.txt", "source.json":
		default:
			paths = append(paths, path)
		}
	}
	files, err := sample.Read(paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Infer(files, Options{Dataset: filepath.Base(dir)})
	if err != nil {
		t.Fatal(err)
	}
	return files, d
}

// judge counts the expected readings whose component, value and event time a newest reading has, by any name of a
// metric; one reading counts for one of them.
func judge(t *testing.T, d *Draft, files []*sample.File, text string) (hits, total int, missed []string) {
	t.Helper()
	want, err := expected.Parse(d.Dataset, text)
	if err != nil {
		t.Fatal(err)
	}
	newest, used := newestReadings(t, d, files), map[string]bool{}
	for _, l := range want.Lines {
		if l.Absent {
			continue
		}
		total++
		hit := false
		for at, c := range newest {
			if c.Component == l.Component && !used[at] &&
				l.Check(json.RawMessage(c.Value), l.Unit, c.EventTime.String()) == "" {
				hit, used[at] = true, true
				break
			}
		}
		if hit {
			hits++
		} else {
			missed = append(missed, fmt.Sprintf("%s %s %s %s", l.Component, l.Metric, l.Value, l.EventTime))
		}
	}
	return hits, total, missed
}

func newestReadings(t *testing.T, d *Draft, files []*sample.File) map[string]twin.Change {
	t.Helper()
	r, err := d.Check(files)
	if err != nil {
		t.Fatal(err)
	}
	newest := map[string]twin.Change{}
	out := r.Program.NewOutput()
	for _, record := range r.Records {
		r.Program.Run(record, out)
		for i := range out.Rows {
			c := r.Program.Change(&out.Rows[i], 0, twin.Position{})
			at := c.Component + "\x00" + c.Metric
			if was, ok := newest[at]; !ok || c.EventTime >= was.EventTime {
				newest[at] = c
			}
		}
	}
	return newest
}
