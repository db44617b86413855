package flink

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// launch starts a JVM whose temporary files lie below the folder that it returns.
func launch(t *testing.T) (j *JVM, temp string) {
	t.Helper()
	r, err := Build(t.Context())
	tier.Flink(t, err)
	temp = t.TempDir()
	t.Setenv("TMPDIR", temp)
	if j, err = r.Launch(); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(j.dir, "flink", "planner"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(j.dir, "flink", "planner", "jar"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	return j, temp
}

func nothingLeft(t *testing.T, temp string) {
	t.Helper()
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// Ensure that a JVM leaves no temporary files when it is closed.
func TestJVM_Close(t *testing.T) {
	j, temp := launch(t)
	if err := j.Close(); err != nil {
		t.Error(err)
	}
	nothingLeft(t, temp)
}

// Ensure that a JVM ends and removes its temporary files by itself when the process that started it is gone, which it
// sees at the end of its input.
func TestJVM_Orphaned(t *testing.T) {
	j, temp := launch(t)
	if err := j.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.wait(); err != nil {
		t.Error(err)
	}
	nothingLeft(t, temp)
}
