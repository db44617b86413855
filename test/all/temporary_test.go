package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Ensure that files and processes of the tests are found when these are over, and those of others are not.
func TestLeft(t *testing.T) {
	temp := temporary{t.TempDir()}
	if left := temp.left(0); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := os.WriteFile(filepath.Join(temp.dir, "socket"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var want = []string{"file socket"}
	if runtime.GOOS == "linux" {
		cmd := exec.Command("sleep", "60")
		cmd.Env = temp.environment()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = cmd.Wait() }()
		defer func() { _ = cmd.Process.Kill() }()
		want = []string{"process ", "file socket"}
	}
	left := temp.left(0)
	if len(left) != len(want) {
		t.Fatalf("left: %v, want %v", left, want)
	}
	for i := range want {
		if !strings.HasPrefix(left[i], want[i]) {
			t.Errorf("left: %v, want %v", left, want)
		}
	}
}

// Ensure that a process which is about to end is given the time for it.
func TestLeft_Ends(t *testing.T) {
	temp := temporary{t.TempDir()}
	cmd := exec.Command("sleep", "1")
	cmd.Env = temp.environment()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }()
	if left := temp.left(time.Minute); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// Ensure that the folder is the same in the next run, unless another uses it.
func TestNewTemporary(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	first, err := newTemporary()
	if err != nil {
		t.Fatal(err)
	}
	beside, err := newTemporary()
	if err != nil || beside == first {
		t.Errorf("%v and %v at once, %v", first, beside, err)
	}
	first.remove()
	if next, err := newTemporary(); err != nil || next != first {
		t.Errorf("%v after %v, %v", next, first, err)
	}
}
