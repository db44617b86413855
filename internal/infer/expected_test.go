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

// judge counts the readings of expected.txt whose component, value and event time are among the newest readings that
// an extractor makes of the samples, by any name of a metric.
func judge(t *testing.T, d *Draft, files []*sample.File, text string) (hits, loose, total int, missed []string) {
	t.Helper()
	want, err := expected.Parse(d.Dataset, text)
	if err != nil {
		t.Fatal(err)
	}
	newest, used := readings(t, d, files), map[string]bool{}
	for _, l := range want.Lines {
		if l.Absent {
			continue
		}
		total++
		hit, free := false, false
		for at, c := range newest {
			if l.Check(json.RawMessage(c.Value), l.Unit, c.EventTime.String()) != "" {
				continue
			}
			if c.Component == l.Component && !hit && !used[at] {
				hit, used[at] = true, true
			}
			_, a, _ := strings.Cut(c.Component, ":")
			_, b, _ := strings.Cut(l.Component, ":")
			free = free || a == b
		}
		if hit {
			hits++
		} else {
			missed = append(missed, fmt.Sprintf("%s %s %s %s", l.Component, l.Metric, l.Value, l.EventTime))
		}
		if free {
			loose++
		}
	}
	return hits, loose, total, missed
}

func readings(t *testing.T, d *Draft, files []*sample.File) map[string]twin.Change {
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

func TestExpected(t *testing.T) {
	dirs, _ := filepath.Glob("../../extractors/testdata/*")
	for _, dir := range dirs {
		text, err := os.ReadFile(filepath.Join(dir, "expected.txt"))
		if err != nil {
			continue
		}
		var paths []string
		all, _ := filepath.Glob(dir + "/*")
		for _, f := range all {
			if b := filepath.Base(f); b != "SOURCE.txt" && b != "expected.txt" {
				paths = append(paths, f)
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
		hits, loose, total, missed := judge(t, d, files, string(text))
		t.Logf("%-40s %3d (%3d) of %3d", d.Dataset, hits, loose, total)
		if os.Getenv("MISSED") == d.Dataset {
			t.Log(strings.Join(missed, "\n"))
		}
	}
}
