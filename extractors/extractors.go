// Package extractors holds one SQL file for each dataset, and real samples of what its source sends.
//
// A file <dataset>.sql in this folder is a dataset: nothing else registers it, and what it says decides
// whether the Go engine runs it or only Apache Flink ([OnGo]). It begins with a
// comment that names source, licence, key and time, and goes on in three steps: data templating
// (CREATE TABLE, the shape of a source record), data pumping (CREATE VIEW, what is taken) and data
// delivery (INSERT INTO digitaltwin, the normalised output).
//
// Beside it, testdata/<dataset>/ may hold samples: SOURCE.txt says where they come from and under
// which licence, expected.txt which readings a person expects of them, and every other file is a
// sample, never edited. testdata/<dataset>.txtar is the golden file of the extractor's test.
package extractors

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
)

//go:embed *.sql
var files embed.FS

// The samples are linked only into programs that ask for them.
//
//go:embed testdata/*/*
var testdata embed.FS

// Extractor is the SQL file of one dataset.
type Extractor struct {
	Name string // of the dataset, such as hsl_hfp; the file is Name + ".sql"
	SQL  []byte
}

// All returns every extractor in the order of their names.
func All() []Extractor {
	var all []Extractor
	for _, name := range list(files, ".") {
		if dataset, ok := strings.CutSuffix(name, ".sql"); ok {
			all = append(all, Extractor{Name: dataset, SQL: read(files, name)})
		}
	}
	return all
}

// NeedsFlink reports whether only Apache Flink runs the extractor, see [extract.Analysis].
func (e Extractor) NeedsFlink() bool {
	a, err := extract.Analyze(e.Name+".sql", e.SQL)
	return err == nil && a.NeedsFlink()
}

// OnGo returns the extractors that the Go engine runs, in the order of their names: all but those that
// need Apache Flink.
func OnGo() []Extractor { return slices.DeleteFunc(All(), Extractor.NeedsFlink) }

// Get returns the extractor of a dataset. The error names the datasets that there are.
func Get(dataset string) (Extractor, error) {
	var names []string
	for _, e := range All() {
		if e.Name == dataset {
			return e, nil
		}
		names = append(names, e.Name)
	}
	return Extractor{}, fmt.Errorf("extractors: no dataset %q; there are %s", dataset, strings.Join(names, ", "))
}

// Sample is one recorded file of a dataset, as its source sent it.
type Sample struct {
	Name string // of the file, such as station_status.json; its ending decides the framing
	Data []byte
	Zone string // IANA name of the zone of times that say none; empty where all say it
}

// Samples returns the samples of a dataset in the order of their names, and nothing where there are none.
func Samples(dataset string) []Sample {
	var samples []Sample
	dir := path.Join("testdata", dataset)
	for _, name := range list(testdata, dir) {
		if name != "SOURCE.txt" && name != "expected.txt" {
			samples = append(samples, Sample{Name: name, Data: read(testdata, path.Join(dir, name)), Zone: Zone(dataset)})
		}
	}
	return samples
}

// Zone returns the IANA name of the zone of the times in a dataset's records that say none, empty where all say it.
func Zone(dataset string) string { return zones[dataset] }

// zones holds the datasets whose samples have local times. A sample with times in UTC, with offsets
// or in seconds needs no entry.
var zones = map[string]string{
	"sbb_istdaten": "Europe/Zurich",
}

func list(f embed.FS, dir string) []string {
	entries, err := fs.ReadDir(f, dir)
	if err != nil {
		return nil // a dataset without samples
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names
}

func read(f embed.FS, name string) []byte {
	b, err := f.ReadFile(name)
	if err != nil {
		panic("BUG: an embedded file that was listed is not there: " + err.Error())
	}
	return b
}
