package constructs_test

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// functions are the functions as they are built for an architecture, each in a folder of dir.
type functions struct {
	constructs.Assets
	dir string
}

var builtFunctions = map[constructs.Architecture]functions{}

// buildFunctions builds the functions for an architecture, once for all tests. What an earlier run linked of the same
// sources is not linked again: it lies in the user's cache.
func buildFunctions(t *testing.T, arch constructs.Architecture) functions {
	t.Helper()
	if f, ok := builtFunctions[arch]; ok {
		return f
	}
	dir, err := sharedDir()
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	built, cached := filepath.Join(dir, string(arch)), filepath.Join(cache, "digitaltwin", "functions", string(arch))
	copyFunctions(t, cached, built, constructs.Functions...)
	assets, err := constructs.Build(dir, arch)
	if err != nil {
		t.Fatal(err)
	}
	copyFunctions(t, built, cached, constructs.Functions...)
	builtFunctions[arch] = functions{assets, built}
	return builtFunctions[arch]
}

// copyFunctions copies those of the functions that are built in a folder to another one, where [constructs.Build] finds
// them: it links again what was built of other sources only. Another process may do the same.
func copyFunctions(t *testing.T, from, to string, names ...string) {
	t.Helper()
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(from, name, "bootstrap"))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(to, name)
		if old, err := os.ReadFile(filepath.Join(folder, "bootstrap")); err == nil && bytes.Equal(old, b) {
			continue
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.CreateTemp(folder, "bootstrap-")
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.Write(b)
		if err = errors.Join(err, f.Chmod(0o755), f.Close(),
			os.Rename(f.Name(), filepath.Join(folder, "bootstrap"))); err != nil {
			t.Fatal(err)
		}
	}
}

// linkedAnew are functions that share little: one with the store, one with the SQL engine, one with the operations.
var linkedAnew = []string{"apply", "extract", "operate"}

// Ensure that the functions build for both processors to static Linux binaries, and that a second checkout in
// another folder gives the same bytes: then a deployment touches only what changed. In the other folder some functions
// are linked anew. Of the others it is enough that the go command has nothing to link: a binary names the hash of all
// that it was linked of, and other inputs there would give another name.
func TestFunctionsBuildReproducibly(t *testing.T) {
	machines := map[constructs.Architecture]elf.Machine{constructs.Arm64: elf.EM_AARCH64, constructs.Amd64: elf.EM_X86_64}
	for arch, machine := range machines {
		here, there := buildFunctions(t, arch), t.TempDir()
		copyFunctions(t, here.dir, filepath.Join(there, string(arch)), slices.DeleteFunc(slices.Clone(constructs.Functions),
			func(name string) bool { return slices.Contains(linkedAnew, name) })...)
		buildCopy(t, there, arch)
		for _, name := range constructs.Functions {
			file := filepath.Join(here.dir, name, "bootstrap")
			a, b := hash(t, file), hash(t, filepath.Join(there, string(arch), name, "bootstrap"))
			if a != b {
				t.Errorf("%s for %s: %s in one folder, %s in another", name, arch, a[:12], b[:12])
			}
			f, err := elf.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			if f.Machine != machine || f.Section(".interp") != nil {
				t.Errorf("%s for %s is for %s, dynamic: %t", name, arch, f.Machine, f.Section(".interp") != nil)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Ensure that a binary that lies there already is not linked again.
func TestFunctionsAreLinkedOnce(t *testing.T) {
	here := buildFunctions(t, constructs.Amd64)
	before, err := os.Stat(filepath.Join(here.dir, "query", "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := constructs.Build(filepath.Dir(here.dir), constructs.Amd64); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(here.dir, "query", "bootstrap"))
	if err != nil {
		t.Fatal(err)
	}
	if !os.SameFile(before, after) {
		t.Error("it is another file")
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
		t.Errorf("the build changed its sources: before it were\n%s\nafter it\n%s", strings.Join(before, "\n"),
			strings.Join(after, "\n"))
	}
}

// Ensure that an extractor's asset is the generic binary and its SQL, and nothing else.
func TestExtractorAsset(t *testing.T) {
	tier.Node(t)
	built := buildFunctions(t, constructs.Amd64)
	for range 2 { // the second time the folder is there already
		if _, err := built.Extractor("extract", "wagons", []byte("SELECT 1")); err != nil {
			t.Fatal(err)
		}
	}
	folder := filepath.Join(built.dir, "extractors", "wagons", "extract")
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
	if hash(t, filepath.Join(folder, "bootstrap")) != hash(t, filepath.Join(built.dir, "extract", "bootstrap")) {
		t.Error("the extractor's binary is not the extract function's")
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := built.FlinkExtractor("wagons", []byte("SELECT 1")); err == nil ||
		!strings.HasPrefix(err.Error(), "constructs: an extractor runs on Flink") {
		t.Errorf("without Maven there is a jar: %v", err)
	}
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
