package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ensure that a step is refused that cannot be meant, and that a step that fails says so by its status.
func TestDeliverSteps(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"deliver", 2, "which step?"},
		{"deliver gat prod", 2, `unknown step "gat"`},
		{"deliver gate", 2, "gate is of one environment"},
		{"deliver synth prod", 2, "synth is of all environments"},
		{"deliver deploy prod --minutes 181", 2, "--minutes must be from 0 to 180"},
		{"deliver gate prod", 1, "run npx cdk synth first"},
		{"deliver smoke prod --credentials x", 1, "no deployment to prod is known"},
		{"deliver back prod", 1, "no good assembly is kept"},
		{"deliver synth --cdk false", 1, "exit status 1"},
		{"deliver synth --cdk true", 0, ""},
	} {
		code, _, errs := twin(t, strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("twin %s: status %d, want %d: %s", c.args, code, c.code, errs)
		}
	}
	outputs := filepath.Join(".twin", "deliver", "prod", "outputs.json")
	if err := os.MkdirAll(filepath.Dir(outputs), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(outputs, []byte(`{"DigitalTwin-prod":{"ApiUrl":"https://twin.example.com/v1"}}`),
		0o644); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := twin(t, "deliver", "smoke", "prod"); code != 1 || !strings.Contains(errs, "smoke needs "+
		"--credentials") {
		t.Errorf("smoke without credentials: status %d: %s", code, errs)
	}
}

// Ensure that the workflows of GitHub Actions run nothing by a name that somebody else can move and have no rights but
// those of their jobs; that one runs every test; and that the other takes every step in its order, with what each job
// needs.
func TestWorkflows(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile(filepath.Join("../../.github/workflows", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`uses: (\S+)`).FindAllStringSubmatch(string(b), -1) {
			if !regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`).MatchString(m[1]) {
				t.Errorf("%s: %s is not pinned by a hash", name, m[1])
			}
		}
		if !strings.Contains(string(b), "\npermissions: {}\n") || strings.Contains(string(b), "secrets.") {
			t.Errorf("%s has other rights", name)
		}
		return string(b)
	}
	if text := read("check.yml"); !strings.Contains(text, "run: .ci/run\n") || !strings.Contains(text, "pull_request:") ||
		strings.Contains(text, "write") {
		t.Error("check.yml does not run every test, or may write")
	}
	text := read("deliver.yml")
	at := 0
	for _, s := range steps {
		i := strings.Index(text[at:], "./twin deliver "+s.name)
		if i < 0 {
			t.Fatalf("the step %s is missing, or too early", s.name)
		}
		at += i
	}
	if strings.Count(text, "uses: ") < 6 || strings.Count(text, "id-token: write") != 1 {
		t.Error("deliver.yml has other rights")
	}
}
