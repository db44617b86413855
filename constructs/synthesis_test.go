package constructs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/tier"
)

func TestMain(m *testing.M) {
	// A quarter of the time in Go was collecting garbage: jsii keeps all that it made.
	debug.SetGCPercent(400)
	// A third of the time of a synth was validating its templates. The tests of that ask for it, see validated.
	_ = os.Setenv("CDK_VALIDATION", "false")
	code := m.Run()
	jsii.Close() // one kernel per test binary: close once, here
	for _, dir := range shared {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// app is all stacks of all environments, as they were synthesized.
type app struct{ *assembly.App }

// one returns the resource with a name in an environment; a name of a dataset's begins with Pipeline.
func (a *app) one(t *testing.T, environment, name string) *assembly.Resource {
	t.Helper()
	r := a.Find(environment, name)
	if r == nil {
		t.Fatalf("no resource %s in %s", name, environment)
	}
	return r
}

// inStack returns the resource with a name in a stack.
func (a *app) inStack(t *testing.T, stack, name string) *assembly.Resource {
	t.Helper()
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			if s.Name == stack && r.Name() == name {
				return r
			}
		}
	}
	t.Fatalf("no resource %s in %s", name, stack)
	return nil
}

func readApp(dir string) (*app, error) {
	a, err := assembly.Read(dir)
	return &app{a}, err
}

// shared are folders that outlive the test that asked for them first.
var shared []string

func sharedDir() (string, error) {
	dir, err := os.MkdirTemp("", "digitaltwin-test-")
	shared = append(shared, dir)
	return dir, err
}

// templates synthesizes, once, the environments of cdk.json and beside them those of testdata/environments.json, in
// which every setting stands somewhere. The functions are stubs, and cdk-nag looks on.
var templates = sync.OnceValues(func() (*app, error) {
	dir, err := sharedDir()
	if err != nil {
		return nil, err
	}
	context := contextOfApp()
	environments := context["environments"].(map[string]any)
	for name, settings := range environmentsOfTests() {
		environments[name] = settings
	}
	return synthesize(dir, context, extractors.All(), nag, validated)
})

// everything returns all environments, synthesized.
func everything(t *testing.T) *app {
	t.Helper()
	tier.Node(t)
	a, err := templates()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// theApp returns the environments of cdk.json, synthesized.
func theApp(t *testing.T) *app {
	t.Helper()
	a := *everything(t).App
	a.Stacks = slices.DeleteFunc(slices.Clone(a.Stacks), func(s *assembly.Stack) bool {
		return !slices.Contains(environments, s.Environment)
	})
	return &app{&a}
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
func contextOfApp() map[string]any { return contextIn("../cdk.json") }

func contextIn(file string) map[string]any {
	b, err := os.ReadFile(file)
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
func synthesize(dir string, context map[string]any, all []extractors.Extractor, with ...func(awscdk.App)) (*app,
	error) {
	return synthesizeBeside(dir, context, all, func(cdk awscdk.App, _ constructs.Assets) error {
		for _, w := range with {
			w(cdk)
		}
		return nil
	})
}

// synthesizeBeside is [synthesize] with something beside what app.go makes.
func synthesizeBeside(dir string, context map[string]any, all []extractors.Extractor,
	beside func(awscdk.App, constructs.Assets) error) (*app, error) {
	return synth(dir, context, func(cdk awscdk.App, assets constructs.Assets) error {
		environments, err := constructs.ReadSettings(cdk)
		if err != nil {
			return err
		}
		for _, s := range environments {
			_, err := constructs.NewEnvironment(cdk, constructs.EnvironmentProps{Settings: s, Extractors: all, Assets: assets,
				Folder: ".."})
			if err != nil {
				return err
			}
		}
		return beside(cdk, assets)
	})
}

// synthesizeWith synthesizes what app.go makes of other environments.
func synthesizeWith(t *testing.T, environments string, all []extractors.Extractor) (*app, error) {
	t.Helper()
	tier.Node(t)
	context := contextOfApp()
	context["environments"] = decoded(t, environments)
	return synthesize(t.TempDir(), context, all)
}

// decoded is JSON as the CDK hands it over.
func decoded(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// synthesizeApp synthesizes an app that fill fills, with stub functions.
func synthesizeApp(t *testing.T, fill func(awscdk.App, constructs.Assets) error) (*app, error) {
	t.Helper()
	tier.Node(t)
	return synth(t.TempDir(), contextOfApp(), fill)
}

// synth synthesizes an app into dir/cdk.out, but for tree.json, which only viewers read. A panic of the CDK is an
// error.
func synth(dir string, context map[string]any, fill func(awscdk.App, constructs.Assets) error) (a *app, err error) {
	defer constructs.Recover(&err)
	stub, out := filepath.Join(dir, "stub"), filepath.Join(dir, "cdk.out")
	if err := os.MkdirAll(stub, 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(stub, "bootstrap"), []byte("stub"), 0o755); err != nil {
		return nil, err
	}
	cdk := awscdk.NewApp(&awscdk.AppProps{Outdir: &out, Context: &context, AnalyticsReporting: jsii.Bool(false),
		TreeMetadata: jsii.Bool(false)})
	if err := fill(cdk, constructs.Stub(stub)); err != nil {
		return nil, err
	}
	cdk.Synth(nil)
	return readApp(out)
}
