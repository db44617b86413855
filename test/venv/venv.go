// Package venv gives tests the tools that come from PyPI, at the versions that a file pins.
//
// [Python] makes a virtual environment in the user's cache folder, once for each content of the file of
// requirements. Where there is no Python with its venv module, or the packages cannot be had, the tier is missing (see
// package tier).
package venv

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// Python returns the interpreter of a virtual environment with the packages of a file of requirements, in which
// every version is pinned.
func Python(tb testing.TB, requirements string) string {
	tb.Helper()
	python, err := python(requirements)
	tier.Need(tb, "Python", err)
	return python
}

func python(requirements string) (string, error) {
	pins, err := os.ReadFile(requirements)
	if err != nil {
		return "", err
	}
	system, err := exec.LookPath("python3")
	if err != nil {
		return "", errors.New("there is no python3")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	name := strings.TrimSuffix(filepath.Base(requirements), filepath.Ext(requirements))
	dir := filepath.Join(cache, "digitaltwin", fmt.Sprintf("%s-%x", name, sha256.Sum256(pins))[:len(name)+13])
	made := filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(made); err == nil {
		return made, nil
	}
	return made, install(system, requirements, dir)
}

// install makes the environment in a folder beside dir and renames it: another process may do the same.
func install(system, requirements, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), "venv-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	for _, args := range [][]string{
		{system, "-m", "venv", temporary},
		{filepath.Join(temporary, "bin", "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
			"--no-deps", "--requirement", requirements},
	} {
		out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, lastLine(out))
		}
	}
	if err := os.Rename(temporary, dir); err != nil {
		if _, exists := os.Stat(dir); exists == nil {
			return nil
		}
		return err
	}
	return nil
}

func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return lines[len(lines)-1]
}
