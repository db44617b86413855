// Package flinkjar makes the jar of an extractor on Apache Flink: the runner, which Maven builds from the sources of
// functions/extract-flink, with the extractor's SQL in it.
package flinkjar

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	extractflink "github.com/railtwin/digitaltwin/functions/extract-flink"
	"github.com/railtwin/digitaltwin/internal/jvm"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Builder builds the runner when its first jar is asked for: an environment without an extractor on Flink needs
// neither Maven nor a JDK.
type Builder struct {
	dir   string
	build func() (jar string, err error)
}

// New returns a builder that works below dir.
func New(dir string) *Builder {
	b := &Builder{dir: dir}
	b.build = sync.OnceValues(b.maven)
	return b
}

// Jar returns the file of the runner with an extractor's SQL in it. The same sources, tools and SQL give the same
// bytes. The error is one line that says what is missing, or what Maven says first.
func (b *Builder) Jar(dataset string, sql []byte) (string, error) {
	runner, err := b.build()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(b.dir, "extractors", dataset)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	jar := filepath.Join(folder, "extractor.jar")
	if err := addSQL(jar, runner, sql); err != nil {
		return "", fmt.Errorf("%s: %w", dataset, err)
	}
	return jar, nil
}

// maven builds a copy of the sources, because the module may lie in the module cache, which is read-only.
func (b *Builder) maven() (string, error) {
	for _, tool := range []string{"mvn", "javac"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("an extractor runs on Flink, whose runner is built with Maven and JDK 17 or later: there is "+
				"no %s on the PATH", tool)
		}
	}
	copied := filepath.Join(b.dir, "extract-flink")
	if err := os.RemoveAll(copied); err != nil {
		return "", err
	}
	if err := os.CopyFS(copied, extractflink.Sources); err != nil {
		return "", err
	}
	cmd := exec.Command("mvn", "-q", "-B", "-P", "deploy", "-DskipTests", "package")
	cmd.Dir = copied
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		log := filepath.Join(b.dir, "maven.log")
		return "", errors.Join(
			fmt.Errorf("an extractor runs on Flink, and Maven cannot build its runner: %s (all that it said is in %s)",
				jvm.FirstError(output.Bytes(), err), log),
			os.WriteFile(log, output.Bytes(), 0o644))
	}
	return filepath.Join(copied, "target", "extract-flink.jar"), nil
}

// addSQL writes the jar of the runner with an extractor's SQL in it. The entries of the runner are copied as
// they are, so the same runner and SQL give the same bytes.
func addSQL(jar, runner string, sql []byte) (err error) {
	from, err := zip.OpenReader(runner)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, f := range from.File {
		if f.Name == wiring.FlinkSQLFile {
			return fmt.Errorf("%s has an entry %s already", runner, f.Name)
		}
		if err := to.Copy(f); err != nil {
			return err
		}
	}
	// The first moment that the format knows, and every run the same.
	entry, err := to.CreateHeader(&zip.FileHeader{Name: wiring.FlinkSQLFile, Method: zip.Deflate,
		Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		return err
	}
	if _, err := io.Copy(entry, bytes.NewReader(sql)); err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	return os.WriteFile(jar, b.Bytes(), fs.FileMode(0o644))
}
