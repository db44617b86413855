package infer

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each testdata/*.txtar is a sample in the form of a provider, what names its components and when they were
// measured, and the readings that come out of the extractor that is made of it.
func TestInfer_Forms(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) < 10 {
		t.Fatal(len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			in := archive.Files[0]
			path := filepath.Join(t.TempDir(), in.Name)
			if err := os.WriteFile(path, in.Data, 0o600); err != nil {
				t.Fatal(err)
			}
			files, err := sample.Read([]string{path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Infer(files, Options{Dataset: "provider"})
			if err != nil {
				t.Fatal(err)
			}
			got := txtar.Format(&txtar.Archive{Comment: archive.Comment, Files: []txtar.File{
				in, {Name: "found", Data: found(d)}, {Name: "readings", Data: outcome(t, d, files)},
			}})
			if *update {
				if err := os.WriteFile(name, got, 0o644); err != nil {
					t.Fatal(err)
				}
			} else if want := txtar.Format(archive); !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s\nIf that is right: go test ./internal/infer -update", got, want)
			}
		})
	}
}

// found is what the head of the extractor says.
func found(d *Draft) (out []byte) {
	for line := range strings.Lines(string(d.SQL)) {
		if strings.HasPrefix(line, "-- key ") || strings.HasPrefix(line, "-- time ") ||
			strings.HasPrefix(line, "SET 'twin.interval'") {
			out = append(out, line...)
		}
	}
	return out
}

func outcome(t *testing.T, d *Draft, files []*sample.File) (text []byte) {
	t.Helper()
	r, err := d.Check(files)
	if err != nil {
		t.Fatal(err)
	}
	out := r.Program.NewOutput()
	for _, record := range r.Records {
		r.Program.Run(record, out)
		for _, row := range out.Rows {
			text = fmt.Appendf(text, "%s\t%s\t%s\t%s\t%s\n", row.Component, row.Metric, row.Value, row.Unit,
				row.EventTime)
		}
	}
	return text
}
