package constructs_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/test/cdkcli"
)

// Ensure that npx cdk synth works as a user calls it: the pinned command line, real functions, every
// environment of cdk.json, and no credentials. The functions that the other tests built lie in dist already.
func TestSynthOfTheCommandLine(t *testing.T) {
	cdkcli.Install(t, "..")
	copyFunctions(t, buildFunctions(t, constructs.Arm64).dir, filepath.Join("..", "dist", string(constructs.Arm64)),
		constructs.Functions...)
	out := t.TempDir()
	inFolder(t, "..", []string{"GOFLAGS=-trimpath"}, "npx", "cdk", "synth", "--quiet", "--output", out)
	a, err := readApp(out)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(a.Stacks), len(theApp(t).Stacks); got != want {
		t.Errorf("%d stacks, want %d", got, want)
	}
	for _, f := range a.All("AWS::Lambda::Function") {
		if f.Text("Code", "S3Key") == "" {
			t.Errorf("%s has no code", f.Path)
		}
	}
}

// Ensure that one environment can be chosen.
func TestSynthOfOneEnvironment(t *testing.T) {
	context := contextOfApp()
	context["environment"] = "prod"
	tier.Node(t)
	a, err := synthesize(t.TempDir(), context, nil)
	if err == nil {
		t.Fatalf("%d stacks without any extractor", len(a.Stacks))
	}
	if !strings.Contains(err.Error(), "environment prod") || strings.Contains(err.Error(), "environment dev") {
		t.Errorf("prod was chosen: %v", err)
	}
}
