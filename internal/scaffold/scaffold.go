// Package scaffold lays an extractor that was inferred into a module: the SQL file, its samples, and its golden file.
//
// [Find] tells where they belong: into the folder extractors of the module around, where there is one, as in a clone of
// this repository; else into the folder itself. [Files] makes their texts, and [Write] writes them all or none.
package scaffold

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/railtwin/digitaltwin/internal/framing"
	"github.com/railtwin/digitaltwin/internal/infer"
	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// File is one that is to be written.
type File struct {
	Path string
	Text []byte
}

// Place is where an extractor goes.
type Place struct {
	Folder string // of the SQL file; samples and golden files stand in its testdata
	Clone  bool   // it is the folder extractors, which the app reads whole: nothing else registers a dataset
}

// Find returns where an extractor belongs that is made in the folder dir.
func Find(dir string) (Place, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return Place{}, err
	}
	for at := abs; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			extractors := filepath.Join(at, "extractors")
			if _, err := os.Stat(filepath.Join(extractors, "extractors.go")); err != nil {
				return Place{Folder: dir}, nil
			}
			if near, err := filepath.Rel(abs, extractors); err == nil {
				extractors = near
			}
			return Place{Folder: extractors, Clone: true}, nil
		}
		if at == filepath.Dir(at) {
			return Place{Folder: dir}, nil
		}
	}
}

// Files makes the files of a draft whose check gave r. The SQL file comes first.
func Files(p Place, d *infer.Draft, files []*sample.File, r *infer.Result) ([]File, error) {
	out := []File{{filepath.Join(p.Folder, d.Dataset+".sql"), d.SQL}}
	folder := filepath.Join(p.Folder, "testdata", d.Dataset)
	kept := samples(d.Dataset, files)
	for _, k := range kept {
		out = append(out, File{filepath.Join(folder, k.name), k.text})
	}
	out = append(out, File{filepath.Join(folder, "SOURCE.txt"), origin(files)})
	source, err := sourceOf(d, kept)
	if err != nil {
		return nil, err
	}
	if source != (framing.Source{}) {
		text, err := json.Marshal(source)
		if err != nil {
			return nil, err
		}
		out = append(out, File{filepath.Join(folder, framing.SourceFile), append(text, '\n')})
	}
	golden, err := goldenFile(r.Program, source, kept)
	return append(out, File{filepath.Join(p.Folder, "testdata", d.Dataset+".txtar"), golden}), err
}

// origin says where the samples come from, as far as is known.
func origin(files []*sample.File) []byte {
	var b strings.Builder
	b.WriteString("PROVIDER  write here who sends it, and how often\nLICENSE   write here under which licence\n")
	for _, f := range files {
		name := f.Name()
		if f.Path != "-" {
			name = filepath.Base(f.Path)
		}
		fmt.Fprintf(&b, "FILE      %s, as twin new was given it\n", name)
	}
	return []byte(b.String())
}

// Write writes the files. Where one of them is there already it writes none, unless force is set.
func Write(files []File, force bool) error {
	var there []string
	for _, f := range files {
		if _, err := os.Lstat(f.Path); err == nil {
			there = append(there, f.Path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if len(there) > 0 && !force {
		return fmt.Errorf("%s: already there, so nothing is written; add --force to write over it",
			strings.Join(there, ", "))
	}
	for _, f := range files {
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(f.Path, f.Text, 0o644); err != nil {
			return err
		}
	}
	return nil
}
