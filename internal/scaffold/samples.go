package scaffold

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/golden"
	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// What is kept of the samples: so many bytes of a file in which lines are records, and so many records of it in the
// golden file.
const (
	mostBytes  = 256 << 10
	mostGolden = 50
)

// samples returns the files of samples, by their names in the folder of samples, and the golden file.
func samples(dataset string, files []*sample.File, p *extract.Program) (kept []File, text []byte) {
	var lines []string
	var records [][]byte
	for _, f := range files {
		name := sampleName(f, dataset)
		for n, base := 2, name; slices.ContainsFunc(kept, func(k File) bool { return k.Path == name }); n++ {
			name = fmt.Sprintf("%d-%s", n, base)
		}
		kept = append(kept, File{name, textOf(f)})
		if !f.Lines {
			lines, records = append(lines, name), append(records, f.Records[0].Text)
			continue
		}
		n := min(len(f.Records), mostGolden)
		line := fmt.Sprintf("%s:1-%d", name, n)
		if n == len(f.Records) && len(textOf(f)) == len(f.Text) {
			line = name
		}
		lines = append(lines, line)
		for _, r := range f.Records[:n] {
			records = append(records, r.Text)
		}
	}
	return kept, golden.File(p, lines, records)
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

// sampleName is what a sample is called: its ending tells how records lie in it.
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
