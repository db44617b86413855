package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

var binary struct {
	once sync.Once
	dir  string
	err  error
}

func TestMain(m *testing.M) {
	status := m.Run()
	os.RemoveAll(binary.dir)
	os.Exit(status)
}

// built returns the path of the built command.
func built(t *testing.T) string {
	t.Helper()
	binary.once.Do(func() {
		if binary.dir, binary.err = os.MkdirTemp("", "twin"); binary.err != nil {
			return
		}
		if out, err := exec.Command("go", "build", "-o", filepath.Join(binary.dir, "twin"),
			".").CombinedOutput(); err != nil {
			binary.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if binary.err != nil {
		t.Fatal(binary.err)
	}
	return filepath.Join(binary.dir, "twin")
}

// process starts the built command.
func process(t *testing.T, out *output, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(built(t), args...)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd
}

// Ensure that a twin ends cleanly at either signal, with status 0 and its state complete, and that the next
// one finds it.
func TestProcess_Signals(t *testing.T) {
	data, dir := t.TempDir(), boxes(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		var out output
		cmd := process(t, &out, "up", "--listen", "127.0.0.1:0", "--data", data, "--extractors", dir, "--once")
		url := startedAt(t, &out)
		eventually(t, "box 1 is there", func() bool { return strings.Contains(fetch(t, url+"/v1/components"), "box:1") })
		if err := cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("after %s: %v\n%s", signal, err, &out)
		}
		// From now on nothing feeds: what is found must come from the state.
		if err := os.RemoveAll(filepath.Join(dir, "testdata")); err != nil {
			t.Fatal(err)
		}
	}
}

// Ensure that statuses and streams of the process are those that scripts rely on.
func TestProcess_Status(t *testing.T) {
	for _, tc := range []struct {
		args   string
		status int
	}{{"help", 0}, {"help up", 0}, {"check -h", 0}, {"", 2}, {"chek", 2}, {"help chek", 2}, {"check", 2},
		{"check nowhere.sql", 1}} {
		cmd := exec.Command(built(t), strings.Fields(tc.args)...)
		var stdout, stderr strings.Builder
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if got := cmd.ProcessState.ExitCode(); got != tc.status {
			t.Errorf("twin %s: status %d, want %d (%v)", tc.args, got, tc.status, err)
		}
		if (tc.status == 0) != (stderr.Len() == 0) || (tc.status == 0) != (stdout.Len() > 0) {
			t.Errorf("twin %s: stdout %q, stderr %q", tc.args, &stdout, &stderr)
		}
	}
}

// Ensure that nobody needs the CDK or an AWS SDK to run a twin: they cost minutes to compile and
// megabytes to link.
func TestDependencies(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		for _, foreign := range []string{"github.com/aws/", "github.com/cdklabs/"} {
			if strings.HasPrefix(path, foreign) {
				t.Errorf("cmd/twin links %s", path)
			}
		}
	}
}
