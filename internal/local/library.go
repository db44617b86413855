package local

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/extract"
)

// Library is the extractors that a twin serves, with samples of what their sources send.
type Library struct {
	Extractors []extractors.Extractor
	Samples    func(dataset string) ([]extractors.Sample, error)
}

// Embedded returns the extractors that were built into the program.
func Embedded() Library {
	return Library{
		Extractors: extractors.All(),
		Samples:    func(dataset string) ([]extractors.Sample, error) { return extractors.Samples(dataset), nil },
	}
}

// Directory reads the extractors of a folder that is made like extractors/: <dataset>.sql, and samples
// in testdata/<dataset>/. The error says if there is no extractor in it.
func Directory(dir string) (Library, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return Library{}, fmt.Errorf("read the extractors: %w", err)
	}
	var all []extractors.Extractor
	for _, e := range entries {
		dataset, ok := strings.CutSuffix(e.Name(), ".sql")
		if !ok || e.IsDir() {
			continue
		}
		sql, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return Library{}, fmt.Errorf("read an extractor: %w", err)
		}
		all = append(all, extractors.Extractor{Name: dataset, SQL: sql})
	}
	if len(all) == 0 {
		return Library{}, fmt.Errorf("no extractor in %s: there should be a file DATASET.sql", dir)
	}
	return Library{
		Extractors: all,
		Samples: func(dataset string) ([]extractors.Sample, error) {
			samples, err := extractors.SamplesIn(os.DirFS(dir), path.Join("testdata", dataset))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", dir, err)
			}
			return samples, nil
		},
	}, nil
}

// Compiled is what became of the extractors of a library, each kind in the order of their names.
type Compiled struct {
	Programs []*extract.Program
	Foreign  []Foreign
	Broken   []Broken
}

// Foreign is an extractor that only Apache Flink runs.
type Foreign struct {
	*extract.Analysis
	SQL []byte
}

// Broken is an extractor that neither engine may run.
type Broken struct {
	Dataset string
	Err     error // a [diag.List]
}

// Compile compiles the extractors. One that is wrong does not keep the others from being served.
func (l Library) Compile() (c Compiled) {
	for _, e := range l.Extractors {
		a, err := extract.Analyze(e.Name+".sql", e.SQL)
		switch {
		case err != nil:
			c.Broken = append(c.Broken, Broken{e.Name, err})
		case a.NeedsFlink():
			c.Foreign = append(c.Foreign, Foreign{a, e.SQL})
		default:
			c.Programs = append(c.Programs, a.Program)
		}
	}
	return c
}
