package rehearsal

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed requirements.txt
var requirements []byte

// errMissing is the cause when a tool of the machine is missing.
var errMissing = errors.New("the rehearsal needs Python 3.10 or later with venv")

// installEmulator returns the Python that has the emulator, and installs it into the user's cache where it is not yet.
func installEmulator() (python string, err error) {
	system, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("%w: there is no python3", errMissing)
	}
	// Compiled parts belong to one version of Python.
	tag, err := output(system, "-c", "import sys, venv, ensurepip; assert sys.version_info >= (3, 10); print(sys.implementation.cache_tag)")
	if err != nil {
		return "", fmt.Errorf("%w: %w", errMissing, err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "digitaltwin", fmt.Sprintf("ministack-%x-%s", sha256.Sum256(requirements), tag)[:30]+"-"+tag)
	python = filepath.Join(dir, "bin", "python")
	if _, err := os.Stat(python); err == nil {
		return python, nil
	}
	return python, install(system, dir)
}

// install makes a virtual environment with the emulator at dir. It works in a folder of its own and renames, so that
// nobody sees half of it; Python finds its environment by where it lies, only the scripts in bin do not move.
func install(system, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(filepath.Dir(dir), "venv-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	list := filepath.Join(temporary, "requirements.txt")
	if err := os.WriteFile(list, requirements, 0o644); err != nil {
		return err
	}
	if _, err := output(system, "-m", "venv", temporary); err != nil {
		return fmt.Errorf("%w: %w", errMissing, err)
	}
	pip := []string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "-r", list}
	if _, err := output(filepath.Join(temporary, "bin", "python"), pip...); err != nil {
		return fmt.Errorf("installing the emulator: %w", err)
	}
	if err := os.Rename(temporary, dir); err != nil {
		if _, other := os.Stat(dir); other == nil {
			return nil // somebody else was faster
		}
		return err
	}
	return nil
}

// output runs a command to its end. The error has its last words.
func output(name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", filepath.Base(name), err, tail(stderr.String(), 20))
	}
	return strings.TrimSpace(string(out)), nil
}

// tail is the last lines of a text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
