package lint

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/railtwin/digitaltwin"

// rules say who may import what, and why. A rule holds for a package and for its tests.
var rules = []struct {
	imports []string // prefixes of import paths
	only    []string // folders of the module, "." for the app; a trailing / includes what is below
	why     string
	but     string // an import path that everybody may import
}{
	{
		[]string{"github.com/aws/aws-cdk-go", "github.com/aws/constructs-go", "github.com/aws/jsii-runtime-go",
			"github.com/cdklabs/"},
		[]string{".", "constructs/", "test/"},
		"a function that can reach the CDK carries 9 MB more and starts 45 ms later", "",
	},
	{
		[]string{"github.com/aws/aws-lambda-go"},
		[]string{"functions/"},
		"what the functions do runs on a laptop too", "",
	},
	{
		[]string{module + "/constructs", module + "/functions"},
		[]string{".", "constructs/", "functions/", "test/"},
		"imports point down the way of the data",
		module + "/functions/extract-flink", // it holds the sources of a Java program and no Go
	},
}

// Ensure that imports point down the way of the data, and that nobody imports what is not for them.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		folder := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/") + "/"
		for _, imported := range slices.Concat(p.Imports, p.TestImports, p.XTestImports) {
			for _, r := range rules {
				if hasPrefix(imported, r.imports) && imported != r.but && !within(folder, r.only) {
					t.Errorf("%s imports %s, which is for %s: %s", p.ImportPath, imported, strings.Join(r.only, " "), r.why)
				}
			}
			if folder == "internal/twin/" && strings.Contains(strings.Split(imported, "/")[0], ".") &&
				imported != module+"/internal/twin" {
				t.Errorf("%s imports %s: the vocabulary depends on nothing but the standard library", p.ImportPath, imported)
			}
			if folder == "internal/wiring/" && strings.Contains(strings.Split(imported, "/")[0], ".") {
				t.Errorf("%s imports %s: every function reads its wiring first, so it is small", p.ImportPath, imported)
			}
		}
	}
}

// Ensure that the command line and the functions cannot reach the CDK, over any number of imports.
func TestNothingThatRunsLinksTheCDK(t *testing.T) {
	checked := 0
	for _, p := range packages(t) {
		folder := strings.TrimPrefix(p.ImportPath, module+"/")
		if !strings.HasPrefix(folder, "cmd/") && !strings.HasPrefix(folder, "functions/") {
			continue
		}
		checked++
		for _, d := range p.Deps {
			if hasPrefix(d, rules[0].imports) {
				t.Errorf("%s links %s: %s", p.ImportPath, d, rules[0].why)
			}
		}
	}
	if checked < 4 {
		t.Errorf("only %d packages were checked", checked)
	}
}

// Ensure that the process's environment is read in one place: a setting that is read anywhere else is one
// that the constructs do not know. Commands and tests have an environment of their own.
func TestEnvironmentIsReadByWiringOnly(t *testing.T) {
	reads := []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}
	may := []string{"internal/wiring/", "cmd/", "test/", "internal/tier/", "constructs/assets.go"}
	goFiles(t, func(path string, file *ast.File) {
		if strings.HasSuffix(path, "_test.go") || within(path, may) || slices.Contains(may, path) {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && (x.Name == "os" || x.Name == "syscall") && slices.Contains(reads, s.Sel.Name) {
					t.Errorf("%s reads the environment with %s.%s", path, x.Name, s.Sel.Name)
				}
			}
			return true
		})
	})
}

// Ensure that the root of the repository stays a table of contents.
func TestRootIsSmall(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 1 || filepath.Base(files[0]) != "app.go" {
		t.Errorf("Go files in the root: %v, want app.go alone", files)
	}
	tracked, err := exec.Command("git", "-C", root, "ls-files", "-z").Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(strings.TrimRight(string(tracked), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			continue // taken out of the work tree, and not yet out of the index
		}
		if info.Size() > largest {
			t.Errorf("%s has %d bytes, more than %d: is it a program that go build left there?", name, info.Size(), largest)
		}
	}
}

// largest is how many bytes a tracked file may have: vendored JavaScript of the page is the largest.
const largest = 2 << 20

type goPackage struct {
	ImportPath                               string
	Imports, TestImports, XTestImports, Deps []string
}

// listing is what the go command says of the packages of this module, once.
var listing = sync.OnceValues(func() ([]goPackage, error) {
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", "./...")
	cmd.Dir = root
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var all []goPackage
	for d := json.NewDecoder(out); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return all, cmd.Wait()
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

func packages(t *testing.T) []goPackage {
	t.Helper()
	all, err := listing()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages", len(all))
	}
	return all
}

func hasPrefix(path string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool {
		return path == p ||
			strings.HasPrefix(path, strings.TrimSuffix(p, "/")+"/")
	})
}

// within reports whether a folder, written with a / at its end, or a file is one of folders or below one.
func within(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(f string) bool {
		return f == "." && path == "/" || strings.HasSuffix(f, "/") && strings.HasPrefix(path, f)
	})
}

// goFiles parses every Go file of the module.
func goFiles(t *testing.T, visit func(path string, file *ast.File)) {
	t.Helper()
	for _, name := range files(t) {
		if filepath.Ext(name) != ".go" {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, read(t, name), parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		visit(name, file)
	}
}
