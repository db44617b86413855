package runner_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	extractflink "github.com/railtwin/digitaltwin/functions/extract-flink"
	"github.com/railtwin/digitaltwin/internal/jvm"
)

// Ensure that the jar that is deployed, but for the connector, has the runner and its factories, nothing of
// what stands in for the connector, and the same bytes whenever it is built.
func TestJar(t *testing.T) {
	project := jvm.Project{Name: "extract-flink-jar", Sources: extractflink.Sources}
	var jars [2][]byte
	for i := range jars {
		dir := t.TempDir()
		skipWithoutJava(t, project.Run(t.Context(), dir, "-DskipTests", "package"))
		var err error
		if jars[i], err = os.ReadFile(filepath.Join(dir, "target", "extract-flink.jar")); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(jars[0], jars[1]) {
		t.Error("two builds of the same sources differ")
	}
	jar, err := zip.NewReader(bytes.NewReader(jars[0]), int64(len(jars[0])))
	if err != nil {
		t.Fatal(err)
	}
	entries := map[string]string{}
	for _, f := range jar.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		entries[f.Name] = string(b)
		if strings.HasPrefix(f.Name, "org/") || strings.HasPrefix(f.Name, "digitaltwin/local") ||
			strings.HasPrefix(f.Name, "digitaltwin/bench") || f.Name == "extractor.sql" {
			t.Errorf("the jar has %s", f.Name)
		}
	}
	for name, holds := range map[string]string{
		"META-INF/MANIFEST.MF": "Main-Class: digitaltwin.runner.Main",
		"META-INF/services/org.apache.flink.table.factories.Factory": "digitaltwin.runner.sink.TwinSinkFactory\n" +
			"digitaltwin.runner.source.TwinSourceFactory",
		"digitaltwin/runner/Main.class":                 "",
		"digitaltwin/runner/sink/HashedPartition.class": "",
		"digitaltwin/runner/source/RecordDecoder.class": "",
	} {
		if text, ok := entries[name]; !ok || !strings.Contains(text, holds) {
			t.Errorf("%s: %v, %q", name, ok, text)
		}
	}
}
