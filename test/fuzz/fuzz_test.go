package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/tier"
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

// Ensure that nothing fails in a short time of fuzzing. The targets take turns, with the seed, which CI changes every day.
func TestSmoke(t *testing.T) {
	t.Chdir("../..")
	targets, err := list("")
	if err != nil {
		t.Fatal(err)
	}
	n, share := 1, time.Second
	if tier.Required() {
		n, share = 3, 4*time.Second
	}
	for i := range n {
		target := targets[(tier.Seed()*uint64(n)+uint64(i))%uint64(len(targets))]
		line, ok := target.fuzz(share)
		if !ok {
			t.Errorf("%s: %s", target, line)
		}
		t.Logf("summary: fuzz: %s for %v: %s", target, share, line)
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

// Ensure that the end of the time is no failure, and that an input that fails is one even then.
func TestOutOfTime(t *testing.T) {
	for out, want := range map[string]bool{
		"--- FAIL: FuzzX (16.40s)\n    context deadline exceeded\nFAIL\n":                                               true,
		"--- FAIL: FuzzX (1.00s)\n    Failing input written to testdata/fuzz/FuzzX/1\n context deadline exceeded\nFAIL": false,
		"panic: runtime error\ncontext deadline exceeded":                                                               false,
		"x_test.go:1: undefined: y\nFAIL":                                                                               false,
	} {
		if got := outOfTime([]byte(out)); got != want {
			t.Errorf("%q: %v", out, got)
		}
	}
}
