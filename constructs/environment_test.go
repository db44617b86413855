package constructs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
)

var environments = []string{"dev", "prod"}

// warned are the warnings of the example environments and of those of the tests, by their places. There are no others.
var warned = map[string]string{
	"/DigitalTwin-demand/Twin open":        `every valid token reads everything of the environment demand: name a file of grants in "access"`,
	"/DigitalTwin-dev/Twin open":           "every valid token reads everything of the environment dev",
	"/DigitalTwin-sources/Twin open":       "every valid token reads everything of the environment sources",
	"/DigitalTwin-demand/Twin no-operator": "nobody may read rejects and failed batches: name roles in operators",
	"/DigitalTwin-dev/Twin off-wagon_motion": "aws cloudformation delete-stack --stack-name " +
		"DigitalTwin-dev-wagon-motion",
	"/DigitalTwin-prod/Twin off-wagon_motion": "it still runs and is billed",
	"/DigitalTwin-prod/Twin unprotected":      `set "protect": true after the first deployment has succeeded`,
	"/DigitalTwin-prod/Twin no-subscriber": "the alarms of the environment prod reach nobody: name addresses in " +
		"alarms.emails",
	"/DigitalTwin-sources/Twin no-subscriber":     "subscribe to the topic of the output AlarmTopicArn",
	"/DigitalTwin-sources/Twin off-basel_parking": "the dataset basel_parking is off, which deletes nothing",
}

// Ensure that a synth warns of what its settings show to be dangerous or to be missing, with what to do, and of nothing
// else.
func TestWarnings(t *testing.T) {
	got := warnings(t, everything(t))
	for place, text := range got {
		if want := warned[place]; want == "" || !strings.Contains(text, want) {
			t.Errorf("%s: %s; want %q", place, text, want)
		}
	}
	for place := range warned {
		if got[place] == "" {
			t.Errorf("%s: there is no warning", place)
		}
	}
	nobody, err := synthesizeWith(t, `{"dev":{"removal":"destroy","datasets":{"oslo_bysykkel_gbfs":{}}}}`,
		extractors.All())
	if err != nil {
		t.Fatal(err)
	}
	got = warnings(t, nobody)
	for place, want := range map[string]string{
		"/DigitalTwin-dev/Twin open":                               "see docs/access.md",
		"/DigitalTwin-dev/Twin no-operator":                        `or write "account"`,
		"/DigitalTwin-dev/Twin/Client-machine no-reader":           "name roles in clients.machine.readers",
		"/DigitalTwin-dev-oslo-bysykkel-gbfs/Pipeline no-producer": "name roles in datasets.oslo_bysykkel_gbfs.producers",
	} {
		if !strings.Contains(got[place], want) {
			t.Errorf("%s: %q, want %s", place, got[place], want)
		}
	}
	if len(got) != 4 {
		t.Errorf("the warnings are %v", got)
	}
}

// warnings are the warnings and errors of a synth, by their places and ids.
func warnings(t *testing.T, a *app) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(a.Dir, "*.metadata.json"))
	if err != nil || len(files) != len(a.Stacks) {
		t.Fatalf("%d files of annotations for %d stacks, %v", len(files), len(a.Stacks), err)
	}
	found := map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var metadata map[string][]struct {
			Type string
			Data any
		}
		if err := json.Unmarshal(b, &metadata); err != nil {
			t.Fatal(err)
		}
		for path, entries := range metadata {
			for _, e := range entries {
				if e.Type != "aws:cdk:warning" && e.Type != "aws:cdk:error" {
					continue
				}
				text, id, _ := strings.Cut(e.Data.(string), " [ack: digitaltwin:")
				found[path+" "+strings.TrimSuffix(id, "]")] = text
			}
		}
	}
	return found
}

// datasets are what cdk.json deploys in an environment.
func datasets(t *testing.T, environment string) []string {
	t.Helper()
	settings, err := constructs.ParseSettings(contextOfApp()["environments"], environment)
	if err != nil {
		t.Fatal(err)
	}
	if len(settings[0].Datasets) == 0 {
		t.Fatalf("%s has no datasets", environment)
	}
	return slices.Sorted(maps.Keys(settings[0].Datasets))
}

// Ensure that an environment is one core stack and one stack for every dataset.
func TestStacks(t *testing.T) {
	a := theApp(t)
	var want, got []string
	for _, e := range environments {
		want = append(want, "DigitalTwin-"+e)
		for _, dataset := range datasets(t, e) {
			want = append(want, "DigitalTwin-"+e+"-"+strings.ReplaceAll(dataset, "_", "-"))
		}
	}
	for _, s := range a.Stacks {
		got = append(got, s.Name)
	}
	checkSizes(t, everything(t))
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("stacks %v\nwant   %v", got, want)
	}
}

// Ensure that an environment of 40 datasets is synthesized, with one stack for each: a dataset more makes no
// other stack greater.
func TestFortyDatasets(t *testing.T) {
	real := extractors.OnGo()
	var all []extractors.Extractor
	for i := range 40 {
		all = append(all, extractors.Extractor{Name: fmt.Sprintf("dataset_%02d", i), SQL: real[i%len(real)].SQL})
	}
	a, err := synthesizeWith(t, `{"big":{"removal":"destroy"}}`, all) // as dev is
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Stacks) != 41 {
		t.Errorf("%d stacks, want the core's and 40", len(a.Stacks))
	}
	core := len(a.one(t, "big", "Twin/Table").Stack.Resources)
	if few := len(theApp(t).one(t, "dev", "Twin/Table").Stack.Resources); core != few {
		t.Errorf("the core has %d resources, and %d in dev with %d datasets", core, few, len(datasets(t, "dev")))
	}
	checkSizes(t, a)
}

// checkSizes ensures that stacks are far from the 500 resources at which CloudFormation stops.
func checkSizes(t *testing.T, a *app) {
	t.Helper()
	for _, s := range a.Stacks {
		if n := len(s.Resources); n == 0 || n > 300 {
			t.Errorf("%s has %d resources", s.Name, n)
		}
	}
}

// Ensure that a consumer, an operator and a producer find what they need.
func TestOutputs(t *testing.T) {
	a := theApp(t)
	for _, s := range a.Stacks {
		if strings.Count(s.Name, "-") > 1 {
			if got := a.Output(s.Name, "SourceStream"); got != "${Pipeline/Source}" {
				t.Errorf("%s tells a producer of the stream %q", s.Name, got)
			}
			continue
		}
		for _, want := range []string{"ApiUrl", "TokenUrl", "Scope", "MachineClientId", "MachineCredentials", "UserPoolId",
			"TableName", "RejectsBucket"} {
			if a.Output(s.Name, want) == "" {
				t.Errorf("%s has no output %s", s.Name, want)
			}
		}
	}
}
