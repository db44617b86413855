package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that targets of packages and of external tests are found, and that a pattern chooses.
func TestList(t *testing.T) {
	t.Chdir("../..")
	all, err := list("")
	if err != nil || len(all) < 30 {
		t.Fatalf("%d targets, %v", len(all), err)
	}
	some, err := list("extract/decode.FuzzScanner")
	if err != nil || len(some) != 1 || some[0].name != "FuzzScannerIsCursor" {
		t.Errorf("%v, %v", some, err)
	}
}

// Ensure that everything that was kept is small, and that none is left of a target that is gone.
func TestKept(t *testing.T) {
	t.Chdir("../..")
	targets, err := list("")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, x := range targets {
		known[filepath.Join(x.dir, "testdata", "fuzz", x.name)] = true
	}
	total := int64(0)
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, top := range []string{"internal", "functions", "cmd", "test", "constructs"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.Contains(filepath.ToSlash(path), "/testdata/fuzz/") {
				return err
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			total += info.Size()
			if !known[filepath.Dir(path)] {
				t.Errorf("%s belongs to no fuzz target", path)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	if total > 1<<20 {
		t.Errorf("the inputs that were kept take %d bytes, more than a megabyte", total)
	}
}
