package extractors_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/golden"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each testdata/<dataset>.txtar states what an extractor makes of records on the Go engine; those that
// need Flink are tested with the runner. Its files are, in order,
//
//	samples          lines of the dataset's samples: file:first-last, or the name of a file that is one record
//	*.json, *.ndjson, *.csv    more records, cut as their names say; most are broken in some way
//	changes          by record: component, metric, value, unit, event time; and how many rows were dropped for a NULL
//	rejects          record, reason, column, offset
//
// Only the last two are rewritten by -update.
func TestGolden(t *testing.T) {
	for _, e := range extractors.OnGo() {
		t.Run(e.Name, func(t *testing.T) {
			p, err := extract.Compile(e.Name+".sql", e.SQL)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", e.Name+".txtar")
			archive, err := txtar.ParseFile(file)
			if errors.Is(err, fs.ErrNotExist) {
				archive, err = begin(e.Name), nil
			}
			if err != nil {
				t.Fatal(err)
			}
			in := &txtar.Archive{Comment: archive.Comment}
			var records [][]byte
			for _, f := range archive.Files {
				switch f.Name {
				case "changes", "rejects":
					continue
				case "samples":
					records = append(records, samples(t, e.Name, string(f.Data))...)
				default:
					of, err := extractors.Sample{Name: f.Name, Data: f.Data}.Records()
					if err != nil {
						t.Fatal(err)
					}
					records = append(records, of...)
				}
				in.Files = append(in.Files, f)
			}
			changes, rejects := golden.Outcome(p, records)
			in.Files = append(in.Files, txtar.File{Name: "changes", Data: changes}, txtar.File{Name: "rejects", Data: rejects})
			got := txtar.Format(in)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := txtar.Format(archive); !bytes.Equal(got, want) {
				t.Errorf("%s: %s\nIf that is right: go test ./extractors -update", file, difference(want, got))
			}
		})
	}
}

// begin returns the golden file of a new dataset: all of its samples.
func begin(dataset string) *txtar.Archive {
	var list []byte
	for _, s := range extractors.Samples(dataset) {
		list = fmt.Appendln(list, s.Name)
	}
	return &txtar.Archive{Comment: []byte("The samples.\n"), Files: []txtar.File{{Name: "samples", Data: list}}}
}

// samples returns the records that the lines of list name.
func samples(t *testing.T, dataset, list string) (records [][]byte) {
	t.Helper()
	for _, line := range strings.Fields(list) {
		name, lines, some := strings.Cut(line, ":")
		of := extractors.Samples(dataset)
		i := slices.IndexFunc(of, func(s extractors.Sample) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("%s has no sample %q", dataset, name)
		}
		all, err := of[i].Records()
		if err != nil {
			t.Fatal(err)
		}
		if some {
			from, to, isRange := strings.Cut(lines, "-")
			first, err := strconv.Atoi(from)
			last := first
			if isRange && err == nil {
				last, err = strconv.Atoi(to)
			}
			if err != nil || first < 1 || last > len(all) {
				t.Fatalf("%s: lines %q of %d", name, lines, len(all))
			}
			all = all[first-1 : last]
		}
		records = append(records, all...)
	}
	return records
}

// difference shows the first line that differs.
func difference(want, got []byte) string {
	w, g := strings.Split(string(want), "\n"), strings.Split(string(got), "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}
