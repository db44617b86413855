package constructs_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/tier"
)

const module = "github.com/railtwin/digitaltwin"

// Ensure that another module can use the constructs: the example, with SQL of its own, is synthesized in a folder of
// its own, and the functions are built from the sources of this module.
func TestExampleModule(t *testing.T) {
	tier.Node(t)
	example, library := t.TempDir(), absolute(t, "..")
	if err := os.CopyFS(example, os.DirFS("../test/example")); err != nil {
		t.Fatal(err)
	}
	copyFunctions(t, buildFunctions(t, constructs.Arm64).dir, filepath.Join(example, "dist", string(constructs.Arm64)),
		constructs.Functions...)
	out := filepath.Join(example, "cdk.out")
	inFolder(t, example, nil, "go", "mod", "edit", "-replace="+module+"="+library)
	inFolder(t, example, []string{
		"GOFLAGS=-mod=mod -trimpath", "CDK_OUTDIR=" + out, `CDK_CONTEXT_JSON={"aws:cdk:enable-path-metadata":true}`,
	}, "go", "run", ".")
	a, err := readApp(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Stacks) != 1 || a.Stacks[0].Name != "Greenhouses-dev" {
		t.Fatalf("%d stacks", len(a.Stacks))
	}
	for _, name := range []string{"Twin/Table", "Twin/Api", "Climate/Source", "Climate/Extract/Trigger",
		"Controllers/DefaultPolicy"} {
		a.one(t, "dev", name)
	}
	assets, err := filepath.Glob(filepath.Join(out, "asset.*"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../test/example/greenhouse.sql")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(assets, func(folder string) bool {
		sql, err := os.ReadFile(filepath.Join(folder, "extract.sql"))
		if err != nil {
			return false
		}
		binary, err := os.ReadFile(filepath.Join(folder, "bootstrap"))
		return err == nil && bytes.Equal(sql, want) && bytes.HasPrefix(binary, []byte("\x7fELF"))
	}) {
		t.Errorf("no asset has the extractor of the example beside a binary: %v", assets)
	}
}

// Ensure that the example's requirements are those of this module, so that a user can start from it.
func TestExampleRequirements(t *testing.T) {
	ours, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.ReadFile("../test/example/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(theirs)) {
		if strings.Contains(line, "aws-cdk-go") || strings.Contains(line, "jsii-runtime-go") {
			if !bytes.Contains(ours, []byte(strings.TrimSpace(line))) {
				t.Errorf("test/example/go.mod requires %s; run go mod tidy there", strings.TrimSpace(line))
			}
		}
	}
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// allFiles are the files of a folder with their times.
func allFiles(t *testing.T, dir string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		all = append(all, path+" "+info.ModTime().String())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// inFolder runs a command in a folder, without any AWS credentials. With GOFLAGS=-trimpath what it compiles and links
// does not depend on the folder, so that the cache of builds serves every checkout.
func inFolder(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "AWS_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(append(cmd.Env, "AWS_EC2_METADATA_DISABLED=true", "CDK_DISABLE_VERSION_CHECK=1"), env...)
	if b, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, b)
	}
}

// copyParts copies files and folders from one folder to another.
func copyParts(t *testing.T, from, to string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		source, target := filepath.Join(from, part), filepath.Join(to, part)
		info, err := os.Stat(source)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			err = os.CopyFS(target, os.DirFS(source))
		} else {
			var b []byte
			if b, err = os.ReadFile(source); err == nil {
				err = os.WriteFile(target, b, 0o644)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
