package test

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/test/cdkcli"
)

const awsDocs = "../docs/aws.md"

// section returns the text below a heading of docs/aws.md, up to the next.
func section(t *testing.T, heading string) string {
	t.Helper()
	b, err := os.ReadFile(awsDocs)
	if err != nil {
		t.Fatal(err)
	}
	_, after, ok := strings.Cut(string(b), "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("%s has no section %s", awsDocs, heading)
	}
	text, _, _ := strings.Cut(after, "\n## ")
	return text
}

// rows returns the cells of the tables in a text, without their heads.
func rows(text string) (all [][]string) {
	body := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case !strings.HasPrefix(line, "|"):
			body = false
		case strings.HasPrefix(line, "|---"):
			body = true
		case body:
			all = append(all, strings.Split(strings.Trim(line, "|"), " | "))
		}
	}
	return all
}

var quoted = regexp.MustCompile("`([^`]+)`")

// names returns what stands between backquotes.
func names(cell string) (all []string) {
	for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
		all = append(all, m[1])
	}
	return all
}

// settingsOf returns the names of the settings of a struct as cdk.json has them: firewall.rate, clients.<name>.rate.
// The settings of a dataset and of the source of a table have tables of their own.
func settingsOf(s reflect.Type, prefix string) (all []string) {
	for i := range s.NumField() {
		f := s.Field(i)
		if f.Anonymous {
			all = append(all, settingsOf(f.Type, prefix)...)
			continue
		}
		name := prefix + f.Tag.Get("json")
		kind := f.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Map {
			of := map[string]string{"clients": ".<name>", "datasets": ".<dataset>", "sources": ".<table>"}[name]
			name, kind = name+of, kind.Elem()
		}
		switch {
		case name == prefix+"-":
		case kind.Kind() != reflect.Struct || kind == reflect.TypeFor[constructs.Pipeline]() || kind == reflect.TypeFor[constructs.SourceSettings]() || kind.Name() == "Range":
			all = append(all, name)
		default:
			all = append(all, settingsOf(kind, name+".")...)
		}
	}
	return all
}

// Ensure that the documents have every setting, and no other.
func TestSettingsAreDocumented(t *testing.T) {
	tables := strings.Split(section(t, "Settings"), "Of a dataset")
	if len(tables) != 2 {
		t.Fatalf("%d tables of settings", len(tables))
	}
	for i, s := range []reflect.Type{reflect.TypeFor[constructs.Settings](), reflect.TypeFor[constructs.Pipeline]()} {
		want := settingsOf(s, "")
		var got []string
		for _, row := range rows(tables[i]) {
			got = append(got, names(row[0])...)
			if len(row) != 3 || strings.TrimSpace(row[2]) == "" {
				t.Errorf("nothing is said of %s", row[0])
			}
		}
		compare(t, "settings of "+s.Name(), got, want)
	}
}

// Ensure that every setting stands in an environment that the tests synthesize.
func TestSettingsAreTried(t *testing.T) {
	var tried []string
	var walk func(v any, path string)
	walk = func(v any, path string) {
		tried = append(tried, path)
		if m, ok := v.(map[string]any); ok {
			for name, v := range m {
				walk(v, path+"."+name)
			}
		}
	}
	walk(environmentsOfTests(), "")
	places := strings.NewReplacer(".", `\.`, "<name>", `[^.]+`, "<dataset>", `[^.]+`, "<table>", `[^.]+`)
	for prefix, s := range map[string]reflect.Type{
		`^\.[^.]+\.`: reflect.TypeFor[constructs.Settings](), `^\.[^.]+\.datasets\.[^.]+\.`: reflect.TypeFor[constructs.Pipeline](),
	} {
		for _, name := range settingsOf(s, "") {
			is := regexp.MustCompile(prefix + places.Replace(name) + "$")
			if !slices.ContainsFunc(tried, is.MatchString) {
				t.Errorf("no environment of testdata/environments.json has the setting %s", name)
			}
		}
	}
}

// Ensure that the documents name every resource that is created and what it is for, and none that is not.
func TestResourcesAreDocumented(t *testing.T) {
	type row struct {
		is    []*regexp.Regexp
		kinds []string
		cell  string
		used  map[string]bool
	}
	var table []*row
	for _, cells := range rows(section(t, "What it creates")) {
		r := &row{cell: cells[0], used: map[string]bool{}}
		for _, pattern := range names(cells[0]) {
			pattern = strings.NewReplacer(`\*`, ".+", "<table>", "[^/]+").Replace(regexp.QuoteMeta(pattern))
			r.is = append(r.is, regexp.MustCompile("^"+pattern+"$"))
		}
		r.kinds = names(cells[1])
		table = append(table, r)
	}
	missing := map[string]bool{}
	for _, s := range everything(t).stacks {
		for _, res := range s.Resources {
			kind := strings.TrimPrefix(res.Type, "AWS::")
			found := false
			for _, r := range table {
				i := slices.IndexFunc(r.is, func(is *regexp.Regexp) bool { return is.MatchString(res.name()) })
				if i >= 0 && slices.Contains(r.kinds, kind) {
					found, r.used[kind], r.used[r.is[i].String()] = true, true, true
				}
			}
			if !found {
				missing["`"+res.name()+"` | `"+kind+"`"] = true
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("no row is about %s", m)
	}
	for _, r := range table {
		for _, kind := range r.kinds {
			if !r.used[kind] {
				t.Errorf("%s: there is no %s", r.cell, kind)
			}
		}
		for _, is := range r.is {
			if !r.used[is.String()] {
				t.Errorf("%s: nothing is %s", r.cell, is)
			}
		}
	}
}

// Ensure that the documents have every role, and exactly the actions that it may do.
func TestRolesAreDocumented(t *testing.T) {
	a := everything(t)
	want := map[string]map[string]bool{}
	for _, r := range a.all("AWS::IAM::Role") {
		name := strings.TrimSuffix(r.name(), "/Role")
		if want[name] == nil {
			want[name] = map[string]bool{}
		}
		if managed := r.text("ManagedPolicyArns"); managed != "" {
			want[name][managed[strings.LastIndexByte(managed, '/')+1:]] = true
		}
	}
	for _, s := range a.statements() {
		if s.owner.Type != "AWS::IAM::Policy" || s.effect != "Allow" {
			continue
		}
		for _, reference := range s.owner.get("Roles").([]any) {
			role := strings.TrimSuffix(strings.Trim(s.owner.stack.text(reference), "${}"), "/Role")
			for _, action := range s.actions {
				if !slices.Contains(ofEveryFunction, action) {
					want[role][action] = true
				}
			}
		}
	}
	got := map[string][]string{}
	role := ""
	for _, row := range rows(section(t, "Who may do what")) {
		if n := names(row[0]); len(n) > 0 { // otherwise it goes on about the same role
			role = n[0]
		}
		for _, action := range names(row[1]) {
			if !slices.Contains(got[role], action) {
				got[role] = append(got[role], action)
			}
		}
	}
	compare(t, "roles", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	for role := range want {
		compare(t, "actions of "+role, got[role], slices.Sorted(maps.Keys(want[role])))
	}
}

// ofEveryFunction are the actions that the documents have once for all roles.
var ofEveryFunction = []string{"logs:CreateLogStream", "logs:PutLogEvents"}

// compare holds a list of the documents against what there is.
func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("%s: `%s` is not documented", what, w)
		}
	}
	for i, g := range got {
		if !slices.Contains(want, g) {
			t.Errorf("%s: there is no `%s`", what, g)
		}
		if slices.Contains(got[:i], g) {
			t.Errorf("%s: `%s` is there twice", what, g)
		}
	}
}

// Ensure that the environments that the documents show can be read, and that they name datasets that exist.
func TestDocumentedEnvironments(t *testing.T) {
	blocks := code(t, "json")
	if len(blocks) < 3 {
		t.Fatalf("only %d environments are shown", len(blocks))
	}
	for _, block := range blocks {
		var environments any
		if err := json.Unmarshal([]byte(block), &environments); err != nil {
			t.Errorf("%v:\n%s", err, block)
			continue
		}
		if _, err := constructs.ParseSettings(environments, ""); err != nil {
			t.Errorf("%v:\n%s", err, block)
		}
		for _, s := range environments.(map[string]any) {
			for dataset := range s.(map[string]any)["datasets"].(map[string]any) {
				if _, err := os.Stat("../extractors/" + dataset + ".sql"); err != nil {
					t.Error(err)
				}
			}
		}
	}
}

// Ensure that the commands that the documents show are ones: the CDK's with options that it knows and stacks that
// there are, ours, and scripts that a shell can read.
func TestDocumentedCommands(t *testing.T) {
	stacks := map[string]bool{}
	for _, s := range everything(t).stacks {
		stacks[s.name] = true
	}
	cdk := regexp.MustCompile(`npx cdk ([a-z]+)((?: [^\s#` + "`" + `]+)*)`)
	b, err := os.ReadFile(awsDocs)
	if err != nil {
		t.Fatal(err)
	}
	found := cdk.FindAllStringSubmatch(string(b), -1)
	if len(found) < 5 {
		t.Fatalf("only %d commands of the CDK", len(found))
	}
	executable, help := cdkcli.Install(t, ".."), map[string]string{}
	for _, m := range found {
		if help[m[1]] == "" {
			out, err := exec.Command(executable, m[1], "--help").CombinedOutput()
			if err != nil || !strings.HasPrefix(string(out), "cdk "+m[1]) {
				t.Errorf("%s: no such command: %s", m[0], out)
			}
			help[m[1]] = string(out) + " "
		}
		for _, word := range strings.Fields(m[2]) {
			switch {
			case strings.HasPrefix(word, "-"):
				if !regexp.MustCompile(`\s` + word + `[\s,]`).MatchString(help[m[1]]) {
					t.Errorf("%s: it has no option %s", m[0], word)
				}
			case slices.Contains([]string{"environment=dev", "environment=prod", "broadening"}, word):
			case stacks[word]:
			default:
				t.Errorf("%s: what is %s?", m[0], word)
			}
		}
	}
	for _, script := range code(t, "sh") {
		if out, err := exec.Command("bash", "-n", "-c", script).CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s", err, out, script)
		}
	}
}

// Ensure that the outputs that the documents speak of are there.
func TestDocumentedOutputs(t *testing.T) {
	b, err := os.ReadFile(awsDocs)
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]bool{}
	for _, s := range everything(t).stacks {
		for name := range s.Outputs {
			outputs[strings.TrimRight(name, "0123456789ABCDEF")] = true
		}
	}
	found := regexp.MustCompile("output `([A-Za-z]+)`").FindAllStringSubmatch(strings.Join(strings.Fields(string(b)), " "), -1)
	if len(found) < 3 {
		t.Fatalf("only %d outputs are named", len(found))
	}
	for _, m := range found {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(outputs)), func(o string) bool { return strings.HasSuffix(o, m[1]) }) {
			t.Errorf("there is no output %s: %v", m[1], slices.Sorted(maps.Keys(outputs)))
		}
	}
}

// code returns the blocks of docs/aws.md in a language.
func code(t *testing.T, language string) (all []string) {
	t.Helper()
	b, err := os.ReadFile(awsDocs)
	if err != nil {
		t.Fatal(err)
	}
	for i, part := range strings.Split(string(b), "\n```") {
		if text, ok := strings.CutPrefix(part, language+"\n"); ok && i%2 == 1 {
			all = append(all, text)
		}
	}
	return all
}
