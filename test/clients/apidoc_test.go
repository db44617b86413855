package clients

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/test/venv"
)

// section is a section of docs/api.md: a call in each language, and what it prints in all of them.
type section struct {
	title  string
	blocks map[string]string // by language
}

// prints is the language of a block that shows what the others print.
const prints = "text"

// apidoc returns the sections of docs/api.md that have blocks.
func apidoc(t *testing.T) (sections []section) {
	t.Helper()
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split(string(text), "\n## ")[1:] {
		title, body, _ := strings.Cut(part, "\n")
		s := section{title, map[string]string{}}
		for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```").FindAllStringSubmatch(body, -1) {
			if s.blocks[m[1]] != "" {
				t.Errorf("%s has two blocks of %s", title, m[1])
			}
			s.blocks[m[1]] = m[2]
		}
		if len(s.blocks) > 0 {
			sections = append(sections, s)
		}
	}
	if len(sections) < 14 {
		t.Fatalf("docs/api.md has %d sections with calls", len(sections))
	}
	return sections
}

// divider is printed between the sections of a program.
const divider = "----"

// Ensure that the calls of docs/api.md print what stands there, in every language.
func TestAPIDoc(t *testing.T) {
	sections := apidoc(t)
	for _, l := range []struct {
		name    string
		between string // prints the divider
		file    string
		run     func(t *testing.T, file string) *exec.Cmd
	}{
		{"sh", "echo " + divider + "\n", "calls.sh", func(t *testing.T, file string) *exec.Cmd {
			for _, tool := range []string{"curl", "jq"} {
				_, err := exec.LookPath(tool)
				tier.Need(t, "curl", err)
			}
			return exec.Command("bash", "-euo", "pipefail", file)
		}},
		{"python", `print("` + divider + `", flush=True)` + "\n", "calls.py", func(t *testing.T, file string) *exec.Cmd {
			return exec.Command(venv.Python(t, "testdata/python/clients.txt"), file)
		}},
		{"go", "", "main.go", func(t *testing.T, file string) *exec.Cmd {
			program := filepath.Join(filepath.Dir(file), "calls")
			must(t, exec.Command("go", "build", "-o", program, file))
			return exec.Command(program)
		}},
		{"js", `console.log("` + divider + `");` + "\n", "calls.mjs", func(t *testing.T, file string) *exec.Cmd {
			tier.Node(t)
			return exec.Command("node", file)
		}},
	} {
		t.Run(l.name, func(t *testing.T) {
			twin := reader(t)
			var program, functions strings.Builder
			for i, s := range sections {
				if s.blocks[l.name] == "" || s.blocks[prints] == "" {
					t.Fatalf("%q has no %s, or does not say what it prints", s.title, l.name)
				}
				if i > 0 {
					program.WriteString(l.between)
					fmt.Fprintf(&functions, "fmt.Println(%q)\n", divider)
				}
				program.WriteString(s.blocks[l.name])
				for _, m := range regexp.MustCompile(`(?m)^func (\w+)\(\) \{$`).FindAllStringSubmatch(s.blocks[l.name], -1) {
					fmt.Fprintf(&functions, "%s()\n", m[1])
				}
			}
			if l.name == "go" {
				fmt.Fprintf(&program, "func main() {\n%s}\n", functions.String())
			}
			file := filepath.Join(t.TempDir(), l.file)
			if err := os.WriteFile(file, []byte(program.String()), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := l.run(t, file)
			cmd.Env = append(os.Environ(), "TWIN="+twin.url, "CLIENT_ID=machine", "CLIENT_SECRET="+twin.secret)
			var stderr strings.Builder
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %s%s", err, out, stderr.String())
			}
			// CSV has its own ends of lines.
			got := strings.Split(strings.ReplaceAll(string(out), "\r\n", "\n"), divider+"\n")
			if len(got) != len(sections) {
				t.Fatalf("%d sections printed something, want %d: %s", len(got), len(sections), out)
			}
			for i, s := range sections {
				if got[i] != s.blocks[prints] {
					t.Errorf("%s\ngot\n%s\nand docs/api.md shows\n%s", s.title, got[i], s.blocks[prints])
				}
			}
		})
	}
}

// Ensure that docs/api.md has every path of the OpenAPI document.
func TestAPIDoc_Paths(t *testing.T) {
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for path := range paths(t, reader(t)) {
		pattern := regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), `[^/\s]+`)
		if !regexp.MustCompile(pattern).Match(text) {
			t.Errorf("docs/api.md does not show %s", path)
		}
	}
}
