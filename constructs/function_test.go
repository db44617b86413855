package constructs_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Ensure that every function gets exactly the variables that it reads, for today's processors and runtime.
func TestFunctionsAreWired(t *testing.T) {
	want := map[string]map[string]string{
		"Twin/Apply": wiring.Apply{}.Env(), "Twin/Query": wiring.Query{TokenURL: "https://login"}.Env(),
		"Twin/Catalogue": wiring.Catalogue{}.Env(), "Twin/Rotate": wiring.Rotate{}.Env(),
		"Twin/Operate": wiring.Operate{}.Env(), "Twin/Upgrade": wiring.Upgrade{}.Env(),
		"Pipeline/Extract": wiring.Extract{}.Env(),
		"Twin/Credentials": {}, "Twin/Empty": {}, // which are told everything by their custom resources
	}
	seen := map[string]bool{}
	for _, f := range theApp(t).All("AWS::Lambda::Function") {
		name := strings.TrimSuffix(f.Name(), "/Function")
		seen[name] = true
		variables, _ := f.Get("Environment", "Variables").(map[string]any)
		got := slices.Sorted(maps.Keys(variables))
		if name == "Twin/Query" || name == "Twin/Operate" { // with grants that name clients, they are told their ids too
			got = slices.DeleteFunc(got, func(v string) bool { return v == "TWIN_CLIENTS" })
		}
		if w := slices.Sorted(maps.Keys(want[name])); !slices.Equal(got, w) {
			t.Errorf("%s has the variables %v, reads %v", f.Path, got, w)
		}
		for variable := range variables {
			if f.Text("Environment", "Variables", variable) == "" {
				t.Errorf("%s: %s is empty", f.Path, variable)
			}
		}
		if f.Text("Runtime") != "provided.al2023" || f.Text("Architectures") != "arm64" || f.Text("Handler") != "bootstrap" {
			t.Errorf("%s runs %s on %s by %s", f.Path, f.Text("Runtime"), f.Text("Architectures"), f.Text("Handler"))
		}
		if got := f.Text("LoggingConfig", "LogGroup"); got != "${"+name+"/Logs}" {
			t.Errorf("%s logs to %s", f.Path, got)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("functions %v, want %v", seen, slices.Sorted(maps.Keys(want)))
	}
}
