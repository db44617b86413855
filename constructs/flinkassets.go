package constructs

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
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"

	extractflink "github.com/railtwin/digitaltwin/functions/extract-flink"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// flinkRunner builds the jar of functions/extract-flink when it is first asked for: an environment without an
// extractor on Flink needs neither Maven nor a JDK.
type flinkRunner struct {
	dir   string
	build func() (jar string, err error)
}

func newFlinkRunner(dir string) *flinkRunner {
	r := &flinkRunner{dir: dir}
	r.build = sync.OnceValues(r.maven)
	return r
}

// maven builds a copy of the sources, because the module may lie in the module cache, which is read-only.
func (r *flinkRunner) maven() (string, error) {
	for _, tool := range []string{"mvn", "javac"} {
		if _, err := exec.LookPath(tool); err != nil {
			return "", fmt.Errorf("constructs: an extractor runs on Flink, whose runner is built with Maven and JDK 17 or later: there is no %s on the PATH", tool)
		}
	}
	copied := filepath.Join(r.dir, "extract-flink")
	if err := os.RemoveAll(copied); err != nil {
		return "", fmt.Errorf("constructs: %w", err)
	}
	if err := os.CopyFS(copied, extractflink.Sources); err != nil {
		return "", fmt.Errorf("constructs: %w", err)
	}
	cmd := exec.Command("mvn", "-q", "-B", "-P", "deploy", "-DskipTests", "package")
	cmd.Dir = copied
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		log := filepath.Join(r.dir, "maven.log")
		return "", errors.Join(
			fmt.Errorf("constructs: an extractor runs on Flink, and Maven cannot build its runner: %s (all that it said is in %s)", firstError(output.Bytes(), err), log),
			os.WriteFile(log, output.Bytes(), 0o644))
	}
	return filepath.Join(copied, "target", "extract-flink.jar"), nil
}

// colours are what Maven puts around its words on a terminal, and sometimes elsewhere.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// firstError returns the first line of Maven's that is an error: the others explain how to see more of it.
func firstError(output []byte, otherwise error) string {
	for line := range strings.Lines(colours.ReplaceAllString(string(output), "")) {
		if text, ok := strings.CutPrefix(line, "[ERROR] "); ok {
			return strings.TrimSpace(text)
		}
	}
	return otherwise.Error()
}

// extractor returns the jar with an extractor's SQL in it.
func (r *flinkRunner) extractor(dataset string, sql []byte) (string, error) {
	runner, err := r.build()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(r.dir, "extractors", dataset)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("constructs: %w", err)
	}
	jar := filepath.Join(folder, "extractor.jar")
	if err := addSQL(jar, runner, sql); err != nil {
		return "", fmt.Errorf("constructs: %s: %w", dataset, err)
	}
	return jar, nil
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
	entry, err := to.CreateHeader(&zip.FileHeader{Name: wiring.FlinkSQLFile, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
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

// FlinkExtractor implements [Assets].
func (b built) FlinkExtractor(dataset string, sql []byte) (*awss3assets.AssetProps, error) {
	jar, err := b.flink.extractor(dataset, sql)
	if err != nil {
		return nil, err
	}
	return &awss3assets.AssetProps{Path: str(jar), AssetHashType: awscdk.AssetHashType_SOURCE}, nil
}

// FlinkExtractor implements [Assets].
func (s stub) FlinkExtractor(dataset string, _ []byte) (*awss3assets.AssetProps, error) {
	return &awss3assets.AssetProps{Path: str(s.dir), AssetHashType: awscdk.AssetHashType_CUSTOM, AssetHash: str("stub-flink-" + dataset)}, nil
}
