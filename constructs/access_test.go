package constructs_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/test/access"
	"github.com/railtwin/digitaltwin/test/iam"
	"github.com/railtwin/digitaltwin/test/venv"
)

// settingsOfAll are the settings of every environment that is synthesized.
func settingsOfAll() map[string]any {
	all := maps.Clone(contextOfApp()["environments"].(map[string]any))
	maps.Copy(all, environmentsOfTests())
	return all
}

// matrix judges who may do what in an environment.
func matrix(t *testing.T, environment string) (*iam.World, []access.Task, []access.Answer) {
	t.Helper()
	w, err := iam.NewWorld(everything(t).App, environment)
	if err != nil {
		t.Fatalf("%s: %v", environment, err)
	}
	settings, err := access.ReadSettings(settingsOfAll()[environment])
	if err != nil {
		t.Fatalf("%s: %v", environment, err)
	}
	tasks, err := access.Tasks(w, settings)
	if err != nil {
		t.Fatalf("%s: %v", environment, err)
	}
	answers, err := access.Judge(w, tasks)
	if err != nil {
		t.Fatalf("%s: %v", environment, err)
	}
	return w, tasks, answers
}

// Ensure that in every environment whoever has a task can do it, and that nobody can do more: every use of a key that
// is allowed is refused directly, through another service, from another account, and to a role with every right.
func TestWhoMayDoWhat(t *testing.T) {
	for _, environment := range slices.Sorted(maps.Keys(settingsOfAll())) {
		_, tasks, answers := matrix(t, environment)
		refused := 0
		for _, a := range answers {
			if a.Got != a.Want {
				t.Errorf("%s: %s", environment, a)
			}
			if !a.Want {
				refused++
			}
		}
		t.Logf("%s: %d tasks, %d calls, of which %d are refused", environment, len(tasks), len(answers), refused)
	}
}

// unnoticed are the statements and conditions that can be taken away without a change of any answer, and why they stay.
var unnoticed = map[string]string{
	"demand Twin/OperatorPolicy DecryptRejects": "nobody is named as an operator there: this is the half that a person " +
		"brings, and the key lets nobody in",
}

// Ensure that every statement and every condition is there for something: without it an answer changes.
func TestEveryStatementIsNeeded(t *testing.T) {
	all, noticed, used := 0, 0, map[string]bool{}
	for _, environment := range slices.Sorted(maps.Keys(settingsOfAll())) {
		w, _, answers := matrix(t, environment)
		removals, err := access.Removals(w, answers)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range removals {
			all++
			if r.Noticed {
				noticed++
				continue
			}
			name := strings.Join(strings.Fields(environment+" "+r.String()), " ")
			used[name] = true
			if unnoticed[name] == "" {
				t.Errorf("%s: without it nothing changes; is it needed?", name)
			}
		}
	}
	t.Logf("%d of %d removals of a statement or a condition are noticed", noticed, all)
	for name := range unnoticed {
		if !used[name] {
			t.Errorf("%s is noticed; take it off the list", name)
		}
	}
	if 100*noticed < 95*all {
		t.Errorf("only %d of %d are noticed, want 95 %%", noticed, all)
	}
}

// Ensure that the evaluator of these tests decides as another one does, the AWS emulator's.
func TestEvaluatorsAgree(t *testing.T) {
	python := venv.Python(t, "../test/rehearsal/testdata/ministack.txt")
	type request struct {
		ARN      string              `json:"arn"`
		Account  string              `json:"account"`
		Service  string              `json:"service"`
		Action   string              `json:"action"`
		Resource string              `json:"resource"`
		Context  map[string][]string `json:"context"`
		Rights   []map[string]any    `json:"rights"`
		Policy   []map[string]any    `json:"policy"`
		Owner    string              `json:"owner"`
		Required bool                `json:"required"`
	}
	documents := func(statements []*iam.Statement) []map[string]any {
		all := []map[string]any{}
		for _, s := range statements {
			all = append(all, s.Document())
		}
		return all
	}
	var asked []access.Answer
	var requests []request
	for _, environment := range slices.Sorted(maps.Keys(settingsOfAll())) {
		w, _, answers := matrix(t, environment)
		for _, a := range answers {
			r, place := a.Request, w.Place(a.Request.Resource)
			asked = append(asked, a)
			requests = append(requests, request{
				r.Caller.ARN, r.Caller.Account, r.Caller.Service, r.Action, r.Resource, r.Context,
				documents(r.Caller.Rights), documents(place.Policy), place.Account, place.Required,
			})
		}
	}
	in, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/evaluate.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var theirs []bool
	if err := json.Unmarshal(out, &theirs); err != nil || len(theirs) != len(asked) {
		t.Fatalf("%d answers of %d, %v", len(theirs), len(asked), err)
	}
	for i, a := range asked {
		if a.Got != theirs[i] {
			t.Errorf("the emulator says %t: %s", theirs[i], a)
		}
	}
	t.Logf("%d calls are decided alike", len(asked))
}

// Ensure that a list of names is read as it is meant, and that a name that could let strangers in is refused with a
// reason.
func TestAccessIsChecked(t *testing.T) {
	many := `"` + strings.Repeat(`arn:aws:iam::123456789012:role/a","`, 100) + `arn:aws:iam::123456789012:role/a"`
	for settings, want := range map[string]string{
		`{"operators":"everybody"}`:                                                                             `operators has "everybody": want arn:aws:iam::ACCOUNT:role/NAME`,
		`{"operators":["account","arn:aws:iam::123456789012:role/a"]}`:                                          `operators has "account", which is everybody of the account, and more`,
		`{"operators":["arn:aws:iam::123456789012:role/ops/*"]}`:                                                `whoever may create roles could let themselves in`,
		`{"operators":["arn:aws:iam::123456789012:role/aws-reserved/other/*/AWSReservedSSO_a_*"]}`:              `want a name without *`,
		`{"operators":["arn:aws:sts::123456789012:assumed-role/a/session"]}`:                                    `want the role itself`,
		`{"operators":["arn:aws:iam::123456789012:root"]}`:                                                      `want arn:aws:iam::ACCOUNT:role/NAME`,
		`{"account":"123456789012","restorers":["arn:aws:iam::210987654321:role/a"]}`:                           `of the account 210987654321: want roles of 123456789012`,
		`{"clients":{"a":{"readers":["arn:aws:iam::123456789012:role/a","arn:aws:iam::210987654321:role/a"]}}}`: `has names of 2 accounts: set "account"`,
		`{"datasets":{"wagon_telemetry":{"producers":["wagons"]}}}`:                                             `dataset wagon_telemetry: producers has "wagons"`,
		`{"operators":[` + many +
			`]}`: `operators has 101 names: want at most 100`,
	} {
		_, err := constructs.ParseSettings(decoded(t, `{"dev":`+settings+`}`), "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.120s: %v\nwant %s", settings, err, want)
		}
	}
	const stream = `"sourceArn":"arn:aws:kinesis:eu-central-1:123456789012:stream/a"`
	_, err := synthesizeWith(t, `{"dev":{"datasets":{"wagon_telemetry":{`+stream+`,"producers":"account"}}}}`,
		extractors.All())
	if want := "ask the stream's owner to let them in"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("producers of a stream of others: %v, want %s", err, want)
	}
}

// Ensure that roles and policies have names that fit, that differ where what they are about differs, and that are the
// same in every synth: keys and people speak of them.
func TestNames(t *testing.T) {
	seen := map[string]string{}
	for _, kind := range []struct {
		kind, property string
		length         int
	}{{"AWS::IAM::Role", "RoleName", 64}, {"AWS::IAM::ManagedPolicy", "ManagedPolicyName", 128}} {
		for _, r := range everything(t).All(kind.kind) {
			name := strings.ReplaceAll(r.Text(kind.property), "${AWS::Region}", "ap-southeast-1")
			if name == "" && r.Name() == "Twin/ApiLogsRole" {
				continue // of the whole account, and known to no key
			}
			if len(name) > kind.length || !strings.HasPrefix(name, "DigitalTwin-"+r.Stack.Environment+"-") || seen[name] != "" {
				t.Errorf("%s is called %q, of %d characters, as %q is", r.Path, name, len(name), seen[name])
			}
			seen[name] = r.Path
			if path := r.Text("Path"); !strings.HasPrefix(path, "/digitaltwin/"+r.Stack.Environment+"/") {
				t.Errorf("%s has the path %s", r.Path, path)
			}
		}
	}
	const want = "DigitalTwin-prod-digitraffic_train_locat-19c3f1e4-eu-central-1"
	if got := everything(t).inStack(t, "DigitalTwin-prod-digitraffic-train-locations",
		"Pipeline/Extract/Role").Text("RoleName"); got != want {
		t.Errorf("a long name is cut to %s, want %s", got, want)
	}
}
