package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that a state which is damaged, or of another program, gives one message with its name and the way out, and is
// left as it is. (What damage there is, package boltfile knows.)
func TestUp_DamagedState(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, stateFile)
	state, err := openState(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"text": "hello\n", "of SQLite": "SQLite format 3\x00" + strings.Repeat("\x00", 8000), "cut off": string(good[:9000]),
		"damaged": string(good[:8192]) + strings.Repeat("\xa5", len(good)-8192),
	} {
		write(t, path, file)
		status, stdout, stderr := twin(t, "up", "--listen", "127.0.0.1:0", "--data", dir, "--extractors", boxes(t))
		what := "twin up: " + path + " is damaged, or is not the state of a twin: "
		const wayOut = ".\nMove it away to begin with an empty twin, or choose another folder with --data DIR\n"
		if status != exitFailure || stdout != "" || !strings.HasPrefix(stderr, what) || !strings.HasSuffix(stderr, wayOut) {
			t.Errorf("%s: %d %q %s", name, status, stdout, stderr)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != file {
			t.Errorf("%s: the file was changed, %v", name, err)
		}
	}
	for name, file := range map[string]string{"good": string(good), "empty": ""} {
		write(t, path, file)
		state, err := openState(dir)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		state.Close()
	}
}
