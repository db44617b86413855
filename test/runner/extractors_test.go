package runner_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that the runner's own tests pass, and that all of them have run.
func TestUnits(t *testing.T) {
	dir := t.TempDir()
	skipWithoutJava(t, flink.Project.Run(t.Context(), dir, "test"))
	err := fs.WalkDir(os.DirFS(dir), "src/test/java", func(path string, _ fs.DirEntry, err error) error {
		class, ok := strings.CutSuffix(strings.TrimPrefix(path, "src/test/java/"), "Test.java")
		if err != nil || !ok {
			return err
		}
		_, err = os.Stat(filepath.Join(dir, "target", "surefire-reports",
			"TEST-"+strings.ReplaceAll(class, "/", ".")+"Test.xml"))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Ensure that what comes out of the runner is what the Go engine makes of the same records: nested
// objects, a text cut into fields, an array of objects at the top, and CSV.
func TestExtractors(t *testing.T) {
	for _, name := range []string{"wagon_telemetry", "hsl_hfp", "digitraffic_live_trains", "sbb_istdaten"} {
		t.Run(name, func(t *testing.T) {
			e, p := compiled(t, name)
			records := extractors.Records(name)
			want, wantDropped := onGo(p, records)
			sources := map[string]*flink.Stream{}
			for _, table := range p.Tables() {
				sources[table.Name] = source(records...)
			}
			d, counts := run(t, flink.Job{Dataset: name, SQL: e.SQL, Sources: sources})
			for _, c := range d.all(t) {
				if c.ReceivedAt != 0 || !c.Position.IsZero() || c.Index != 0 {
					t.Fatalf("Flink knows no lineage, but there is one: %+v", c)
				}
			}
			if len(want) < 50 {
				t.Errorf("only %d changes", len(want))
			}
			check(t, d, want)
			if want := (flink.Counts{DroppedNull: wantDropped}); counts != want {
				t.Errorf("counted %+v, want %+v", counts, want)
			}
		})
	}
}

// compiled returns an extractor, and its program on the Go engine.
func compiled(t testing.TB, name string) (extractors.Extractor, *extract.Program) {
	t.Helper()
	e, err := extractors.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	p, err := extract.Compile(name+".sql", e.SQL)
	if err != nil {
		t.Fatal(err)
	}
	return e, p
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// onGo returns the changes that the Go engine makes, in order, and how many rows it drops.
func onGo(p *extract.Program, records [][]byte) (lines []string, dropped int64) {
	out := p.NewOutput()
	for _, r := range records {
		p.Run(r, out)
		for i := range out.Rows {
			c := p.Change(&out.Rows[i], 0, twin.Position{})
			lines = append(lines, line(&c))
		}
		dropped += int64(out.Dropped.Total())
	}
	slices.Sort(lines)
	return lines, dropped
}

// line writes everything of a change that both engines know; the value as JSON, whose numbers may be
// written in several ways.
func line(c *twin.Change) string {
	var v any
	if err := json.Unmarshal([]byte(c.Value), &v); err != nil {
		return "no JSON: " + c.Value
	}
	value, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s %s %d %s %s %s %s %s", c.Dataset, c.Extractor, c.Revision, c.Component, c.Metric, value, c.Unit,
		c.EventTime)
}
