package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/infer"
)

const houses = `{"house":"north","climate":{"temp":21.5,"humidity":60},"vents":[{"n":1,"opened":true}],"sentAt":"2026-11-23T10:15:00Z"}
{"house":"south","climate":{"temp":19.0,"humidity":71},"vents":[{"n":1,"opened":false}],"sentAt":"2026-11-23T10:15:02Z"}
{"house":"north","climate":{"temp":21.6,"humidity":59},"vents":[{"n":1,"opened":true}],"sentAt":"2026-11-23T10:16:00Z"}
`

// Ensure that in the module of a user the extractor, its samples and its golden file are written into the current
// folder, that the extractor is formatted and checks, and that nothing is written over.
func TestNew(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "go.mod", "module example.org/houses\n")
	write(t, "houses.ndjson", houses)
	status, stdout, stderr := twin(t, "new", "greenhouse", "--from", "houses.ndjson")
	if status != exitOK || !strings.Contains(stdout, "9 readings of 2 components from 3 records, 0 rejects") ||
		!strings.Contains(stdout, `Dataset: "greenhouse"`) {
		t.Fatalf("%d, %s%s", status, stdout, stderr)
	}
	golden, err := os.ReadFile("testdata/greenhouse.txtar")
	if err != nil ||
		!strings.Contains(string(golden), "house:north\tclimate.temp\t21.6\tCel\t2026-11-23T10:16:00.000Z\n") {
		t.Errorf("%v, %s", err, golden)
	}
	if sample, err := os.ReadFile("testdata/greenhouse/houses.ndjson"); err != nil || string(sample) != houses {
		t.Errorf("%v, %s", err, sample)
	}
	if status, stdout, stderr := twin(t, "fmt", "--check", "greenhouse.sql"); status != exitOK {
		t.Errorf("it is not formatted: %s%s", stdout, stderr)
	}
	if status, stdout, stderr := twin(t, "check", "--strict", "greenhouse.sql",
		"testdata/greenhouse/houses.ndjson"); status != exitOK {
		t.Errorf("it does not check: %s%s", stdout, stderr)
	}
	write(t, "greenhouse.sql", "-- mine\n")
	status, stdout, stderr = twin(t, "new", "greenhouse", "--from", "houses.ndjson")
	if text, _ := os.ReadFile("greenhouse.sql"); status != exitFailure || string(text) != "-- mine\n" ||
		!strings.Contains(stderr, "add --force") {
		t.Errorf("%d, %s, %s%s", status, text, stdout, stderr)
	}
	if status, _, stderr = twin(t, "new", "greenhouse", "--from", "houses.ndjson", "--force"); status != exitOK {
		t.Errorf("%d, %s", status, stderr)
	}
}

// Ensure that in a clone everything goes into the folder extractors, from a folder below too.
func TestNew_Clone(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "go.mod", "module example.org/clone\n")
	write(t, "extractors/extractors.go", "package extractors\n")
	write(t, "samples/houses.json", strings.Split(houses, "\n")[0])
	t.Chdir("samples")
	status, stdout, stderr := twin(t, "new", "greenhouse", "--from", "houses.json", "--component",
		"greenhouse:house", "--time", "sentAt")
	if status != exitOK || !strings.Contains(stdout, `"greenhouse": { "producers": "account" }`) {
		t.Fatalf("%d, %s%s", status, stdout, stderr)
	}
	sql, err := os.ReadFile("../extractors/greenhouse.sql")
	if err != nil || !strings.Contains(string(sql), "CONCAT('greenhouse:', t.house) AS component") {
		t.Errorf("%v, %s", err, sql)
	}
	if _, err := os.Stat("../extractors/testdata/greenhouse/houses.json"); err != nil {
		t.Error(err)
	}
}

// Ensure that what is not sure is asked, that without a terminal nothing is written then, and that a flag or --yes
// answers.
func TestNew_Questions(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "stops.csv", "Fahrzeug_ID;Sensor_ID;Zeit;Wert\nA1;7001;01.02.2025 10:15;12,5\nB2;7001;01.02.2025 "+
		"10:16;12,7\nA1;7002;01.02.2025 10:17;11,0\n")
	status, stdout, stderr := twin(t, "new", "stops", "--from", "stops.csv")
	for _, want := range []string{"--component answers it:\n  fahrzeug_id: ",
		"--zone answers it:\n  UTC: nothing tells another", "--yes, which takes the first"} {
		if status != exitFailure || !strings.Contains(stderr, want) {
			t.Errorf("%d, %s%s, want %q", status, stdout, stderr, want)
		}
	}
	if left, _ := filepath.Glob("*"); len(left) != 1 {
		t.Errorf("written: %s", left)
	}
	status, stdout, _ = twin(t, "new", "stops", "--from", "stops.csv", "--print", "--component", "sensor_id",
		"--zone", "Europe/Zurich")
	if status != exitOK || !strings.Contains(stdout, "CONCAT('sensor:', t.sensor_id)") ||
		!strings.Contains(stdout, "'Europe/Zurich'") {
		t.Errorf("%d, %s", status, stdout)
	}
	if status, stdout, stderr = twin(t, "new", "stops", "--from", "stops.csv", "--yes", "--zone",
		"UTC"); status != exitOK {
		t.Errorf("%d, %s%s", status, stdout, stderr)
	}
	if text, err := os.ReadFile("testdata/stops/source.json"); err != nil || string(text) != "{\"zone\":\"UTC\"}\n" {
		t.Errorf("%v, %s", err, text)
	}
}

func TestNew_Ask(t *testing.T) {
	q := infer.Question{Text: "Which?", Flag: "--time",
		Candidates: []infer.Candidate{{Label: "a", Reason: "called a"}, {Label: "b"}}}
	for answer, want := range map[string]int{"\n": 0, "2\n": 1, "x\n3\n1\n": 0} {
		var out bytes.Buffer
		got, err := ask(bufio.NewReader(strings.NewReader(answer)), &out, q)
		if err != nil || got != want || !strings.HasPrefix(out.String(), "Which?\n  1  a: called a\n  2  b\n1 to 2 (1): ") {
			t.Errorf("%q: %d, %v, %s", answer, got, err, out.String())
		}
	}
	if _, err := ask(bufio.NewReader(strings.NewReader("")), io.Discard, q); err == nil ||
		!strings.Contains(err.Error(), "--time") {
		t.Error(err)
	}
}

// Ensure that standard input and gzip are read, and that what cannot be read is told with what to do.
func TestNew_Inputs(t *testing.T) {
	t.Chdir(t.TempDir())
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	io.WriteString(w, houses)
	w.Close()
	var out bytes.Buffer
	if status := run(t.Context(), console{&packed, &out, &out},
		[]string{"new", "greenhouse", "--from", "-"}); status != exitOK {
		t.Errorf("%d, %s", status, out.String())
	}
	if _, err := os.Stat("testdata/greenhouse/greenhouse.ndjson"); err != nil {
		t.Error(err)
	}
	write(t, "empty", " \n")
	write(t, "x.xml", "<a/>")
	write(t, "cut.json", `{"a": [1, 2`)
	write(t, "two.ndjson", "{\"a\": 1}\n{\"a\": \n")
	write(t, "none.json", `{"a": 1, "b": "x"}`)
	write(t, "list.json", `[2, "id"]`)
	for args, want := range map[string]string{
		"new x --from missing.json":          "missing.json: there is no such file",
		"new x --from .":                     ".: it is a folder",
		"new x --from empty":                 "empty: it is empty: there is no record in it",
		"new x --from x.xml":                 "declare format raw",
		"new x --from cut.json":              "cut.json: it is not JSON: the text ends within a value",
		"new x --from two.ndjson":            "two.ndjson: line 2 is not JSON: the text ends within a value",
		"new x --from none.json":             "no field of the samples is a point in time",
		"new x --from list.json":             "list.json, record 1: it is an array of unlike things",
		"new X --from none.json":             `"X" is no name of a dataset`,
		"new x":                              "name a sample: --from records.json",
		"new":                                "name the dataset",
		"new x --from none.json --zone Mars": `unknown zone "Mars"`,
		"new h --from testdata/greenhouse/greenhouse.ndjson --yes --time hous": "--time hous: no such field. There are " +
			"climate.humidity",
	} {
		if status, _, stderr := twin(t, strings.Fields(args)...); status == exitOK || !strings.Contains(stderr, want) {
			t.Errorf("%s: %d, %s, want %q", args, status, stderr, want)
		}
	}
}
