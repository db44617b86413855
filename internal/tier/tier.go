// Package tier decides what happens to the tests of a tier whose tool is missing or too old.
//
// A tier is a group of tests that need a tool beside Go: Flink needs Java and Maven, the CDK needs Node.js, the
// emulators need npm or Python, the page needs Chromium. Where the tool cannot be had the tests are skipped, each with
// one line that names the tier and the reason; `go run ./test/all` shows those lines at its end. With TWIN_REQUIRE=all
// in the environment, as in CI, the tests fail instead.
package tier

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/jvm"
)

// Required tells whether every tier is required, and is to run in full.
func Required() bool { return os.Getenv("TWIN_REQUIRE") == "all" }

// Need skips the test if err, the reason why the tool of a tier cannot be had, is not nil; where every tier is
// required the test fails.
func Need(tb testing.TB, name string, err error) {
	tb.Helper()
	switch {
	case err == nil:
	case Required():
		tb.Fatalf("tier %s: %v, and TWIN_REQUIRE=all", name, err)
	default:
		tb.Skipf("tier %s: %v", name, err)
	}
}

// Flink is [Need] for the error of something that runs on Java. An error of another kind fails the test.
func Flink(tb testing.TB, err error) {
	tb.Helper()
	if err != nil && !errors.Is(err, jvm.ErrUnavailable) {
		tb.Fatal(err)
		return // a test of this package stands in for tb, and goes on
	}
	Need(tb, "Flink", err)
}

// minNode is the oldest major version of Node.js that the CDK supports; package.json says the same.
const minNode = 20

// Node is [Need] for Node.js, on which the CDK runs.
func Node(tb testing.TB) {
	tb.Helper()
	Need(tb, "CDK", node())
}

var node = sync.OnceValue(findNode)

func findNode() error {
	out, err := exec.Command("node", "--version").Output()
	if err != nil {
		return fmt.Errorf("it needs Node.js %d or later: %w", minNode, err)
	}
	version := strings.TrimSpace(string(out)) // v22.1.0
	major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < minNode {
		return fmt.Errorf("it needs Node.js %d or later, and node is %s", minNode, version)
	}
	return nil
}
