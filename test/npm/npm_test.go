package npm

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake puts an npm into the path that runs a script.
func fake(t *testing.T, script string) {
	t.Helper()
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "npm"), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/bin:/usr/bin")
}

// Ensure that what the lock pins is installed into one folder, without scripts, that a second installation leaves the
// first, and that nothing else is left behind.
func TestInstall(t *testing.T) {
	fake(t, `[ "$1 $2" = "ci --ignore-scripts" ] && mkdir node_modules && cp package-lock.json node_modules/`)
	from, to := t.TempDir(), t.TempDir()
	modules := filepath.Join(to, "node_modules")
	for _, lock := range []string{"first", "second"} {
		for _, name := range []string{"package.json", "package-lock.json"} {
			if err := os.WriteFile(filepath.Join(from, name), []byte(lock), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := Install(from, modules, to); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(modules, "package-lock.json")); err != nil || string(got) != "first" {
		t.Errorf("%q, %v", got, err)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 1 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// Ensure that an installation that fails says why and leaves nothing.
func TestInstall_Fails(t *testing.T) {
	fake(t, "echo no such package >&2; exit 1")
	to := t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json"} {
		if err := os.WriteFile(filepath.Join(to, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := Install(to, filepath.Join(to, "node_modules"), to)
	if err == nil || !strings.Contains(err.Error(), "no such package") {
		t.Error(err)
	}
	if left, err := os.ReadDir(to); err != nil || len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
	t.Setenv("PATH", "")
	if err := Install(to, filepath.Join(to, "node_modules"), to); err == nil || err.Error() != "there is no npm" {
		t.Error(err)
	}
}
