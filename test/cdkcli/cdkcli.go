// Package cdkcli has the CDK's command line for tests: the version that package.json pins, installed with npm
// into the root of the repository, as a user does it.
//
// Where Node.js is missing or too old, or npm cannot install the command line, the tier CDK is missing (see package
// tier). npm asks its registry only for what it does not have in its cache.
package cdkcli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
)

// Install returns the path of the command line's executable. root is the root of the repository. Where it is not
// installed yet, it is now; tests of several packages may ask at the same time.
func Install(tb testing.TB, root string) string {
	tb.Helper()
	root, err := filepath.Abs(root)
	if err != nil {
		tb.Fatal(err)
	}
	tier.Node(tb)
	executable := filepath.Join(root, "node_modules", ".bin", "cdk")
	if _, err := os.Stat(executable); err == nil {
		return executable
	}
	tier.Need(tb, "CDK", install(root))
	return executable
}

// Environment has the command line tell nobody of what the tests do, and ask nobody for news.
func Environment() []string {
	return []string{"CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=1", "CDK_NOTICES=false", "NODE_NO_WARNINGS=1"}
}

// install installs into a folder of its own and moves it into place in one step, so that nobody sees half of it.
// Who comes second finds it done.
func install(root string) error {
	dist := filepath.Join(root, "dist") // on the same file system, and nothing of it is committed
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(dist, "npm-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(temporary, name), b, 0o644); err != nil {
			return err
		}
	}
	cmd := exec.Command("npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--no-update-notifier")
	cmd.Dir = temporary
	if out, err := cmd.CombinedOutput(); err != nil {
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		return fmt.Errorf("npm ci: %w: %s", err, lines[0])
	}
	installed := filepath.Join(root, "node_modules")
	if err := os.Rename(filepath.Join(temporary, "node_modules"), installed); err != nil {
		if _, other := os.Stat(filepath.Join(installed, ".bin", "cdk")); other == nil {
			return nil
		}
		return err
	}
	return nil
}
