package main

import (
	"bytes"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Ensure that long packages begin first, and that what runs in production runs with the race detector.
func TestDivide(t *testing.T) {
	rest, race := divide("m", []string{
		"m", "m/cmd/twin", "m/constructs", "m/functions/apply", "m/internal/api", "m/internal/extract/decode",
		"m/internal/store/bolt", "m/test", "m/test/all", "m/test/flink", "m/test/flink/generate",
	})
	for _, c := range []struct {
		got  []string
		want string
	}{
		{rest.packages, "m/test/flink m/constructs m/cmd/twin m/test m m/internal/extract/decode m/test/all " +
			"m/test/flink/generate"},
		{race.packages, "m/internal/store/bolt m/functions/apply m/internal/api m/internal/extract/decode"},
	} {
		if got := strings.Join(c.got, " "); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
	if rest.race || !race.race {
		t.Error("the race detector is with the wrong ones")
	}
}

// Ensure that the folders are known whose tests need a run without the race detector, and that all folders exist which
// are named here.
func TestFolders(t *testing.T) {
	t.Chdir("../..")
	for _, top := range raced {
		err := filepath.WalkDir(top, func(name string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			b, err := os.ReadFile(name)
			without := bytes.Contains(b, []byte("AllocsPerRun(")) || bytes.HasPrefix(b, []byte("//go:build !race"))
			if folder := path.Dir(filepath.ToSlash(name)); without && !slices.Contains(plain, folder) {
				t.Errorf("%s needs a run without the race detector, and has none", name)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	for _, folder := range slices.Concat(first, plain, raced) {
		if _, err := os.Stat(folder); err != nil {
			t.Error(err)
		}
	}
}
