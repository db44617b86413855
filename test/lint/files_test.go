package lint

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// files returns the files of the repository that Git knows or would take, with slashes. In an archive of the sources,
// which Git does not know, those are all but the ignored ones.
func files(t *testing.T) []string {
	t.Helper()
	all, ok := tracked()
	if !ok {
		all = found(t)
	}
	if len(all) < 50 {
		t.Fatalf("there are %d files only", len(all))
	}
	return all
}

// tracked asks Git.
func tracked() (all []string, ok bool) {
	out, err := output(exec.Command("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"))
	if err != nil {
		return nil, false
	}
	all = strings.Split(strings.TrimSuffix(out, "\x00"), "\x00")
	ok = slices.Contains(all, "go.mod") // else the repository is another, around this folder
	return slices.DeleteFunc(all, func(name string) bool {
		_, err := os.Lstat(filepath.Join(root, name))
		return err != nil // removed, but not yet from the index
	}), ok
}

// found walks the folders, and leaves out what .gitignore names. It understands names and patterns without folders,
// which is all that stands there.
func found(t *testing.T) (all []string) {
	t.Helper()
	var ignored []string
	for line := range strings.Lines(string(read(t, ".gitignore"))) {
		ignored = append(ignored, strings.Trim(strings.TrimSpace(line), "/"))
	}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		skip := path.Base(name) == ".git" || slices.ContainsFunc(ignored, func(pattern string) bool {
			match, err := path.Match(pattern, path.Base(name))
			return match && err == nil
		})
		switch {
		case skip && d.IsDir():
			return fs.SkipDir
		case !skip && !d.IsDir():
			all = append(all, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Ensure that without Git the same files are found.
func TestFiles(t *testing.T) {
	want, ok := tracked()
	if !ok {
		return // nothing to compare with
	}
	got := found(t)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("without Git there are %d files, with it %d", len(got), len(want))
	}
}

// output runs a command in the root of the repository.
func output(cmd *exec.Cmd) (string, error) {
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && stderr.Len() > 0 {
		out = append(out, stderr.Bytes()...)
	}
	return string(out), err
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
