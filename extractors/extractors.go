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
// sample, never edited, but for source.json, which may say how they are framed, in which charset, and in which zone
// their times are, see [framing.Source]. testdata/<dataset>.txtar is the golden file of the extractor's test.
package extractors

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
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
	Name   string // of the file, such as station_status.json
	Data   []byte
	Source framing.Source // how its records lie in it
}

// Records returns the source records of a sample, unpacked and as UTF-8. The error says that the file is damaged.
func (s Sample) Records() ([][]byte, error) {
	records, err := s.Source.Records(s.Name, s.Data)
	if err != nil {
		return nil, fmt.Errorf("extractors: sample %s: %w", s.Name, err)
	}
	return records, nil
}

// Samples returns the samples of a dataset in the order of their names, and nothing where there are none.
func Samples(dataset string) []Sample {
	samples, err := SamplesIn(testdata, path.Join("testdata", dataset))
	if err != nil {
		panic("BUG: an embedded sample cannot be read: " + err.Error())
	}
	return samples
}

// Records returns the source records of all samples of a dataset.
func Records(dataset string) (records [][]byte) {
	for _, s := range Samples(dataset) {
		of, err := s.Records()
		if err != nil {
			panic("BUG: an embedded sample is damaged: " + err.Error())
		}
		records = append(records, of...)
	}
	return records
}

// notSamples are files of a folder of samples that are none.
var notSamples = []string{"SOURCE.txt", "expected.txt", framing.SourceFile}

// IsSample reports whether a change of the file with this name in a folder of samples changes what is replayed.
func IsSample(name string) bool {
	return name == framing.SourceFile || !slices.Contains(notSamples, name)
}

// SamplesIn returns the samples in a folder of fsys in the order of their names, and nothing where there is no such
// folder.
func SamplesIn(fsys fs.FS, folder string) ([]Sample, error) {
	entries, err := fs.ReadDir(fsys, folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	source, _, err := framing.ReadSource(fsys, folder)
	if err != nil {
		return nil, err
	}
	var samples []Sample
	for _, e := range entries {
		if e.IsDir() || slices.Contains(notSamples, e.Name()) {
			continue
		}
		data, err := fs.ReadFile(fsys, path.Join(folder, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read a sample: %w", err)
		}
		samples = append(samples, Sample{Name: e.Name(), Data: data, Source: source})
	}
	return samples, nil
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
