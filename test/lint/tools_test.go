package lint

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Ensure that vet has nothing to say, with all of its checks. Packages that reach the CDK are left to
// the checks that go test makes: vet would first read the CDK, for minutes.
func TestVet(t *testing.T) {
	args := []string{"vet"}
	for _, p := range packages(t) {
		if !slices.ContainsFunc(slices.Concat(p.Deps, p.TestImports, p.XTestImports), func(path string) bool {
			return strings.Contains(path, "github.com/aws/jsii-runtime-go")
		}) {
			args = append(args, p.ImportPath)
		}
	}
	if out, err := output(exec.Command("go", args...)); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

// Ensure that staticcheck has nothing to say.
func TestStaticcheck(t *testing.T) {
	if out, err := output(exec.Command("go", "tool", "staticcheck", "./...")); err != nil {
		t.Errorf("go tool staticcheck ./...: %v\n%s", err, out)
	}
}
