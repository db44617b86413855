package consumers

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/test/venv"
)

// hostile is a component whose name has what tables trip over.
const hostile = "=wagon:\"a\", ;'é\u202e"

// found is what the libraries have read: component, metric, value, unit and event time.
type found struct {
	Features, CSV, NDJSON, Rows [][]any
}

// serve serves two wagons in Zurich and Wellington, and one without a position.
func serve(t *testing.T) string {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), &bolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.PutDataset(t.Context(), twin.Dataset{Name: "wagons", Interval: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	at := twin.Millis(1_795_000_000_137)
	var changes []twin.Change
	for _, c := range []twin.Change{
		{Component: "wagon:1", Metric: "position", Value: `{"lat":47.3769,"lon":8.5417}`, Unit: "deg"},
		{Component: "wagon:1", Metric: "speed", Value: "81.8", Unit: "km/h"},
		{Component: "wagon:2", Metric: "position", Value: `{"lat":-41.2889,"lon":174.7772,"alt":12.5}`, Unit: "deg"},
		{Component: "wagon:2", Metric: "state", Value: `"a \"b\", c"`},
		{Component: hostile, Metric: "speed", Value: "null", Unit: "km/h"},
	} {
		c.Dataset, c.EventTime = "wagons", at
		changes = append(changes, c)
	}
	results, err := store.NewApplier(s, at.Time).Apply(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Outcome != store.Applied {
			t.Fatalf("%q: %s", changes[i].Component, r.Detail)
		}
	}
	server := httptest.NewServer(api.Compress(api.New(api.Config{Reader: s, Stream: true})))
	t.Cleanup(server.Close)
	return server.URL
}

// Ensure that the forms are read by the libraries of others as what they are: each reading once, texts as they were but
// for the apostrophe before a formula, numbers and times exactly, longitude before latitude.
func TestFormsAreReadByOthers(t *testing.T) {
	python := venv.Python(t, "testdata/consumers.txt")
	url, folder := serve(t), t.TempDir()
	for file, query := range map[string]string{
		"readings.geojson": "format=geojson", "readings.csv": "format=csv", "readings.ndjson": "format=ndjson",
		"rows.json": "format=rows",
	} {
		answer, err := http.Get(url + "/v1/readings?" + query)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		if err != nil || answer.StatusCode != 200 {
			t.Fatalf("%s: %d %s %v", query, answer.StatusCode, body, err)
		}
		if err := os.WriteFile(filepath.Join(folder, file), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), python, "testdata/read.py", folder).Output()
	if err != nil {
		if failed, ok := err.(*exec.ExitError); ok {
			t.Fatalf("%s", failed.Stderr)
		}
		t.Fatal(err)
	}
	var got found
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	const at = 1_795_000_000_137.0
	want := found{
		Features: [][]any{{"wagon:1", []any{8.5417, 47.3769}, 81.8}, {"wagon:2", []any{174.7772, -41.2889, 12.5}, nil}},
		CSV: [][]any{
			{"'" + hostile, "speed", "null", "km/h", at},
			{"wagon:1", "position", `{"lat":47.3769,"lon":8.5417}`, "deg", at},
			{"wagon:1", "speed", "81.8", "km/h", at},
			{"wagon:2", "position", `{"lat":-41.2889,"lon":174.7772,"alt":12.5}`, "deg", at},
			{"wagon:2", "state", `"a \"b\", c"`, nil, at},
		},
		NDJSON: [][]any{
			{hostile, "speed", nil, "km/h", at},
			{"wagon:1", "position", `{"lat":47.3769,"lon":8.5417}`, "deg", at},
			{"wagon:1", "speed", "81.8", "km/h", at},
			{"wagon:2", "position", `{"lat":-41.2889,"lon":174.7772,"alt":12.5}`, "deg", at},
			{"wagon:2", "state", `"a \"b\", c"`, nil, at},
		},
		Rows: [][]any{{hostile, nil, nil, at}, {"wagon:1", 81.8, 8.5417, at}, {"wagon:2", nil, 174.7772, at}},
	}
	for i, part := range []string{"features", "CSV", "NDJSON", "rows"} {
		g, w := reflect.ValueOf(got).Field(i).Interface(), reflect.ValueOf(want).Field(i).Interface()
		if !reflect.DeepEqual(g, w) {
			t.Errorf("%s\n got %q\nwant %q", part, g, w)
		}
	}
}
