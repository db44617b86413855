// Package cdkcli has the CDK's command line for tests: the version that package.json pins, installed with npm
// into the root of the repository, as a user does it.
//
// [Install] skips the test where Node.js or npm is missing, with one line that says so; with TWIN_REQUIRE=all in the
// environment it fails instead.
package cdkcli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Install returns the path of the command line's executable. root is the root of the repository. Where it is not
// installed yet, it is now; tests of several packages may ask at the same time.
func Install(tb testing.TB, root string) string {
	tb.Helper()
	root, err := filepath.Abs(root)
	if err != nil {
		tb.Fatal(err)
	}
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("TWIN_REQUIRE") == "all" {
				tb.Fatalf("%s is not installed, and TWIN_REQUIRE=all", tool)
			}
			tb.Skipf("%s is not installed; install Node.js 22 or later to run this test", tool)
		}
	}
	executable := filepath.Join(root, "node_modules", ".bin", "cdk")
	if _, err := os.Stat(executable); err == nil {
		return executable
	}
	if err := install(root); err != nil {
		tb.Fatal(err)
	}
	return executable
}

// install installs into a folder of its own and moves it into place in one step, so that nobody sees half of it.
// Who comes second finds it done.
func install(root string) error {
	dist := filepath.Join(root, "dist") // on the same file system, and nothing of it is committed
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("cdkcli: %w", err)
	}
	temporary, err := os.MkdirTemp(dist, "npm-")
	if err != nil {
		return fmt.Errorf("cdkcli: %w", err)
	}
	defer func() { _ = os.RemoveAll(temporary) }()
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return fmt.Errorf("cdkcli: %w", err)
		}
		if err := os.WriteFile(filepath.Join(temporary, name), b, 0o644); err != nil {
			return fmt.Errorf("cdkcli: %w", err)
		}
	}
	cmd := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	cmd.Dir = temporary
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cdkcli: %s: %w\n%s", cmd, err, out)
	}
	installed := filepath.Join(root, "node_modules")
	if err := os.Rename(filepath.Join(temporary, "node_modules"), installed); err != nil {
		if _, other := os.Stat(filepath.Join(installed, ".bin", "cdk")); other == nil {
			return nil
		}
		return fmt.Errorf("cdkcli: %w", err)
	}
	return nil
}
