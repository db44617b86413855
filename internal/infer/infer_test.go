package infer

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

func TestTry(t *testing.T) {
	dirs, _ := filepath.Glob("../../extractors/testdata/*")
	for _, dir := range dirs {
		var paths []string
		all, _ := filepath.Glob(dir + "/*")
		for _, f := range all {
			if b := filepath.Base(f); b != "SOURCE.txt" && b != "expected.txt" {
				paths = append(paths, f)
			}
		}
		if len(paths) == 0 {
			continue
		}
		name := filepath.Base(dir)
		files, err := sample.Read(paths, nil)
		if err != nil {
			t.Error(name, err)
			continue
		}
		d, err := Infer(files, Options{Dataset: name})
		if err != nil {
			t.Error(name, err)
			continue
		}
		os.WriteFile("/tmp/new/out/"+name+".sql", d.SQL, 0o644)
		r, err := d.Check(files)
		if err != nil {
			t.Error(name, err)
			continue
		}
		t.Log(name, r.Rows, r.Rejects, len(d.Open))
	}
}
