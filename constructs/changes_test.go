package constructs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/internal/upgrade"
)

// walked is the environment that changes: most settings are not there, so that each can be added.
const walked = `{"account":"123456789012","region":"eu-central-1","protect":true,"operators":"account","alarms":{},
	"clients":{"machine":{"readers":"account"}},"datasets":{"a":{"producers":"account"}}}`

// change is a change of settings or files, as patches of walked (RFC 7396).
type change struct {
	settings      string // the settings that change, as the documents call them; those of a dataset begin with a .
	before, after string
	files         string // a variant of the SQL files that comes with after
	row           string // of the table of changes in the documents, where the change does more than is wanted
}

// walk synthesizes every environment of every change, once each, and judges each change.
func walk(t *testing.T, all []change) [][]upgrade.Finding {
	t.Helper()
	tier.Node(t)
	type variant struct{ settings, files string }
	names := map[variant]string{}
	var order []variant
	name := func(patch, files string) string {
		v := variant{patched(t, patch), files}
		if names[v] == "" {
			names[v] = fmt.Sprintf("w%03d", len(names))
			order = append(order, v)
		}
		return names[v]
	}
	for _, c := range all {
		name(c.before, "")
		name(c.after, c.files)
	}
	dir, context := t.TempDir(), contextOfApp()
	delete(context, "environments")
	_, err := synth(dir, context, func(cdk awscdk.App, assets constructs.Assets) error {
		for _, v := range order {
			settings, err := constructs.ParseSettings(map[string]any{names[v]: decoded(t, v.settings)}, "")
			if err != nil {
				return fmt.Errorf("%w\n%s", err, v.settings)
			}
			_, err = constructs.NewEnvironment(cdk, constructs.EnvironmentProps{Settings: settings[0],
				Extractors: filesOf(v.files), Assets: assets, Folder: ".."})
			if err != nil {
				return fmt.Errorf("%w\n%s", err, v.settings)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var findings [][]upgrade.Finding
	for _, c := range all {
		before, after := alone(t, dir, name(c.before, "")), alone(t, dir, name(c.after, c.files))
		findings = append(findings, upgrade.Compare(before, after))
	}
	return findings
}

// patched is walked with a patch.
func patched(t *testing.T, patch string) string {
	t.Helper()
	settings := decoded(t, walked)
	if patch != "" {
		settings = merged(settings, decoded(t, patch))
	}
	b, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func merged(into, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	m, ok := into.(map[string]any)
	if !ok {
		m = map[string]any{}
	}
	for name, v := range p {
		if v == nil {
			delete(m, name)
		} else {
			m[name] = merged(m[name], v)
		}
	}
	return m
}

// alone is one of the environments that were synthesized together, under a name that all share.
func alone(t *testing.T, dir, environment string) *assembly.App {
	t.Helper()
	one, out := t.TempDir(), filepath.Join(dir, "cdk.out")
	files, err := filepath.Glob(filepath.Join(out, "DigitalTwin-"+environment+"*.template.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, filepath.Join(out, "manifest.json")) {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(b), environment, "walk")
		if err := os.WriteFile(filepath.Join(one, strings.ReplaceAll(filepath.Base(file), environment, "walk")), []byte(text),
			0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := assembly.Read(one)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

const jsonFormat = ` WITH ('format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');` + "\n"

// filesOf are the extractors of a variant: a reads one table, two reads two, w needs Flink.
func filesOf(variant string) []extractors.Extractor {
	table := func(name string) string {
		return "CREATE TABLE " + name + " (id STRING, v DOUBLE, ts TIMESTAMP_LTZ(3))" + jsonFormat
	}
	from := func(name, metric string) string {
		return "INSERT INTO digitaltwin SELECT id, '" + metric + "', JSON_STRING(v), '1', ts FROM " + name + ";\n"
	}
	a := table("wheels") + from("wheels", "v")
	switch variant {
	case "metric":
		a = table("wheels") + from("wheels", "w")
	case "last":
		a = table("wheels") + table("more") + from("wheels", "v") + from("more", "m")
	case "first":
		a = table("more") + table("wheels") + from("more", "m") + from("wheels", "v")
	}
	return []extractors.Extractor{
		{Name: "a", SQL: []byte(a)}, {Name: "b", SQL: []byte(table("wheels") + from("wheels", "v"))},
		{Name: "two", SQL: []byte(table("axles") + table("doors") + from("axles", "l") + from("doors", "r"))},
		{Name: "w", SQL: windowed.SQL},
	}
}

// Ensure that every change of a documented setting deploys onto the running environment, and that what it does beside
// is in the documents' table of changes, and nothing else is. testdata/changes.txt has what the rules say, for reading;
// -update rewrites it.
func TestChangesOfSettings(t *testing.T) {
	findings := walk(t, changesOfSettings)
	var text strings.Builder
	rows := map[string]bool{}
	for i, c := range changesOfSettings {
		title := c.settings + "  " + strings.Join(strings.Fields(fmt.Sprintf("%s -> %s %s", c.before, c.after, c.files)), " ")
		fmt.Fprintf(&text, "%s\n", title)
		for _, f := range findings[i] {
			fmt.Fprintf(&text, "    %s\n", f)
			if f.Kind == upgrade.Refused && c.row == "" {
				t.Errorf("%s: %s", title, f)
			}
		}
		if (len(findings[i]) > 0) != (c.row != "") {
			t.Errorf("%s: %d findings, and the row of the documents is %q", title, len(findings[i]), c.row)
		}
		rows[c.row] = true
	}
	delete(rows, "")
	golden(t, "changes.txt", text.String())
	var documented []string
	for _, cells := range rowsOf(section(t, "Changes")) {
		documented = append(documented, strings.TrimSpace(cells[0]))
	}
	compare(t, "changes", documented, slices.Sorted(maps.Keys(rows)))
}

// Ensure that the walk covers every row of the tables of settings.
func TestChangesCoverTheSettings(t *testing.T) {
	covered := map[string]bool{}
	for _, c := range changesOfSettings {
		for name := range strings.SplitSeq(c.settings, ", ") {
			covered[name] = true
		}
	}
	want := settingsOf(reflect.TypeFor[constructs.Settings](), "")
	for _, name := range settingsOf(reflect.TypeFor[constructs.Pipeline](), "") {
		want = append(want, "."+name)
	}
	for _, name := range want {
		if !covered[name] {
			t.Errorf("no change of %s is walked", name)
		}
		delete(covered, name)
	}
	for name := range covered {
		if !strings.HasPrefix(name, "the ") {
			t.Errorf("there is no setting %s", name)
		}
	}
}

// Ensure that the schemas by which changes are judged are those of CloudFormation, as cfn-lint has them, for every type
// that is used.
func TestSchemasAreCloudFormations(t *testing.T) {
	types := map[string]bool{}
	for _, s := range everything(t).Stacks {
		for _, r := range s.Resources {
			if strings.HasPrefix(r.Type, "AWS::") {
				types[r.Type] = true
			}
		}
	}
	theirs := cfnSchemas(t, slices.Sorted(maps.Keys(types)))
	for kind := range types {
		if got := upgrade.Schemas[kind]; !reflect.DeepEqual(got, theirs[kind]) {
			t.Errorf("%s: %+v in internal/upgrade/schemas.json, %+v in cfn-lint", kind, got, theirs[kind])
		}
	}
	for kind := range upgrade.Schemas {
		if !types[kind] {
			t.Errorf("nothing is a %s; take it out of internal/upgrade/schemas.json", kind)
		}
	}
}
