package scaffold

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/golden"
	"github.com/railtwin/digitaltwin/internal/infer"
	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// What is kept of the samples: so many bytes of a file in which lines are records, and so many records of it in the
// golden file.
const (
	mostBytes  = 256 << 10
	mostGolden = 50
)

// kept is what is kept of a sample file.
type kept struct {
	name string
	text []byte
	file *sample.File
}

// samples returns what is kept of the files.
func samples(dataset string, files []*sample.File) (all []kept) {
	for _, f := range files {
		name := sampleName(f, dataset)
		for n, base := 2, name; slices.ContainsFunc(all, func(k kept) bool { return k.name == name }); n++ {
			name = fmt.Sprintf("%d-%s", n, base)
		}
		all = append(all, kept{name, textOf(f), f})
	}
	return all
}

// textOf is what is kept of a file: of lines as many whole ones as mostBytes hold, but those of the golden file.
func textOf(f *sample.File) []byte {
	if !f.Lines || len(f.Text) <= mostBytes && !f.Cut || f.Charset != "" {
		return f.Text
	}
	var b bytes.Buffer
	for n, r := range f.Records {
		if n >= mostGolden && b.Len()+len(r.Text) > mostBytes {
			break
		}
		b.Write(r.Text)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// sampleName is what a sample is called: its ending tells what it holds.
func sampleName(f *sample.File, dataset string) string {
	name := dataset
	if f.Path != "-" {
		name = strings.TrimSuffix(filepath.Base(f.Path), ".gz")
		name = strings.TrimSuffix(name, filepath.Ext(name))
	}
	if slices.Contains([]string{"", "SOURCE", "expected", "source"}, name) {
		name = dataset
	}
	switch {
	case f.Format == sample.CSV:
		return name + ".csv"
	case f.Lines:
		return name + ".ndjson"
	}
	return name + ".json"
}

// sourceOf says how the samples lie in their files, where that is not what the files themselves tell.
func sourceOf(d *infer.Draft, all []kept) (framing.Source, error) {
	s := framing.Source{Charset: Charset(all[0].file), Zone: d.Zone}
	for _, k := range all {
		records, err := s.Records(k.name, k.text)
		if err != nil {
			return s, err
		}
		if lines := len(k.file.Records) > 1; lines && len(records) == 1 {
			s.Framing = framing.Lines
		} else if !lines && len(records) > 1 {
			s.Framing = framing.Plain
		}
	}
	return s, nil
}

// Charset returns the charset of a sample, "" for UTF-8. A byte order mark is taken away as a charset is.
func Charset(f *sample.File) string {
	if f.Charset == "" && f.BOM {
		return "utf-8"
	}
	return f.Charset
}

// goldenFile makes the golden file, out of the records as they are read from what is kept.
func goldenFile(p *extract.Program, s framing.Source, all []kept) ([]byte, error) {
	var names []string
	var records [][]byte
	for _, k := range all {
		of, err := s.Records(k.name, k.text)
		if err != nil {
			return nil, err
		}
		name := k.name
		if len(of) > mostGolden {
			of, name = of[:mostGolden], fmt.Sprintf("%s:1-%d", k.name, mostGolden)
		}
		names, records = append(names, name), append(records, of...)
	}
	return golden.File(p, names, records), nil
}
