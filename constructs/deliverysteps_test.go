package constructs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/venv"
)

// buildSpec is a specification of AWS CodeBuild, as far as it is run here.
type buildSpec struct {
	Phases map[string]struct{ Commands, Finally []string }
	Cache  struct{ Paths []string }
}

// specs reads the specifications of the projects, by what their names have in them.
func specs(t *testing.T, names ...string) map[string]buildSpec {
	t.Helper()
	all := map[string]buildSpec{}
	for _, r := range synthDelivery(t).All("AWS::CodeBuild::Project") {
		i := slices.IndexFunc(names, func(n string) bool { return strings.Contains(r.Name(), n) })
		if i < 0 {
			continue
		}
		read := exec.Command(venv.Python(t, "testdata/cfn-lint.txt"), "-c",
			"import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout, default=str)")
		read.Stdin = strings.NewReader(r.Text("Source", "BuildSpec"))
		out, err := read.CombinedOutput()
		var spec buildSpec
		if err != nil || json.Unmarshal(out, &spec) != nil {
			t.Fatalf("%s is no YAML: %v, %s", r.Name(), err, out)
		}
		all[names[i]] = spec
	}
	if len(all) != len(names) {
		t.Fatalf("projects of %q, want %q", all, names)
	}
	return all
}

// machine is a machine of AWS CodeBuild, whose commands note what they are called with.
type machine struct {
	*testing.T
	dir string
}

// The commands that note their arguments: twin fails the step that $FAILS names.
const (
	noted = "#!/bin/sh\necho \"$(basename \"$0\") $*\" >> \"$NOTES\"\n"
	twin  = noted + `[ "$2" != "$FAILS" ]` + "\n"
	aws   = noted + `case "$*" in *get-secret-value*) echo '{"clientId":"c"}';; esac` + "\n"
)

func newMachine(t *testing.T) *machine {
	m := &machine{t, t.TempDir()}
	state := filepath.Join(m.dir, ".twin", "deliver", "prod", "outputs.json")
	if err := os.MkdirAll(filepath.Dir(state), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"twin": twin, "bin/aws": aws, "bin/npm": noted, "bin/go": noted,
		".twin/deliver/prod/outputs.json": `{"DigitalTwin-prod":{"CanaryCredentials":"the-secret"},` +
			`"DigitalTwin-prod-twin-canary":{"CanaryStreamArn":"the-stream"}}`,
	} {
		if err := os.MkdirAll(filepath.Join(m.dir, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(m.dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// run runs the commands of a specification, as CodeBuild does: the next one where the one before succeeds, and those of
// finally always. It returns what was called.
func (m *machine) run(spec buildSpec, step, fails string) (called string, ok bool) {
	m.Helper()
	notes := filepath.Join(m.dir, "notes")
	ok = true
	do := func(commands []string) {
		for _, c := range commands {
			if !ok {
				return
			}
			cmd := exec.Command("sh", "-c", c)
			cmd.Dir = m.dir
			cmd.Env = append(os.Environ(), "PATH="+filepath.Join(m.dir, "bin")+":"+os.Getenv("PATH"), "NOTES="+notes,
				"FAILS="+fails, "STEP="+step,
				"ENVIRONMENT=prod", "BUCKET=bucket", "REGION=eu-central-2", "SMOKE_ROLE=the-role")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Run(); err != nil {
				ok = false
				m.Logf("%v: %s", err, &out)
			}
		}
	}
	do(spec.Phases["install"].Commands)
	do(spec.Phases["build"].Commands)
	if finally := spec.Phases["build"].Finally; finally != nil {
		succeeded := ok
		ok = true
		do(finally)
		ok = ok && succeeded
	}
	b, err := os.ReadFile(notes)
	if err != nil {
		m.Fatal(err)
	}
	if err := os.Remove(notes); err != nil {
		m.Fatal(err)
	}
	return string(b), ok
}

// Ensure that the commands of the projects run: a step is one of the command line, what is deployed is kept also when a
// step fails, and a smoke test that fails is followed by the way back and fails.
func TestDeliverySteps(t *testing.T) {
	all := specs(t, "Build", "-prod/", "-dev/")
	m := newMachine(t)
	const state = "s3 sync --only-show-errors"
	for _, c := range []struct {
		project, step, fails string
		ok                   bool
		want                 []string // in this order
		not                  string
	}{
		{"Build", "", "", true, []string{"npm ci", "go build -o twin ./cmd/twin", "twin deliver check", "twin deliver synth"},
			"aws"},
		{"Build", "", "check", false, []string{"twin deliver check"}, "twin deliver synth"},
		{"-prod/", "gate", "", true, []string{"npm ci", "aws " + state + " s3://bucket/prod .twin/deliver/prod",
			"twin deliver gate prod",
			"aws " + state + " --delete .twin/deliver/prod s3://bucket/prod"}, "secretsmanager"},
		{"-prod/", "deploy", "deploy", false, []string{"twin deliver deploy prod", "aws " + state + " --delete"}, "back"},
		{"-prod/", "smoke", "", true, []string{"aws --profile smoke secretsmanager get-secret-value --secret-id the-secret",
			"twin deliver smoke prod --credentials client.json --put aws --profile smoke kinesis put-record",
			"--stream-arn the-stream", "aws " + state}, "back"},
		{"-prod/", "smoke", "smoke", false, []string{"twin deliver smoke prod", "twin deliver back prod",
			"aws " + state + " --delete"}, "synth"},
		{"-dev/", "deploy", "", true, []string{"twin deliver deploy prod"}, "smoke"},
	} {
		called, ok := m.run(all[c.project], c.step, c.fails)
		at := 0
		for _, want := range c.want {
			i := strings.Index(called[at:], want)
			if i < 0 {
				t.Fatalf("%s %s: no %q, or too early, in\n%s", c.project, c.step, want, called)
			}
			at += i
		}
		if ok != c.ok || strings.Contains(called, c.not) {
			t.Errorf("%s %s ends with %v, want %v, without %q:\n%s", c.project, c.step, ok, c.ok, c.not, called)
		}
	}
	for _, name := range []string{".smoke", "client.json"} {
		if info, err := os.Stat(filepath.Join(m.dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v, %v", name, info, err)
		}
	}
	if len(all["Build"].Cache.Paths) < 4 {
		t.Errorf("the caches are %v", all["Build"].Cache.Paths)
	}
}
