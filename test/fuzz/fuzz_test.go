package main

import (
	"os"
	"path/filepath"
	"slices"
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

// Ensure that nothing fails in a short time of fuzzing. The packages take turns with the seed, which CI changes every
// day: one package a run, because its build with coverage costs more than the fuzzing of a target.
func TestSmoke(t *testing.T) {
	t.Chdir("../..")
	targets, err := list("")
	if err != nil {
		t.Fatal(err)
	}
	most, total := 1, time.Second
	if tier.Required() {
		most, total = 3, 8*time.Second
	}
	targets = turn(targets, tier.Seed(), most)
	share := total / time.Duration(len(targets))
	for _, target := range targets {
		line, ok := target.fuzz(share)
		if !ok {
			t.Errorf("%s: %s", target, line)
		}
		t.Logf("summary: fuzz: %s for %v: %s", target, share.Round(time.Millisecond), line)
	}
}

// turn returns the targets of a seed: those of one package, but no more than most.
func turn(targets []target, seed uint64, most int) []target {
	var groups [][]target
	for i, t := range targets {
		if i == 0 || t.pkg != targets[i-1].pkg || len(groups[len(groups)-1]) == most {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], t)
	}
	return groups[seed%uint64(len(groups))]
}

// Ensure that each target has its turn, with others of its package only.
func TestTurn(t *testing.T) {
	targets := []target{{pkg: "a", name: "1"}, {pkg: "b", name: "1"}, {pkg: "b", name: "2"}, {pkg: "b", name: "3"},
		{pkg: "c", name: "1"}}
	var got []string
	for seed := range uint64(5) {
		names := ""
		for _, x := range turn(targets, seed, 2) {
			names += x.pkg + x.name
		}
		got = append(got, names)
	}
	if want := []string{"a1", "b1b2", "b3", "c1", "a1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
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
		"--- FAIL: FuzzX (16.40s)\n    context deadline exceeded\nFAIL\n": true,
		"--- FAIL: FuzzX (1.00s)\n    Failing input written to testdata/fuzz/FuzzX/1\n" +
			" context deadline exceeded\nFAIL": false,
		"panic: runtime error\ncontext deadline exceeded": false,
		"x_test.go:1: undefined: y\nFAIL":                 false,
	} {
		if got := outOfTime([]byte(out)); got != want {
			t.Errorf("%q: %v", out, got)
		}
	}
}
