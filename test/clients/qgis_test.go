package clients

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/test/venv"
)

// example is the URL of the twin in the documents.
const example = "https://twin.example.com"

// block returns the block of a language in a document, with the URL of a twin in the place of the example.
func block(t *testing.T, document, language string, twin *running) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../docs", document))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n```"+language+"\n")
	body, _, closed := strings.Cut(rest, "```\n")
	if !ok || !closed {
		t.Fatalf("docs/%s has no block of %s", document, language)
	}
	return strings.ReplaceAll(body, example, twin.url)
}

// Ensure that the start-up script of docs/qgis.md gives GDAL a token and has it renewed before it expires, and that
// GDAL reads the layer with it.
func TestQGIS(t *testing.T) {
	python := venv.Python(t, "testdata/python/clients.txt")
	twin, dir := reader(t), t.TempDir()
	script := block(t, "qgis.md", "python", twin)
	if err := os.WriteFile(filepath.Join(dir, "startup.py"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs("testdata/python/qgis.py")
	if err != nil {
		t.Fatal(err)
	}
	cmd := command(dir, python, program, "startup.py", strings.TrimSpace(block(t, "qgis.md", "uri", twin)))
	cmd.Env = append(cmd.Env, "TWIN_CLIENT=machine", "TWIN_SECRET="+twin.secret)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	var got, want map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if err := json.Unmarshal([]byte(`{
		"timer": {"single": true, "renews": "renew_token", "milliseconds": 3240000},
		"crs": "EPSG:4326", "features": 16, "first": ["parking:aeschen", [7.5943046, 47.5504299], 83],
		"columns": {"id": "str", "component": "str", "eventTime": "datetime", "staleAt": "datetime",
			"capacity": "int32", "free": "int32"}
	}`), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}
