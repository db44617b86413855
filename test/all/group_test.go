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
		{rest.packages, "m/test/flink m/constructs m/test m/cmd/twin m m/internal/extract/decode m/test/all m/test/flink/generate"},
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

// Ensure that the folders whose tests count allocations are known, and that all folders exist which are named here.
func TestFolders(t *testing.T) {
	t.Chdir("../..")
	for _, top := range raced {
		err := filepath.WalkDir(top, func(name string, d os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(name, "_test.go") {
				return err
			}
			b, err := os.ReadFile(name)
			if folder := path.Dir(filepath.ToSlash(name)); bytes.Contains(b, []byte("AllocsPerRun(")) && !slices.Contains(counted, folder) {
				t.Errorf("%s counts allocations and runs with the race detector only", folder)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	for _, folder := range slices.Concat(first, counted, raced) {
		if _, err := os.Stat(folder); err != nil {
			t.Error(err)
		}
	}
}
