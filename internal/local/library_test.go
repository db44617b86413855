package local_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/local"
)

// folder writes files into a new folder and returns it.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Ensure that a folder with one SQL file and a sample is all that a dataset takes, and that an extractor
// which does not compile leaves the others alone.
func TestDirectory(t *testing.T) {
	dir := folder(t, map[string]string{
		"boxes.sql": boxSQL, "typo.sql": "SELEKT", "most.sql": strings.Replace(boxSQL, "JSON_STRING(t)",
			"JSON_STRING(SIN(t))", 1), "README.md": "", "more.sql/x.txt": "",
		"testdata/boxes/SOURCE.txt": "a test", "testdata/boxes/expected.txt": "", "testdata/boxes/a.json": record("1", 1, 0),
		"testdata/boxes/b.ndjson": record("2", 2, 0) + "\n" + record("3", 3, 0),
	})
	library, err := local.Directory(dir)
	if err != nil {
		t.Fatal(err)
	}
	c := library.Compile()
	if len(c.Programs) != 1 || len(c.Broken) != 1 || c.Broken[0].Dataset != "typo" ||
		!strings.Contains(c.Broken[0].Err.Error(), "typo.sql:1:1") {
		t.Fatalf("got %d programs, broken %v", len(c.Programs), c.Broken)
	}
	if len(c.Foreign) != 1 || c.Foreign[0].Dataset.Name != "most" || len(c.Foreign[0].SQL) == 0 {
		t.Fatalf("need Flink: %v", c.Foreign)
	}
	feeds, err := local.Sources{Samples: library.Samples}.Feeds("boxes", c.Programs[0])
	if err != nil || len(feeds) != 2 {
		t.Fatal(feeds, err)
	}
	if got := feeds[1].String(); got != "b.ndjson, replayed with its times moved to now" {
		t.Errorf("the second feed is %q", got)
	}
	if b := feeds[1].(local.Replay); b.Capture.Len() != 2 {
		t.Errorf("b.ndjson has %d records", b.Capture.Len())
	}
	if _, err := local.Directory(t.TempDir()); err == nil || !strings.Contains(err.Error(), "DATASET.sql") {
		t.Errorf("an empty folder: %v", err)
	}
	if _, err := local.Directory(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there was read")
	}
}

// Ensure that a folder like extractors/ gives what is built into the program.
func TestDirectory_Embedded(t *testing.T) {
	library, err := local.Directory("../../extractors")
	if err != nil {
		t.Fatal(err)
	}
	embedded := local.Embedded()
	if len(library.Extractors) != len(embedded.Extractors) {
		t.Errorf("%d extractors in the folder, %d in the program", len(library.Extractors), len(embedded.Extractors))
	}
	for _, e := range library.Extractors {
		there, err := extractors.Get(e.Name)
		if err != nil || string(there.SQL) != string(e.SQL) {
			t.Errorf("%s differs: %v", e.Name, err)
		}
		a, err := library.Samples(e.Name)
		if err != nil {
			t.Fatal(err)
		}
		b := extractors.Samples(e.Name)
		if len(a) != len(b) {
			t.Errorf("%s has %d samples in the folder, %d in the program", e.Name, len(a), len(b))
			continue
		}
		for i := range a {
			if a[i].Name != b[i].Name || a[i].Source != b[i].Source || string(a[i].Data) != string(b[i].Data) {
				t.Errorf("sample %s of %s differs", a[i].Name, e.Name)
			}
		}
	}
}

// Ensure that a file takes the place of the samples and of the wagons, and that what cannot be replayed is said.
func TestSources_Feeds(t *testing.T) {
	dir := folder(t, map[string]string{"mine.ndjson": record("1", 1, 0), "useless.json": "{}"})
	mine, useless := filepath.Join(dir, "mine.ndjson"), filepath.Join(dir, "useless.json")
	samples := func(string) ([]extractors.Sample, error) {
		return []extractors.Sample{{Name: "built-in.json", Data: []byte(record("2", 2, 0))}}, nil
	}
	for _, tc := range []struct {
		name, dataset string
		sources       local.Sources
		want          string // the feeds, or a part of the error
		foreign       bool
	}{
		{"a sample", "boxes", local.Sources{}, "built-in.json, replayed with its times moved to now", false},
		{"a sample, once", "boxes", local.Sources{Once: true}, "built-in.json, once, as recorded", false},
		{"files", "boxes", local.Sources{Files: map[string][]string{"boxes": {mine, mine}}},
			"mine.ndjson, replayed with its times moved to now; mine.ndjson, replayed with its times moved to now", false},
		{"a file that is not there", "boxes", local.Sources{Files: map[string][]string{"boxes": {mine + "x"}}},
			"read the feed of boxes", false},
		{"a file without readings", "boxes", local.Sources{Files: map[string][]string{"boxes": {useless}}}, "useless.json",
			false},
		{"wagons", "wagon_telemetry", local.Sources{Wagons: 3}, "3 wagons, generated live", false},
		{"no wagons", "wagon_telemetry", local.Sources{}, "", false},
		{"a file instead of wagons", "wagon_telemetry",
			local.Sources{Wagons: 3, Files: map[string][]string{"wagon_telemetry": {mine}}},
			"mine.ndjson, replayed with its times moved to now", false},
		{"wagons on Flink", "wagon_motion", local.Sources{Wagons: 3}, "3 wagons, generated live", true},
		{"a sample on Flink", "boxes", local.Sources{}, "built-in.json, once, as recorded", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.sources.Samples = samples
			program := compile(t, tc.dataset+".sql", boxSQL)
			if tc.foreign {
				program = nil
			}
			feeds, err := tc.sources.Feeds(tc.dataset, program)
			if err != nil {
				if !strings.Contains(err.Error(), tc.want) {
					t.Errorf("got the error %v, want %q", err, tc.want)
				}
				return
			}
			var got []string
			for _, f := range feeds {
				got = append(got, f.String())
			}
			if strings.Join(got, "; ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
