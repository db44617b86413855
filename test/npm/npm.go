// Package npm gives tests the tools that come from npm, at the versions that a package-lock.json pins.
//
// [Packages] installs them into the user's cache folder, once for each content of the lock. Where Node.js is missing
// or too old, or the packages cannot be had, the tier is missing (see package tier). No script of a package is run.
package npm

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// Packages returns the folder node_modules with what dir/package-lock.json pins.
func Packages(tb testing.TB, dir string) string {
	tb.Helper()
	tier.Node(tb)
	modules, err := packages(dir)
	tier.Need(tb, "Node", err)
	return modules
}

func packages(dir string) (string, error) {
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	hash := fmt.Sprintf("%x", sha256.Sum256(lock))
	kept := filepath.Join(cache, "digitaltwin", "npm-"+filepath.Base(dir)+"-"+hash[:12])
	modules := filepath.Join(kept, "node_modules")
	if _, err := os.Stat(modules); err == nil {
		return modules, nil
	}
	if err := os.MkdirAll(kept, 0o755); err != nil {
		return "", err
	}
	return modules, Install(dir, modules, kept)
}

// Install installs what from/package-lock.json pins, as the folder node_modules with the path modules. It is made in a
// folder below temporary, which is on the same file system, and moved into place in one step: nobody sees half of it,
// and whoever comes second finds it done.
func Install(from, modules, temporary string) error {
	if _, err := exec.LookPath("npm"); err != nil {
		return errors.New("there is no npm")
	}
	temporary, err := os.MkdirTemp(temporary, "npm-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(temporary, name), b, 0o644); err != nil {
			return err
		}
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts",
		"--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier")
	cmd.Dir = temporary
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("npm ci: %w: %s", err, lines[0])
	}
	err = os.Rename(filepath.Join(temporary, "node_modules"), modules)
	if _, exists := os.Stat(modules); exists == nil {
		return nil
	}
	return err
}
