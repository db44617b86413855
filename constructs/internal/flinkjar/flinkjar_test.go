package flinkjar

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// mavenOf puts a stand-in for Maven first on the PATH: it writes jar where the runner's build would, or fails as
// Maven does where jar is empty.
func mavenOf(t *testing.T, jar string) {
	t.Helper()
	bin := t.TempDir()
	script := "#!/bin/sh\n[ \"$*\" = \"-q -B -P deploy -DskipTests package\" ] && [ -f pom.xml ] && [ -d src/main/java " +
		"] || exit 9\nmkdir -p target && cp '" + jar + "' target/extract-flink.jar\n"
	if jar == "" {
		script = "#!/bin/sh\nprintf '\\033[0m[ERROR] Could not resolve dependencies\\n[ERROR] Re-run Maven with " +
			"-X\\n'\nexit 1\n"
	}
	for name, text := range map[string]string{"mvn": script, "javac": "#!/bin/sh\n"} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// Ensure that an extractor's jar is the runner's with the SQL in it, the same bytes each time, and that Maven is
// asked for it only where an extractor runs on Flink, with one clear line where it is not there or fails.
func TestJar(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for Maven is a shell script")
	}
	runner := filepath.Join(t.TempDir(), "runner.jar")
	jar, err := os.Create(runner)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(jar)
	w, err := z.Create("digitaltwin/runner/Main.class")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(strings.Repeat("class", 100))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := jar.Close(); err != nil {
		t.Fatal(err)
	}

	t.Run("no Maven", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		_, err := New(t.TempDir()).Jar("wagon_motion", []byte("SELECT 1"))
		if err == nil ||
			!strings.Contains(err.Error(), "built with Maven and JDK 17 or later: there is no mvn on the PATH") ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%v", err)
		}
	})
	t.Run("Maven fails", func(t *testing.T) {
		mavenOf(t, "")
		if _, err := New(t.TempDir()).Jar("wagon_motion", []byte("SELECT 1")); err == nil ||
			!strings.Contains(err.Error(),
				"Maven cannot build its runner: Could not resolve dependencies (all that it said is in ") ||
			strings.Contains(err.Error(), "\n") {
			t.Errorf("%v", err)
		}
	})
	t.Run("Maven builds", func(t *testing.T) {
		mavenOf(t, runner)
		first, err := New(t.TempDir()).Jar("wagon_motion", []byte("SELECT 1"))
		if err != nil {
			t.Fatal(err)
		}
		second, err := New(t.TempDir()).Jar("wagon_motion", []byte("SELECT 1"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, first), read(t, second)) {
			t.Error("the same runner and SQL give other bytes")
		}
		entries, err := zip.OpenReader(first)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = entries.Close() }()
		var names []string
		for _, f := range entries.File {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != "digitaltwin/runner/Main.class extractor.sql" {
			t.Errorf("the jar holds %s", got)
		}
		sql, err := entries.Open("extractor.sql")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := io.ReadAll(sql); err != nil || string(text) != "SELECT 1" {
			t.Errorf("the SQL is %q, %v", text, err)
		}
	})
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
