package lint

import (
	"os/exec"
	"strings"
	"testing"
)

// Ensure that vet has nothing to say, with all of its checks. Packages that reach the CDK are left to
// the checks that go test makes: vet would first read the CDK, for minutes.
func TestVet(t *testing.T) {
	out, err := output(exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}} {{join .TestImports " "}} {{join .XTestImports " "}}`, "./..."))
	if err != nil {
		t.Fatal(err, out)
	}
	args := []string{"vet"}
	for line := range strings.Lines(out) {
		if !strings.Contains(line, "github.com/aws/jsii-runtime-go") {
			args = append(args, strings.Fields(line)[0])
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
