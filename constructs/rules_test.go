package constructs_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that mistakes in a file of grants fail the synth, all at once, each with its file, line and column, and what
// was meant: a client and a dataset that are not there among them.
func TestBadGrantsFailTheSynth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "access.json")
	err := os.WriteFile(file, []byte(`{"grants": [
  {"who": "client:cargo-planer", "read": {"datasets": ["wagon_telemetry", "hsl_hpf"]}},
  {"who": "*", "raed": {}}
]}`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = synthesizeWith(t, `{"dev":{"access":"`+file+
		`","clients":{"cargo-planner":{}},"datasets":{"wagon_telemetry":{}}}}`, extractors.All())
	if err == nil {
		t.Fatal("it was synthesized")
	}
	for _, want := range []string{
		"DigitalTwinCore Twin", "access.json:2:11: ", `there is no client "cargo-planer"`, "did you mean cargo-planner?",
		"access.json:2:75: ", `there is no dataset "hsl_hpf"`, "did you mean hsl_hfp?", "access.json:3:16: ",
		"did you mean read?",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	for settings, want := range map[string]string{
		`{"dev":{"access":"nosuch.json"}}`:     "environment dev: access: open ",
		`{"dev":{"otherDatasets":["barges"]}}`: "environment dev: otherDatasets is for the grants of a file: name one in access",
	} {
		if _, err := synthesizeWith(t, settings, extractors.All()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

// Ensure that the query function knows the ids of the clients that the grants name, and no other, and that its code is
// another one under other grants, so that a change of them is deployed and seen in a diff.
func TestGrantsReachTheQueryFunction(t *testing.T) {
	code := map[string]string{}
	for environment, want := range map[string]string{
		"dev": "", "full": "machine=${Twin/Users/Machine}", "prod": "machine=${Twin/Users/Machine}",
	} {
		f := everything(t).one(t, environment, "Twin/Query/Function")
		variable := ""
		for name := range (wiring.Query{Clients: wiring.NewIDs(map[string]string{"a": "b"})}).Env() {
			if strings.Contains(name, "CLIENTS") {
				variable = name
			}
		}
		if got := f.Text("Environment", "Variables", variable); !strings.HasPrefix(got, strings.TrimSuffix(want, "}")) ||
			want == "" && got != "" {
			t.Errorf("%s: %q, want %q", environment, got, want)
		}
		code[f.Text("Code", "S3Key")] = environment
	}
	if len(code) != 3 {
		t.Errorf("the same code under other grants: %v", code)
	}
}
