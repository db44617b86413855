package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const (
	maxInput = 4 << 10  // bytes of an input that is kept; longer ones mostly repeat something
	maxKept  = 24 << 10 // bytes of a target
	batch    = 32       // inputs that are tried at once
)

// keep copies inputs from the cache of go test to testdata/fuzz as far as they cover more statements
// of the module than what is there. It returns how many.
func (t target) keep() (int, error) {
	candidates, err := t.cached()
	if err != nil || len(candidates) == 0 {
		return 0, err
	}
	temp, err := os.MkdirTemp("", "fuzz")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(temp)
	k := keeper{target: t, binary: filepath.Join(temp, "test"), profile: filepath.Join(temp, "profile"),
		covered: map[string]bool{}}
	if out, err := exec.Command("go", "test", "-c", "-cover", "-coverpkg="+t.module()+"/internal/...,"+
		t.pkg, "-o", k.binary, t.pkg).CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w: %s", err, out)
	}
	seeds, err := k.cover("^" + t.name + "$")
	if err != nil {
		return 0, err
	}
	for _, s := range seeds {
		k.covered[s] = true
	}
	for some := range slices.Chunk(candidates, batch) {
		if err := k.try(some); err != nil {
			return k.kept, err
		}
	}
	return k.kept, nil
}

// cached returns the inputs that fuzzing on this machine has found, the shortest first.
func (t target) cached() ([]string, error) {
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(cache)), "fuzz", t.pkg, t.name, "*"))
	if err != nil {
		return nil, err
	}
	size := map[string]int64{}
	for _, f := range files {
		if info, err := os.Stat(f); err == nil {
			size[f] = info.Size()
		}
	}
	files = slices.DeleteFunc(files, func(f string) bool { return size[f] == 0 || size[f] > maxInput })
	slices.SortFunc(files, func(a, b string) int { return cmp.Or(cmp.Compare(size[a], size[b]), strings.Compare(a, b)) })
	return files, nil
}

// keeper tries inputs of a target.
type keeper struct {
	target
	binary, profile string
	covered         map[string]bool // statements
	kept, size      int
}

// try keeps those inputs that cover more, by halves: most cover nothing new.
func (k *keeper) try(inputs []string) error {
	folder := filepath.Join(k.dir, "testdata", "fuzz", k.name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var copies, names []string
	size := 0
	for _, f := range inputs {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		to := filepath.Join(folder, filepath.Base(f))
		if _, err := os.Stat(to); err == nil {
			continue // kept before
		}
		if err := os.WriteFile(to, text, 0o644); err != nil {
			return err
		}
		copies, names, size = append(copies, to), append(names, filepath.Base(f)), size+len(text)
	}
	defer os.Remove(folder) // only if nothing is in it
	if len(copies) == 0 {
		return nil
	}
	statements, err := k.cover("^" + k.name + "$/^(" + strings.Join(names, "|") + ")$")
	news := slices.DeleteFunc(statements, func(s string) bool { return k.covered[s] })
	if err == nil && len(news) > 0 && len(copies) == 1 && k.size+size <= maxKept {
		for _, s := range news {
			k.covered[s] = true
		}
		k.kept, k.size = k.kept+1, k.size+size
		return nil
	}
	for _, c := range copies {
		if err := os.Remove(c); err != nil {
			return err
		}
	}
	if err != nil || len(news) == 0 || len(copies) == 1 {
		return err
	}
	half := len(inputs) / 2
	if err := k.try(inputs[:half]); err != nil {
		return err
	}
	return k.try(inputs[half:])
}

// cover runs what matches a pattern and returns the statements that it covers.
func (k *keeper) cover(pattern string) ([]string, error) {
	cmd := exec.Command(k.binary, "-test.run="+pattern, "-test.coverprofile="+k.profile)
	cmd.Dir = k.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
	}
	profile, err := os.ReadFile(k.profile)
	if err != nil {
		return nil, err
	}
	var statements []string
	for line := range strings.Lines(string(profile)) { // file:from,to statements count
		if where, count, ok := strings.Cut(strings.TrimSpace(line), " "); ok && !strings.HasSuffix(count, " 0") {
			statements = append(statements, where)
		}
	}
	return statements, nil
}
