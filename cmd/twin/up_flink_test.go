package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/railtwin/digitaltwin/internal/flink"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// Ensure that without --flink an extractor that needs it is named as such, is no mistake, and is not served.
func TestUp_NeedsFlink(t *testing.T) {
	dir := boxes(t)
	most := filepath.Join(dir, "most.sql")
	write(t, most, strings.Replace(boxSQL, "JSON_STRING(t)", "JSON_STRING(SIN(t))", 1))
	var out output
	url, stop := startUp(t, &out, "--data", t.TempDir(), "--extractors", dir)
	defer stop()
	if want := "most     not served, because it needs Flink: run with --flink"; !strings.Contains(out.String(), want) {
		t.Errorf("up did not print %q but\n%s", want, &out)
	}
	if strings.Contains(out.String(), "typo") || strings.Contains(fetch(t, url+"/v1/datasets"), `"most"`) {
		t.Errorf("it is broken, or served:\n%s", &out)
	}
	alone := t.TempDir()
	if err := os.Rename(most, filepath.Join(alone, "most.sql")); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := twin(t, "up", "--data", t.TempDir(), "--extractors", alone)
	if status != exitFailure ||
		!strings.Contains(stderr, "most.sql:4:55: the Go engine has no function SIN; run with --flink\n") {
		t.Errorf("%d %s", status, stderr)
	}
	t.Setenv("PATH", "")
	status, _, stderr = twin(t, "up", "--flink", "--data", t.TempDir(), "--extractors", alone)
	if last := stderr[strings.LastIndex(strings.TrimSpace(stderr), "\n")+1:]; status != exitFailure ||
		last != "twin up: --flink: it needs java (17 or later) and mvn on the PATH: java is missing\n" {
		t.Errorf("%d %q", status, last)
	}
}

// Ensure that the built twin runs an extractor on Flink from its records to the API, and ends with its JVM.
func TestProcess_Flink(t *testing.T) {
	_, err := flink.Build(t.Context())
	tier.Flink(t, err)
	dir := boxes(t)
	sql, err := os.ReadFile("../../extractors/wagon_motion.sql")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "wagon_motion.sql"), string(sql))
	built(t) // which outlives the temporary folder of this test
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	var out output
	cmd := process(t, &out, "up", "--flink", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--extractors", dir,
		"--feed", "wagon_motion=../../extractors/testdata/wagon_motion/wagons.ndjson")
	url := startedAt(t, &out)
	eventually(t, "Flink has found the hot bearing", func() bool {
		return strings.Contains(fetch(t, url+"/v1/components/wagon:31-85-0000-001-1/metrics/axle.3.bearing.hot"),
			`"value":true`)
	})
	if box := fetch(t, url+"/v1/components/box:1"); !strings.Contains(box, "temperature") {
		t.Errorf("the other engine stands still: %s", box)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v\n%s", err, &out)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("temporary files are left: %v, %v", left, err)
	}
	if want := "wagon_motion  wagons.ndjson, once, as recorded"; !strings.Contains(out.String(), want) {
		t.Errorf("up did not print %q but\n%s", want, &out)
	}
}
