package constructs_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

var update = flag.Bool("update", false, "rewrite the files of testdata that hold what is listed")

// statement is one statement of a policy, in words.
type statement struct {
	owner                         *assembly.Resource // the policy, key, bucket, role or permission
	sid, effect                   string
	principals, actions, on, when []string
	inverted                      []string // NotAction, NotPrincipal, NotResource
	trust                         bool     // who may assume a role
}

// asks reports whether a condition of the statement is about a key, such as aws:SourceArn.
func (s *statement) asks(key string) bool {
	return slices.ContainsFunc(s.when, func(w string) bool { return strings.EqualFold(strings.Fields(w)[1], key) })
}

func (s *statement) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", s.effect, strings.Join(s.actions, " "))
	if len(s.principals) > 0 {
		fmt.Fprintf(&b, "\n      by %s", strings.Join(s.principals, ", "))
	}
	if len(s.on) > 0 {
		fmt.Fprintf(&b, "\n      on %s", strings.Join(s.on, ", "))
	}
	for _, w := range s.when {
		fmt.Fprintf(&b, "\n      if %s", w)
	}
	return b.String()
}

// statements returns every statement of every policy of the app, whatever resource it is in: it is known by its
// form, so that no type of resource can be forgotten.
func (a *app) statements() (all []*statement) {
	for _, s := range a.Stacks {
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			r := s.Resources[id]
			if r.Type == "AWS::Lambda::Permission" {
				all = append(all, readPermission(r))
			}
			all = append(all, readDocuments(r, r.Properties, false)...)
		}
	}
	return all
}

// readDocuments finds the policies in a property and what is below it, also those that are JSON in a text.
func readDocuments(r *assembly.Resource, v any, trust bool) (all []*statement) {
	switch v := v.(type) {
	case map[string]any:
		list, ok := v["Statement"].([]any)
		if !ok {
			list = []any{v["Statement"]}
		}
		if first, ok := list[0].(map[string]any); ok && first["Effect"] != nil { // AWS WAF has statements too
			for _, s := range list {
				all = append(all, readStatement(r, s.(map[string]any), trust))
			}
			return all
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, readDocuments(r, v[key], trust || key == "AssumeRolePolicyDocument")...)
		}
	case []any:
		for _, e := range v {
			all = append(all, readDocuments(r, e, trust)...)
		}
	case string:
		var document map[string]any
		if strings.Contains(v, `"Statement"`) && json.Unmarshal([]byte(v), &document) == nil {
			all = readDocuments(r, document, trust)
		}
	}
	return all
}

// readPermission reads what lets a service call a function.
func readPermission(r *assembly.Resource) *statement {
	s := &statement{
		owner: r, effect: "Allow", actions: []string{r.Text("Action")}, principals: []string{r.Text("Principal")},
		on: []string{r.Text("FunctionName")},
	}
	for _, c := range []struct{ operator, key string }{{"ArnLike", "SourceArn"}, {"StringEquals", "SourceAccount"}} {
		if v := r.Text(c.key); v != "" {
			s.when = append(s.when, c.operator+" aws:"+c.key+" "+own.Replace(v))
		}
	}
	return s
}

// own writes account and region of testdata/environments.json as those of stacks that do not name theirs.
var own = strings.NewReplacer("123456789012", "${AWS::AccountId}", "eu-central-1", "${AWS::Region}")

func readStatement(r *assembly.Resource, s map[string]any, trust bool) *statement {
	texts := func(v any) (out []string) {
		if list, ok := v.([]any); ok {
			for _, e := range list {
				out = append(out, own.Replace(r.Stack.Text(e)))
			}
		} else if v != nil {
			out = append(out, own.Replace(r.Stack.Text(v)))
		}
		slices.Sort(out)
		return out
	}
	st := &statement{owner: r, effect: s["Effect"].(string), trust: trust, actions: texts(s["Action"]),
		on: texts(s["Resource"])}
	st.sid, _ = s["Sid"].(string)
	if who, ok := s["Principal"].(map[string]any); ok {
		for _, kind := range slices.Sorted(maps.Keys(who)) {
			st.principals = append(st.principals, texts(who[kind])...)
		}
	} else if s["Principal"] != nil {
		st.principals = texts(s["Principal"])
	}
	for _, not := range []string{"NotAction", "NotPrincipal", "NotResource"} {
		if s[not] != nil {
			st.inverted = append(st.inverted, not)
		}
	}
	conditions, _ := s["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		of := conditions[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(of)) {
			st.when = append(st.when, operator+" "+key+" "+strings.Join(texts(of[key]), " or "))
		}
	}
	return st
}

// Ensure that what every role may do, and who may use every key, is what testdata/permissions.txt says. The file
// is for reading: a change of a permission shows there as one line in words. It holds the stacks of prod and of one
// dataset; what other settings and datasets change of that is in permissions-other.txt. -update rewrites both.
func TestPermissionsAreTheListedOnes(t *testing.T) {
	a := everything(t)
	listed := map[string]string{}
	for _, s := range a.Stacks {
		if s.Name == "DigitalTwin-prod" || s.Name == "DigitalTwin-prod-wagon-telemetry" {
			maps.Copy(listed, permissions(s))
		}
	}
	golden(t, "permissions.txt", list(listed))
	other := map[string]string{}
	for _, s := range a.Stacks {
		for owner, text := range permissions(s) {
			if listed[owner] != text {
				other[owner+" in "+s.Name] = text
			}
		}
	}
	golden(t, "permissions-other.txt", list(other))
}

// permissions writes the statements of a stack by the resources that they are in. The names of environment and
// dataset, which are not what a permission is about, are those of prod and wagon_telemetry.
func permissions(s *assembly.Stack) map[string]string {
	alone := &app{&assembly.App{Stacks: []*assembly.Stack{s}}}
	byOwner := map[string]string{}
	for _, st := range alone.statements() {
		owner := st.owner.Type + " " + st.owner.Name()
		if st.owner.Type == "AWS::Lambda::Permission" { // whose name has the name of the environment in it
			owner = st.owner.Type + " for " + strings.Join(st.principals, " ") + " to call " + strings.Join(st.on, " ")
		}
		byOwner[owner] += "  " + st.sid + "\n    " + st.String() + "\n"
	}
	dataset := strings.ReplaceAll(strings.TrimPrefix(s.Name, "DigitalTwin-"+s.Environment+"-"), "-", "_")
	for owner, text := range byOwner {
		text = strings.ReplaceAll(text, "/"+s.Environment+"/", "/prod/")
		byOwner[owner] = strings.ReplaceAll(text, "/"+dataset+"/", "/wagon_telemetry/")
	}
	return byOwner
}

func list(byOwner map[string]string) string {
	var b strings.Builder
	for _, owner := range slices.Sorted(maps.Keys(byOwner)) {
		b.WriteString(owner + "\n" + byOwner[owner] + "\n")
	}
	return b.String()
}

// golden holds a text against a file of testdata, which -update rewrites.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; if it should, run go test ./constructs -run %s -update\n%s", file, t.Name(),
			firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var wl, gl string
		if i < len(w) {
			wl = w[i]
		}
		if i < len(g) {
			gl = g[i]
		}
		if wl != gl {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, wl, gl)
		}
	}
	return "none"
}
