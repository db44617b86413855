package flink

import (
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed harness/pom.xml harness/src
var harness embed.FS

// errMissing says that a tool of the oracle is not installed.
var errMissing = errors.New("real Flink needs java (17) and mvn on the PATH")

// build compiles the harness unless that is done, and returns the class path.
func build() (string, error) {
	for _, tool := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("%w: %s is missing", errMissing, tool)
		}
	}
	sum, err := hash(harness)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "digitaltwin", "flink-oracle", sum)
	if cp, ok := classPath(dir); ok {
		return cp, nil
	}
	// Several test processes may come here at once: each builds in a directory of its own, and the
	// first rename wins.
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(work)
	sources, err := fs.Sub(harness, "harness")
	if err != nil {
		return "", err
	}
	if err := os.CopyFS(work, sources); err != nil {
		return "", err
	}
	if err := compile(work); err != nil {
		return "", err
	}
	if err := os.Rename(work, dir); err != nil {
		if _, ok := classPath(dir); !ok {
			return "", err
		}
	}
	cp, ok := classPath(dir)
	if !ok {
		return "", fmt.Errorf("flink: %s holds no class path after the build", dir)
	}
	return cp, nil
}

// compile runs Maven, first without the network, for most of the time everything is there.
func compile(dir string) error {
	goals := []string{"-q", "-B", "compile", "dependency:build-classpath", "-Dmdep.outputFile=classpath.txt"}
	var out []byte
	var err error
	for _, args := range [][]string{append([]string{"-o"}, goals...), goals} {
		cmd := exec.Command("mvn", args...)
		cmd.Dir = dir
		if out, err = cmd.CombinedOutput(); err == nil {
			return nil
		}
	}
	return fmt.Errorf("flink: the harness does not build: %w\n%s", err, out)
}

// classPath reads the class path of a finished build; ok is false when jars are gone.
func classPath(dir string) (cp string, ok bool) {
	b, err := os.ReadFile(filepath.Join(dir, "classpath.txt"))
	if err != nil {
		return "", false
	}
	jars := strings.TrimSpace(string(b))
	for _, jar := range filepath.SplitList(jars) {
		if _, err := os.Stat(jar); err != nil {
			return "", false
		}
	}
	return filepath.Join(dir, "target", "classes") + string(filepath.ListSeparator) + jars, true
}

// hash returns the hash of all file names and contents.
func hash(files fs.FS) (string, error) {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(b), b)
		return err
	})
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), err
}
