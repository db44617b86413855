// Package cdkcli has the CDK's command line for tests: the version that package.json pins, installed with npm
// into the root of the repository, as a user does it.
//
// Where Node.js is missing or too old, or npm cannot install the command line, the tier CDK is missing (see package
// tier). npm asks its registry only for what it does not have in its cache.
package cdkcli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/test/npm"
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
	return []string{"CDK_DISABLE_CLI_TELEMETRY=true", "CDK_DISABLE_VERSION_CHECK=1", "CDK_NOTICES=false",
		"NODE_NO_WARNINGS=1"}
}

// install installs it below dist, which is on the same file system and of which nothing is committed.
func install(root string) error {
	dist := filepath.Join(root, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	return npm.Install(root, filepath.Join(root, "node_modules"), dist)
}
