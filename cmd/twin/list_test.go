package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ensure that datasets, components and readings of a running twin are listed in each form, with all pages, and that
// what is not there is explained with what may be meant.
func TestList(t *testing.T) {
	home(t)
	var out output
	dir := boxes(t)
	var records strings.Builder
	for i := range 1500 { // more than a page
		fmt.Fprintf(&records, `{"id":"%04d","t":%d,"measured":"2026-01-01T00:00:00Z"}`+"\n", i, i)
	}
	os.Remove(filepath.Join(dir, "testdata", "boxes", "sample.json"))
	write(t, filepath.Join(dir, "testdata", "boxes", "sample.ndjson"), records.String())
	url, _ := startUp(t, &out, "--data", t.TempDir(), "--extractors", dir, "--once")
	list := func(args ...string) string {
		t.Helper()
		status, stdout, stderr := twin(t, append(args, "--url", url)...)
		if status != exitOK || stderr != "" {
			t.Errorf("%q: %d %s", args, status, stderr)
		}
		return stdout
	}
	eventually(t, "all boxes are there", func() bool { return strings.Count(list("list"), "\n") == 1501 })

	if got := list("list", "--prefix", "box:149", "--limit", "2"); got != "COMPONENT\nbox:1490\nbox:1491\n" {
		t.Errorf("components:\n%s", got)
	}
	if got := list("list", "--prefix", "cat"); got != "no components\n" {
		t.Errorf("none:\n%s", got)
	}
	table := list("list", "--metrics", "temperature", "--dataset", "boxes", "--limit", "1")
	if !regexp.MustCompile(`^COMPONENT +METRIC +VALUE +UNIT +AGE +EVENT TIME +DATASET\nbox:0000 +temperature +0.0 +Cel +\d+ d +2026-01-01T00:00:00.000Z +boxes\n$`).MatchString(table) {
		t.Errorf("readings:\n%s", table)
	}
	rows, err := csv.NewReader(strings.NewReader(list("list", "readings", "-o", "csv"))).ReadAll()
	if err != nil || len(rows) != 1501 ||
		strings.Join(rows[0], " ") != "component metric value unit eventTime staleAt dataset" ||
		strings.Join(rows[1500], " ") != "box:1499 temperature 1499.0 Cel 2026-01-01T00:00:00.000Z  boxes" {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	var readings []map[string]any
	if err := json.Unmarshal([]byte(list("list", "readings", "-o", "json")), &readings); err != nil ||
		len(readings) != 1500 || readings[7]["value"] != 7.0 {
		t.Errorf("%d readings, %v", len(readings), err)
	}
	if got := list("list", "--prefix", "cat", "-o", "json"); got != "[]\n" {
		t.Errorf("none: %s", got)
	}
	if got := list("get", "box:0007", "-o", "csv"); !strings.HasSuffix(got,
		"\nbox:0007,temperature,7.0,Cel,2026-01-01T00:00:00.000Z,,boxes\n") {
		t.Errorf("get: %s", got)
	}
	if got := list("list", "--filter", "temperature>=1490;!temperature=1491", "--count"); got != "9\n" {
		t.Errorf("count: %s", got)
	}
	if got := list("list", "--count"); got != "1500\n" {
		t.Errorf("count: %s", got)
	}
	if got := list("list", "--filter", "temperature=7"); got != "COMPONENT\nbox:0007\n" {
		t.Errorf("filter: %s", got)
	}
	if got := list("list", "-o", "geojson"); got != `{"type":"FeatureCollection","features":[`+"\n]}\n" {
		t.Errorf("features without a position: %s", got)
	}
	if got := list("datasets"); !regexp.MustCompile(
		`^DATASET +METRICS +EVERY +NEWEST +DESCRIPTION\nboxes +1( +\d+ d)?\n$`).MatchString(got) {
		t.Errorf("datasets:\n%s", got)
	}
	if got := list("datasets", "boxes"); got != "METRIC       UNITS\ntemperature  Cel\n" {
		t.Errorf("dataset:\n%s", got)
	}
	if got := list("datasets", "-o", "csv"); !strings.HasPrefix(got,
		"dataset,metrics,intervalSeconds,newestEventTime,pausedSince,description\nboxes,1,,") {
		t.Errorf("datasets:\n%s", got)
	}

	for _, tc := range []struct{ args, want string }{
		{"list --metrics temprature", "no dataset delivers the metric \"temprature\"\nDid you mean temperature?"},
		{"list --metrics speed", "The metrics: temperature"},
		{"list --dataset boxs", "There is no dataset \"boxs\". See GET /v1/datasets.\nDid you mean boxes?"},
		{"datasets crates", "The datasets: boxes"},
		{"list --limit -1", "--limit must not be negative"},
		{"list boxes", "choose components or readings"},
		{"list components --metrics speed", "leave --metrics out"},
		{"list -o yaml", `invalid value "yaml" for --output: it must be table, csv, json or geojson`},
		{"get box:0007 -o geojson", `it must be table, csv or json`},
		{"list --filter temperature>", "filter is wrong at column 13: a value is missing after >"},
		{"list components -o geojson", "GeoJSON is made of readings"},
		{"list --count -o csv", "leave --output and --limit out"},
		{"list --prefix box --profle p", "Did you mean --profile?"},
	} {
		status, stdout, stderr := twin(t, append(strings.Fields(tc.args), "--url", url)...)
		if status == exitOK || stdout != "" || !strings.Contains(stderr, tc.want) {
			t.Errorf("%s: %d %s %s", tc.args, status, stdout, stderr)
		}
	}
	for args, want := range map[string]string{
		"list --dataset |":       "boxes\n",
		"list --metrics speed,|": "speed,temperature\n",
		"list --prefix box:149|": "box:1490\nbox:1491\n",
		"get box:149|":           "box:1490\nbox:1491\n",
		"get box:1490 |":         "temperature\n:4",
		"datasets |":             "boxes\n",
		"list |":                 "components\nreadings\n",
		"list --url http://127.0.0.1:1 --dataset |": ":4\n",
	} {
		fields := append([]string{"__complete"}, strings.Fields(args)...)
		if !strings.Contains(args, "--url") {
			fields = append([]string{"__complete", fields[1], "--url", url}, fields[2:]...)
		}
		fields[len(fields)-1] = strings.TrimSuffix(fields[len(fields)-1], "|")
		if _, stdout, _ := twin(t, fields...); !strings.HasPrefix(stdout, want) {
			t.Errorf("%s: %q, want %q", args, stdout, want)
		}
	}
}

// Ensure that names, values and texts of a twin can neither move the cursor of a terminal nor be formulas of a
// spreadsheet, and that JSON keeps them as they are.
func TestList_Hostile(t *testing.T) {
	home(t)
	const evil = "=cmd|' /C calc'!A0"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reading, _ := json.Marshal(map[string]any{
			"component": evil, "metric": "+\u001b[2J\u202e", "value": "=1\u001b]0;x\u0007", "unit": "@SUM(A1)",
			"eventTime": "2026-01-01T00:00:00Z",
			"staleAt":   nil, "dataset": "-1+2",
		})
		fmt.Fprintf(w, `{"components":["=1+\u001b[2J",%q,"\tx"],"readings":[%s],"next":null,"cursor":null}`, "-box", reading)
	}))
	defer server.Close()
	list := func(args ...string) string {
		_, stdout, stderr := twin(t, append([]string{"list", "--url", server.URL}, args...)...)
		return stdout + stderr
	}
	if got := list("readings") + list(); strings.ContainsAny(got, "\x1b\x07\u202e\t") ||
		!strings.Contains(got, `+\x1b[2J\u202e`) || !strings.Contains(got, "@SUM(A1)") {
		t.Errorf("the table is %q", got)
	}
	want := "component,metric,value,unit,eventTime,staleAt,dataset\n'" + evil +
		",'+\x1b[2J\u202e,\"\"\"=1\\u001b]0;x\\u0007\"\"\",'@SUM(A1),2026-01-01T00:00:00.000Z,,'-1+2\n"
	if got := list("readings", "-o", "csv"); got != want {
		t.Errorf("CSV is %q, want %q", got, want)
	}
	if got := list("-o", "csv"); got != "component\n'=1+\x1b[2J\n'-box\n'\tx\n" {
		t.Errorf("CSV is %q", got)
	}
	if got := list("-o", "json"); got != "[\n\"=1+\\u001b[2J\",\n\"-box\",\n\"\\tx\"\n]\n" {
		t.Errorf("JSON is %q", got)
	}
}
