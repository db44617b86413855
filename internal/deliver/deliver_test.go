package deliver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/deliver"
)

// resources are resources of a template by their ids.
type resources map[string]map[string]any

func of(kind, policy string, properties map[string]any) map[string]any {
	return map[string]any{"Type": kind, "DeletionPolicy": policy, "UpdateReplacePolicy": policy, "Properties": properties}
}

// app is an environment with a core and a dataset, as a synth writes it.
func app() map[string]resources {
	return map[string]resources{
		"DigitalTwin-prod": {
			"Table": of("AWS::DynamoDB::Table", "Retain",
				map[string]any{"KeySchema": "component", "DeletionProtectionEnabled": true}),
			"Key":    of("AWS::KMS::Key", "Retain", map[string]any{"Description": "readings"}),
			"Apply":  of("AWS::Lambda::Function", "Delete", map[string]any{"Code": "1"}),
			"Policy": of("AWS::IAM::Policy", "Delete", map[string]any{"Key": map[string]any{"Ref": "Key"}}),
		},
		"DigitalTwin-prod-wagons": {"Source": of("AWS::Kinesis::Stream", "Retain", map[string]any{"ShardCount": 1})},
		"DigitalTwin-dev":         {"Table": of("AWS::DynamoDB::Table", "Delete", nil)},
	}
}

// site is a folder with an app, and a command line of the CDK that notes what it is asked.
type site struct {
	t *testing.T
	deliver.Delivery
	out   bytes.Buffer
	asked []string
	fail  string // the subcommand of cdk that fails
	says  string // and what it says
}

func newSite(t *testing.T) *site {
	s := &site{t: t}
	s.Delivery = deliver.Delivery{
		Dir: t.TempDir(), Assembly: "cdk.out", CDK: []string{"npx", "cdk"}, Accepted: "accepted.txt", Monitored: 5,
		Out: &s.out,
	}
	s.State = deliver.State(filepath.Join(s.Dir, "state"))
	s.Command = func(_ context.Context, out io.Writer, name string, args ...string) error {
		s.asked = append(s.asked, strings.Join(append([]string{name}, args...), " "))
		if slices.Contains(args, s.fail) {
			fmt.Fprint(out, s.says)
			return errors.New("exit status 1")
		}
		if i := slices.Index(args, "--outputs-file"); i > 0 {
			text := `{"DigitalTwin-prod":{"ApiUrl":"https://x/v1","RollbackAlarms":"arn:a,arn:b"}}`
			return os.WriteFile(args[i+1], []byte(text), 0o644)
		}
		return nil
	}
	return s
}

// synth writes an app as the assembly.
func (s *site) synth(stacks map[string]resources) {
	s.t.Helper()
	folder := filepath.Join(s.Dir, s.Assembly)
	if err := os.RemoveAll(folder); err != nil {
		s.t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(folder, "asset.1"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "asset.1", "bootstrap"), []byte("program"), 0o755); err != nil {
		s.t.Fatal(err)
	}
	for name, r := range stacks {
		b, err := json.Marshal(map[string]any{"Resources": r})
		if err != nil {
			s.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+".template.json"), b, 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
}

// accept writes the file of what is meant.
func (s *site) accept(lines ...string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, "accepted.txt"), []byte("# meant\n"+strings.Join(lines, "\n")),
		0o644); err != nil {
		s.t.Fatal(err)
	}
}

// deploy synthesizes and deploys an app to prod.
func (s *site) deploy(stacks map[string]resources) {
	s.t.Helper()
	s.synth(stacks)
	if err := s.Deploy(s.t.Context(), "prod"); err != nil {
		s.t.Fatal(err)
	}
}

// Ensure that the gate lets a harmless change pass, and stops what loses data or leaves something, with a list, until
// the lines of the list are in the file of what is accepted.
func TestGate(t *testing.T) {
	for _, c := range []struct {
		what   string
		change func(map[string]resources)
		want   string // in the list; empty where it passes
	}{
		{"nothing", func(map[string]resources) {}, ""},
		{"new code", func(a map[string]resources) {
			a["DigitalTwin-prod"]["Apply"]["Properties"] = map[string]any{"Code": "2"}
		}, ""},
		{"one function more and one less", func(a map[string]resources) {
			delete(a["DigitalTwin-prod"], "Apply")
			a["DigitalTwin-prod"]["Other"] = of("AWS::Lambda::Function", "Delete", nil)
		}, ""},
		{"a dataset more", func(a map[string]resources) { a["DigitalTwin-prod-buses"] = a["DigitalTwin-prod-wagons"] }, ""},
		{"a renamed table", func(a map[string]resources) {
			a["DigitalTwin-prod"]["Table2"] = a["DigitalTwin-prod"]["Table"]
			delete(a["DigitalTwin-prod"], "Table")
		}, "prod loses: DigitalTwin-prod"},
		{"other keys of a table", func(a map[string]resources) {
			a["DigitalTwin-prod"]["Table"]["Properties"] = map[string]any{"KeySchema": "metric",
				"DeletionProtectionEnabled": true}
		}, "it is made anew"},
		{"a removed key", func(a map[string]resources) { delete(a["DigitalTwin-prod"], "Key") }, "what only it decrypts"},
		{"retain is destroy", func(a map[string]resources) { a["DigitalTwin-prod"]["Table"]["DeletionPolicy"] = "Delete" },
			"prod unprotects:"},
		{"no protection from deletion", func(a map[string]resources) {
			a["DigitalTwin-prod"]["Table"]["Properties"] = map[string]any{"KeySchema": "component"}
		}, "not protected from deletion any more"},
		{"a removed dataset", func(a map[string]resources) { delete(a, "DigitalTwin-prod-wagons") },
			"prod leaves: DigitalTwin-prod-wagons: the stack is not in the app any more"},
		{"a change of another environment", func(a map[string]resources) { delete(a["DigitalTwin-dev"], "Table") }, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			s := newSite(t)
			s.deploy(app())
			changed := app()
			c.change(changed)
			s.synth(changed)
			err := s.Gate(t.Context(), "prod")
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			stopped, ok := errors.AsType[*deliver.Stopped](err)
			if !ok || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("the gate says %v, want %s", err, c.want)
			}
			s.accept(stopped.Findings...)
			if err := s.Gate(t.Context(), "prod"); err != nil {
				t.Errorf("what is accepted is stopped: %v", err)
			}
		})
	}
}

// Ensure that CloudFormation judges the stacks that are there, and that its verdict stops the delivery.
func TestGateAsksCloudFormation(t *testing.T) {
	s := newSite(t)
	s.deploy(app())
	next := app()
	next["DigitalTwin-prod-buses"] = next["DigitalTwin-prod-wagons"]
	s.synth(next)
	s.fail, s.says = "diff", "Stack DigitalTwin-prod\n\n\u274c  Found 2 destructive change(s) (--fail-on=destructive):\n"+
		"  DigitalTwin-prod: AWS::Lambda::Function Twin/Apply Apply will be destroyed\n"+
		"  DigitalTwin-prod-wagons: Custom::DigitalTwinDataset Pipeline/CatalogueEntry Entry may be replaced\n"
	const lost = "prod destructive: DigitalTwin-prod: AWS::Lambda::Function Twin/Apply Apply will be destroyed"
	if err := s.Gate(t.Context(), "prod"); err == nil || !strings.Contains(err.Error(), lost) ||
		strings.Contains(err.Error(), "Custom") {
		t.Errorf("the gate says %v", err)
	}
	asked := s.asked[len(s.asked)-1]
	if !strings.Contains(asked, "--fail-on destructive DigitalTwin-prod "+
		"DigitalTwin-prod-wagons") || strings.Contains(asked, "buses") {
		t.Errorf("it asks: %s", asked)
	}
	s.accept(lost)
	if err := s.Gate(t.Context(), "prod"); err != nil {
		t.Errorf("what is accepted is stopped: %v", err)
	}
	for _, other := range []string{
		"no credentials", strings.Replace(s.says, "Found 2", "Found 3", 1), "Found 2 destructive change(s)",
		"Found 99999999999999999999 destructive change(s)",
	} {
		s.says = other
		if err := s.Gate(t.Context(), "prod"); err == nil || !strings.Contains(err.Error(), "cdk diff cannot compare") {
			t.Errorf("cdk diff fails with %q, and the gate says %v", other, err)
		}
	}
}

// Ensure that a deployment names its stacks, watches the alarms that the one before told of, and fails as a whole.
func TestDeploy(t *testing.T) {
	s := newSite(t)
	s.deploy(app())
	if asked := s.asked[len(s.asked)-1]; strings.Contains(asked, "rollback") || !strings.HasSuffix(asked, " "+
		"DigitalTwin-prod DigitalTwin-prod-wagons") {
		t.Errorf("the first deployment: %s", asked)
	}
	s.deploy(app())
	if asked := s.asked[len(s.asked)-1]; !strings.Contains(asked, "--monitoring-time-minutes 5 "+
		"--rollback-trigger-alarm-arns arn:a --rollback-trigger-alarm-arns arn:b ") {
		t.Errorf("the second deployment: %s", asked)
	}
	s.fail = "deploy"
	if err := s.Deploy(t.Context(), "prod"); err == nil || !strings.Contains(err.Error(), "rolled back") {
		t.Errorf("it fails with %v", err)
	}
	if err := s.Deploy(t.Context(), "test"); err == nil ||
		!strings.Contains(err.Error(), `no stacks of the environment "test": it has dev, prod`) {
		t.Errorf("an unknown environment: %v", err)
	}
}

// Ensure that going back deploys the last assembly that was good: the one before a bad one, and the one before the
// one that was good until now.
func TestBack(t *testing.T) {
	s := newSite(t)
	version := func(code string) map[string]resources {
		a := app()
		a["DigitalTwin-prod"]["Apply"]["Properties"] = map[string]any{"Code": code}
		return a
	}
	back := func(want string) {
		t.Helper()
		if err := s.Back(t.Context(), "prod"); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(string(s.State), "prod", "deployed", "DigitalTwin-prod.template.json"))
		if err != nil || !strings.Contains(string(b), `"Code":"`+want+`"`) {
			t.Errorf("back is %s, %v, want %s", b, err, want)
		}
		if _, err := os.Stat(filepath.Join(string(s.State), "prod", "deployed", "asset.1", "bootstrap")); err != nil {
			t.Error(err)
		}
	}
	if err := s.Back(t.Context(), "prod"); err == nil {
		t.Error("it goes back from nothing")
	}
	s.deploy(version("1"))
	if err := s.Back(t.Context(), "prod"); err == nil {
		t.Error("it goes back from the first deployment, which was never good")
	}
	for _, code := range []string{"1", "2"} {
		s.deploy(version(code))
		for range 2 { // to say it twice changes nothing
			if err := s.Smoked("prod"); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.deploy(version("3")) // which does not work
	back("2")
	back("1")
}

// Ensure that going back is refused where it would lose data.
func TestBackLosesNothing(t *testing.T) {
	s := newSite(t)
	s.deploy(app())
	if err := s.Smoked("prod"); err != nil {
		t.Fatal(err)
	}
	next := app()
	next["DigitalTwin-prod-buses"] = next["DigitalTwin-prod-wagons"]
	s.deploy(next)
	if err := s.Back(t.Context(), "prod"); err == nil || !strings.Contains(err.Error(), "prod leaves: "+
		"DigitalTwin-prod-buses") {
		t.Errorf("it says %v", err)
	}
}

// Ensure that check and synth are the commands of the README.
func TestCommands(t *testing.T) {
	s := newSite(t)
	if err := errors.Join(s.Check(t.Context()), s.Synth(t.Context(), "-c", "arch=amd64")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"go run ./test/all", "npx cdk synth --quiet --output cdk.out -c " +
		"arch=amd64"}; !slices.Equal(s.asked, want) {
		t.Errorf("%q", s.asked)
	}
}
