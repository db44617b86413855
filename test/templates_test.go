package test

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close() // one kernel per test binary: close once, here
	if templatesDir != "" {
		_ = os.RemoveAll(templatesDir)
	}
	os.Exit(code)
}

// resource is a resource of a template, with its place in the tree of constructs.
type resource struct {
	stack *stack
	id    string
	path  string // DigitalTwin-dev/Twin/Table/Resource
	Type  string

	Properties     map[string]any
	Metadata       map[string]any
	DependsOn      []string
	DeletionPolicy string
}

// name is the path without stack and /Resource: Twin/Table.
func (r *resource) name() string {
	_, name, _ := strings.Cut(r.path, "/")
	return strings.TrimSuffix(name, "/Resource")
}

type stack struct {
	app         *app
	name        string
	Environment string // such as dev
	Resources   map[string]*resource
	Outputs     map[string]struct {
		Value  any
		Export struct{ Name any }
	}
}

// app is all stacks of all environments.
type app struct {
	dir    string
	stacks []*stack // in name order
}

// templatesDir is where templates worked; it outlives the test that asked first.
var templatesDir string

// templates synthesizes, once, the environments of cdk.json and beside them those of testdata/environments.json, in
// which every setting stands somewhere. The functions are stubs, and cdk-nag looks on.
var templates = sync.OnceValues(func() (*app, error) {
	dir, err := os.MkdirTemp("", "digitaltwin-test-")
	if err != nil {
		return nil, err
	}
	templatesDir = dir
	context := contextOfApp()
	environments := context["environments"].(map[string]any)
	for name, settings := range environmentsOfTests() {
		environments[name] = settings
	}
	return synthesize(dir, context, extractors.All(), nag)
})

// needNode ends a test of the CDK, whose library runs on Node.js, where that is missing; with TWIN_REQUIRE=all it fails.
func needNode(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		if os.Getenv("TWIN_REQUIRE") == "all" {
			t.Fatal("node is not installed, and TWIN_REQUIRE=all")
		}
		t.Skip("node is not installed; install Node.js 22 or later to run this test")
	}
}

// everything returns all environments, synthesized.
func everything(t *testing.T) *app {
	t.Helper()
	needNode(t)
	a, err := templates()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// theApp returns the environments of cdk.json, synthesized.
func theApp(t *testing.T) *app {
	t.Helper()
	a := *everything(t)
	a.stacks = slices.DeleteFunc(slices.Clone(a.stacks), func(s *stack) bool { return !slices.Contains(environments, s.Environment) })
	return &a
}

// environmentsOfTests are the environments of testdata/environments.json.
func environmentsOfTests() map[string]any {
	b, err := os.ReadFile("testdata/environments.json")
	if err != nil {
		panic(err)
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		panic(err)
	}
	return m
}

// contextOfApp is the context of cdk.json, as the CDK's command line hands it over.
func contextOfApp() map[string]any {
	b, err := os.ReadFile("../cdk.json")
	if err != nil {
		panic(err)
	}
	var config struct{ Context map[string]any }
	if err := json.Unmarshal(b, &config); err != nil {
		panic(err)
	}
	config.Context["aws:cdk:enable-path-metadata"] = true
	return config.Context
}

// synthesize makes what app.go makes, with stub functions, below dir. With sees the app before it is.
func synthesize(dir string, context map[string]any, all []extractors.Extractor, with ...func(awscdk.App)) (a *app, err error) {
	defer constructs.Recover(&err)
	assets, err := stubAssets(dir)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "cdk.out")
	cdk := awscdk.NewApp(&awscdk.AppProps{Outdir: &out, Context: &context, AnalyticsReporting: jsii.Bool(false)})
	environments, err := constructs.ReadSettings(cdk)
	if err != nil {
		return nil, err
	}
	for _, s := range environments {
		_, err := constructs.NewEnvironment(cdk, constructs.EnvironmentProps{Settings: s, Extractors: all, Assets: assets})
		if err != nil {
			return nil, err
		}
	}
	for _, w := range with {
		w(cdk)
	}
	cdk.Synth(nil)
	return readApp(out)
}

// stubAssets makes functions without code below dir.
func stubAssets(dir string) (constructs.Assets, error) {
	stub := filepath.Join(dir, "stub")
	if err := os.MkdirAll(stub, 0o755); err != nil {
		return nil, err
	}
	return constructs.Stub(stub), os.WriteFile(filepath.Join(stub, "bootstrap"), []byte("stub"), 0o755)
}

func readApp(dir string) (*app, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.template.json"))
	if err != nil {
		return nil, err
	}
	a := &app{dir: dir}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		s := &stack{app: a, name: strings.TrimSuffix(filepath.Base(file), ".template.json")}
		s.Environment = strings.Split(s.name, "-")[1]
		if err := json.Unmarshal(b, s); err != nil {
			return nil, err
		}
		for id, r := range s.Resources {
			r.stack, r.id = s, id
			r.path, _ = r.Metadata["aws:cdk:path"].(string)
		}
		a.stacks = append(a.stacks, s)
	}
	return a, nil
}

// all returns the resources of a type in all stacks, in the order of their paths.
func (a *app) all(kind string) []*resource {
	var found []*resource
	for _, s := range a.stacks {
		for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
			if r := s.Resources[id]; r.Type == kind {
				found = append(found, r)
			}
		}
	}
	return found
}

// environments returns the environment of every stack.
func (a *app) environments() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, s := range a.stacks {
			if !yield(s.Environment) {
				return
			}
		}
	}
}

// one returns the resource with a name in an environment; a name of a dataset's begins with Pipeline.
func (a *app) one(t *testing.T, environment, name string) *resource {
	t.Helper()
	for _, s := range a.stacks {
		if s.Environment != environment {
			continue
		}
		for _, r := range s.Resources {
			if r.name() == name {
				return r
			}
		}
	}
	t.Fatalf("no resource %s in %s", name, environment)
	return nil
}

// text writes a value of a template as one string: references to resources as ${Twin/Table.Arn}, over
// the borders of stacks too, pseudo parameters as ${AWS::Region}.
func (s *stack) text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case float64, bool:
		return fmt.Sprint(v)
	case []any:
		var parts []string
		for _, e := range v {
			parts = append(parts, s.text(e))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		for key, arg := range v {
			switch key {
			case "Ref":
				return "${" + s.target(arg.(string)) + "}"
			case "Fn::GetAtt":
				pair := arg.([]any)
				return "${" + s.target(pair[0].(string)) + "." + pair[1].(string) + "}"
			case "Fn::Join":
				parts := arg.([]any)
				var texts []string
				for _, e := range parts[1].([]any) {
					texts = append(texts, s.text(e))
				}
				return strings.Join(texts, parts[0].(string))
			case "Fn::ImportValue":
				return s.app.export(s.text(arg))
			case "Fn::Select", "Fn::Split":
				return "${" + key + " " + s.text(arg) + "}"
			}
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func (s *stack) target(id string) string {
	if r, ok := s.Resources[id]; ok {
		return r.name()
	}
	return id
}

// export follows a reference to another stack.
func (a *app) export(name string) string {
	for _, s := range a.stacks {
		for _, o := range s.Outputs {
			if o.Export.Name != nil && s.text(o.Export.Name) == name {
				return s.text(o.Value)
			}
		}
	}
	return "${no export " + name + "}"
}

// get walks down the properties of a resource.
func (r *resource) get(path ...string) any {
	var v any = r.Properties
	for _, p := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[p]
	}
	return v
}

// text is the text of a property.
func (r *resource) text(path ...string) string { return r.stack.text(r.get(path...)) }
