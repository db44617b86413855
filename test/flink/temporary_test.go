package flink_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/test/flink"
)

// Ensure that a JVM has its temporary files in a folder of its own below that of this process, and that they are gone
// when it has ended.
func TestTemporaryFiles(t *testing.T) {
	flink.Start(t) // or skip
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	o, err := flink.Open()
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.Run(table+"INSERT INTO digitaltwin (component) SELECT s FROM t", nil)
	files, _ := filepath.Glob(filepath.Join(temp, "*", "*"))
	if len(files) == 0 {
		t.Error("the JVM has its files elsewhere")
	}
	if err := errors.Join(err, o.Close()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}
