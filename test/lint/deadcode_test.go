package lint

import (
	"go/ast"
	"os/exec"
	"path"
	"regexp"
	"strings"
	"testing"
)

// forTests are functions, or all those of a file, that nothing but tests reaches, and why they stand among the code
// that runs.
var forTests = map[string]string{
	"extractors.Get":                         "the tests of several packages run one of the extractors",
	"extractors.Records":                     "the tests of several packages run the sample records of an extractor",
	"extractors.OnGo":                        "the tests of several packages run those of the Go engine",
	"internal/extract/function.RefusedNames": "docs/sql.md is held to it",
	"internal/wiring.Metric.Dimensions":      "docs and dashboards are held to it",
	"internal/store.Forget":                  "tests forget in one go; operators do so in steps",
	"internal/store.wait":                    "part of Forget",
	"internal/store/dynamo.CreateTable":      "makes the table of the constructs in an emulator",
	"internal/store/dynamo.definition":       "part of CreateTable",
	"internal/feed/dynamolog.CreateTable":    "makes the log of the constructs in an emulator",
}

var unreachable = regexp.MustCompile(`^(\S+):\d+:\d+: unreachable func: (\S+)$`)

// Ensure that the functions and the command line reach all code below internal and functions, but for what the
// constructs use. Public methods of the constructs are for other apps, and so are not looked at: that the tool would
// read the CDK for them would take minutes.
func TestNoDeadCode(t *testing.T) {
	out, err := output(exec.Command("go", "tool", "deadcode", "./cmd/...", "./functions/..."))
	if err != nil {
		t.Fatalf("go tool deadcode: %v\n%s", err, out)
	}
	used := usedByConstructs(t)
	left := map[string]bool{}
	for name := range forTests {
		left[name] = true
	}
	for line := range strings.Lines(out) {
		m := unreachable.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			t.Errorf("go tool deadcode says %q", line)
			continue
		}
		folder, name := path.Dir(m[1]), m[2]
		switch full := folder + "." + name; {
		case strings.HasSuffix(path.Base(folder), "test"): // is for tests, and says so
		case used[name[strings.LastIndex(name, ".")+1:]]:
		case forTests[full] != "":
			delete(left, full)
		case forTests[m[1]] != "":
			delete(left, m[1])
		default:
			t.Errorf("%s: only tests reach %s, if anything does", m[1], name)
		}
	}
	for name := range left {
		t.Errorf("%s needs no exception", name)
	}
}

// usedByConstructs are the names that the constructs and the app use of other packages.
func usedByConstructs(t *testing.T) map[string]bool {
	t.Helper()
	used := map[string]bool{}
	goFiles(t, func(path string, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") || path != "app.go" && !strings.HasPrefix(path, "constructs/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				used[s.Sel.Name] = true
			}
			return true
		})
	})
	return used
}
