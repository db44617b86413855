package test

import (
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/test/cdkcli"
)

// Ensure that the functions build for both processors to static Linux binaries, and that a second checkout in
// another folder gives the same bytes: then a deployment touches only what changed.
func TestFunctionsBuildReproducibly(t *testing.T) {
	machines := map[constructs.Architecture]elf.Machine{constructs.Arm64: elf.EM_AARCH64, constructs.Amd64: elf.EM_X86_64}
	for arch, machine := range machines {
		here, there := t.TempDir(), t.TempDir()
		if _, err := constructs.Build(here, arch); err != nil {
			t.Fatal(err)
		}
		buildCopy(t, there, arch)
		for _, name := range constructs.Functions {
			file := filepath.Join(string(arch), name, "bootstrap")
			a, b := hash(t, filepath.Join(here, file)), hash(t, filepath.Join(there, file))
			if a != b {
				t.Errorf("%s: %s in one folder, %s in another", file, a[:12], b[:12])
			}
			f, err := elf.Open(filepath.Join(here, file))
			if err != nil {
				t.Fatal(err)
			}
			if f.Machine != machine || f.Section(".interp") != nil {
				t.Errorf("%s is for %s, dynamic: %t", file, f.Machine, f.Section(".interp") != nil)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// buildCopy builds the functions of a copy of the checkout in another folder, into out. The copy stays as it is:
// where another module uses the constructs, it lies in the module cache, which cannot be written to.
func buildCopy(t *testing.T, out string, arch constructs.Architecture) {
	t.Helper()
	copied := t.TempDir()
	copyParts(t, "..", copied, "go.mod", "go.sum", "functions", "internal", "extractors")
	before := allFiles(t, copied)
	t.Run("elsewhere", func(t *testing.T) { // at whose end the folder is as before
		t.Chdir(copied)
		if _, err := constructs.Build(out, arch); err != nil {
			t.Fatal(err)
		}
	})
	if after := allFiles(t, copied); !slices.Equal(after, before) {
		t.Errorf("the build changed its sources: before it were\n%s\nafter it\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}

// Ensure that an extractor's asset is the generic binary and its SQL, and nothing else.
func TestExtractorAsset(t *testing.T) {
	dir := t.TempDir()
	assets, err := constructs.Build(dir, constructs.Arm64)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time the folder is there already
		if _, err := assets.Extractor("extract", "wagons", []byte("SELECT 1")); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(dir, "arm64", "extractors", "wagons", "extract")
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got := strings.Join(names, " "); got != "bootstrap extract.sql" {
		t.Errorf("the asset holds %s", got)
	}
	if hash(t, filepath.Join(folder, "bootstrap")) != hash(t, filepath.Join(dir, "arm64", "extract", "bootstrap")) {
		t.Error("the extractor's binary is not the extract function's")
	}
}

// Ensure that npx cdk synth works as a user calls it: the pinned command line, real functions, every
// environment of cdk.json, and no credentials.
func TestSynthOfTheCommandLine(t *testing.T) {
	cdkcli.Install(t, "..")
	out := t.TempDir()
	run(t, "npx", "cdk", "synth", "--quiet", "--output", out)
	a, err := readApp(out)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(a.stacks), len(theApp(t).stacks); got != want {
		t.Errorf("%d stacks, want %d", got, want)
	}
	for _, f := range a.all("AWS::Lambda::Function") {
		if f.text("Code", "S3Key") == "" {
			t.Errorf("%s has no code", f.path)
		}
	}
}

// Ensure that one environment can be chosen.
func TestSynthOfOneEnvironment(t *testing.T) {
	context := contextOfApp()
	context["environment"] = "prod"
	needNode(t)
	a, err := synthesize(t.TempDir(), context, nil)
	if err == nil {
		t.Fatalf("%d stacks without any extractor", len(a.stacks))
	}
	if !strings.Contains(err.Error(), "environment prod") || strings.Contains(err.Error(), "environment dev") {
		t.Errorf("prod was chosen: %v", err)
	}
}

// run runs a command in the root of the repository, without any AWS credentials.
func run(t *testing.T, name string, args ...string) {
	t.Helper()
	inFolder(t, "..", nil, name, args...)
}

func hash(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
