package constructs_test

import (
	"os/exec"
	"testing"
)

// Ensure that staticcheck has nothing to say. It stands here rather than in test/lint because it needs
// the CDK compiled, as the tests of this package do: beside their build it would compile it once more.
func TestStaticcheck(t *testing.T) {
	cmd := exec.Command("go", "tool", "staticcheck", "./...")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go tool staticcheck ./...: %v\n%s", err, out)
	}
}
