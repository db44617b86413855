package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the commands print into the files of testdata")

// Ensure that commands print what the files of testdata say, word for word, and end with their status.
//
// A file holds what the case is about, a command line, and files; the sections stdout, stderr and
// status are what came of it, and -update writes them.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), ".txtar")
		path, err := filepath.Abs(file)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) { golden(t, path) })
	}
}

func golden(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	inputs := archive.Files[:0:0]
	want := make(map[string]string)
	for _, f := range archive.Files {
		switch f.Name {
		case "stdout", "stderr", "status":
			want[f.Name] = string(f.Data)
		default:
			inputs = append(inputs, f)
			if err := os.WriteFile(f.Name, f.Data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	lines := strings.Split(strings.TrimSpace(string(archive.Comment)), "\n")
	words := strings.Fields(lines[len(lines)-1])
	if words[0] != "twin" {
		t.Fatalf("the last line before the files is no command line: %q", words)
	}
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), console{strings.NewReader(""), &stdout, &stderr}, words[1:])
	got := map[string]string{"stdout": stdout.String(), "stderr": stderr.String(), "status": fmt.Sprintln(status)}
	if *update {
		archive.Files = inputs
		for _, name := range []string{"stdout", "stderr", "status"} {
			if got[name] != "" {
				archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(got[name])})
			}
		}
		if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for name := range got {
		if got[name] != want[name] {
			t.Errorf("%s is\n%s\nwant\n%s", name, got[name], want[name])
		}
	}
}
