package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// built is the folder of the binaries; empty where no test needed them.
var built string

// binaries are the functions as they run on this machine, built once, each in a folder of the returned one. The
// extractor of wagon_telemetry lies beside the function extract.
var binaries = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "digitaltwin-test-")
	if err != nil {
		return "", err
	}
	built = dir
	for _, name := range []string{"apply", "catalogue", "credentials", "empty", "extract", "query"} {
		cmd := exec.Command("go", "build", "-tags=lambda.norpc", "-o", filepath.Join(dir, name, "bootstrap"),
			"./functions/"+name)
		cmd.Dir = ".."
		if out, err := cmd.CombinedOutput(); err != nil {
			return dir, fmt.Errorf("%s: %w\n%s", cmd, err, out)
		}
	}
	x, err := extractors.Get("wagon_telemetry")
	if err != nil {
		return dir, err
	}
	return dir, os.WriteFile(filepath.Join(dir, "extract", wiring.SQLFile), x.SQL, 0o644)
})

// functionsThatRun returns the folder of the functions' binaries.
func functionsThatRun(t *testing.T) string {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the functions are Linux binaries")
	}
	dir, err := binaries()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
