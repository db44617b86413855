package clients

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/test/npm"
	"github.com/railtwin/digitaltwin/test/venv"
)

// calls are the calls and what a client must have of each, in whatever language: names, values that are JSON,
// times as milliseconds, nulls as nulls.
var calls = map[string]string{
	"list":    `{"components": ["parking:aeschen", "parking:anfos", "parking:badbahnhof"], "more": true}`,
	"page on": `{"pages": 3, "components": 16}`,
	"twin": `{"metrics": ["capacity", "description", "free", "free.ratio", "link", "name", "occupancy", "occupancy.ratio",
		"position"],
		"position": {"lat": 47.5504299, "lon": 7.5943046}, "unit": "deg", "event": 1722168360000, "stale": 1722168720000}`,
	"reading": `{"component": "wagon:a/b-%2F..?#&+é\u202e<b>", "value": 82.5, "source": true,
		"nulls": [null, null, null]}`,
	"count":     `{"components": 6}`,
	"matrix":    `[["parking:aeschen", "capacity", "found", 97], ["no/such", "capacity", "absent", null]]`,
	"catalogue": `{"datasets": 11, "interval": 120, "newest": 1722168360000, "paused": null, "units": ["1"]}`,
	"filter": `["parking:aeschen capacity", "parking:aeschen position",
		"parking:anfos capacity", "parking:anfos position"]`,
	"304":     `{"status": 304, "same": true}`,
	"400":     `{"type": "urn:digital-twin:problem:invalid-parameter", "status": 400, "parameter": "limit"}`,
	"404":     `{"type": "urn:digital-twin:problem:component-not-found", "status": 404, "parameter": "component"}`,
	"dry run": `{"dryRun": true, "state": "done", "components": 16, "readings": 144}`,
	"runs":    `{"newest": true, "cancelled": "done"}`,
	"rejects": `{"reason": "unreadable", "count": 1, "payload": "{\"wagon\":"}`,
	"replay":  `{"dryRun": true, "records": 1, "rejected": {"unreadable": 1}}`,
	"pause":   `["pause", "resume"]`,
	"follow":  `{"forgotten": true, "dataset": null, "gap": null, "changes": 0, "dryRun": false, "status": 404}`,
	"OAuth":   `{"without": "urn:digital-twin:problem:token-needed", "scopes": ["twin/read", "twin/operate"]}`,
}

// Ensure that a client that oapi-codegen generates compiles and makes the calls.
func TestGo(t *testing.T) {
	dir := generate(t, "go")
	in := func(name string, args ...string) *exec.Cmd { return command(dir, name, args...) }
	if out, err := in("go", "mod", "download").CombinedOutput(); err != nil {
		tier.Need(t, "Go client", &failure{"go mod download", err, out})
	}
	must(t, in("go", "tool", "oapi-codegen", "-config", "oapi-codegen.yaml", "openapi.json"))
	must(t, in("go", "build", "-o", "calls", "."))
	check(t, in(filepath.Join(dir, "calls")), "go")
}

// Ensure that a client that openapi-python-client generates can be imported and makes the calls.
func TestPython(t *testing.T) {
	python := venv.Python(t, "testdata/python/clients.txt")
	dir := generate(t, "python")
	must(t, command(dir, python, "-m", "openapi_python_client", "generate", "--path", "openapi.json", "--config",
		"generator.yaml", "--meta", "none", "--output-path", "twinapi"))
	check(t, command(dir, python, "-W", "error", "calls.py"), "python")
}

// Ensure that the types that openapi-typescript generates compile, strictly, and that openapi-fetch makes the calls.
func TestTypeScript(t *testing.T) {
	modules := npm.Packages(t, "testdata/typescript")
	dir := generate(t, "typescript")
	if err := os.Symlink(modules, filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
	must(t, command(dir, "node", "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "--output", "twinapi.d.ts"))
	must(t, command(dir, "node", "node_modules/typescript/bin/tsc", "--project", "."))
	check(t, command(dir, "node", "calls.js"), "typescript")
}

// generate returns a folder with the program of a language and the document to generate a client of.
func generate(t *testing.T, language string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", language))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "openapi.json"), reader(t).get(t, "/v1/openapi.json"), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// command is a command in a folder.
func command(dir, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "PYTHONDONTWRITEBYTECODE=1",
		"NODE_NO_WARNINGS=1")
	return cmd
}

// failure is a command that failed, with its output.
type failure struct {
	what string
	err  error
	out  []byte
}

func (f *failure) Error() string {
	return f.what + ": " + f.err.Error() + ": " + strings.TrimSpace(string(f.out))
}

// must runs a command that has to succeed.
func must(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(&failure{strings.Join(cmd.Args, " "), err, out})
	}
}

// check runs a program that makes the calls and compares what it prints. The program forgets a wagon of its own.
func check(t *testing.T, cmd *exec.Cmd, wagon string) {
	t.Helper()
	twin := reader(t)
	if err := twin.send(wagonRecord(wagon)); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Env, "TWIN_URL="+twin.url, "TWIN_CLIENT=machine", "TWIN_SECRET="+twin.secret,
		"TWIN_HOSTILE="+hostile, "TWIN_FORGET=wagon:"+wagon)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(got) != len(calls) {
		t.Errorf("%d calls, want %d", len(got), len(calls))
	}
	for name, text := range calls {
		t.Run(name, func(t *testing.T) {
			var want any
			if err := json.Unmarshal([]byte(text), &want); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got[name], want) {
				t.Errorf("got %v, want %v", got[name], want)
			}
		})
	}
}
