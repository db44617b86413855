package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const boxSQL = "CREATE TABLE boxes (id STRING, t DOUBLE, measured TIMESTAMP_LTZ(3)) WITH (\n" +
	"  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601', 'json.ignore-parse-errors' = 'true');\n" +
	"INSERT INTO digitaltwin (component, metric, `value`, unit, event_time)\n" +
	"SELECT CONCAT('box:', id), 'temperature', JSON_STRING(t), 'Cel', measured FROM boxes;\n"

const boxRecord = `{"id":"1","t":4.5,"measured":"2026-01-01T00:00:00Z"}`

// boxes writes a folder with the extractor of boxes and one sample, and returns it.
func boxes(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "boxes.sql"), boxSQL)
	write(t, filepath.Join(dir, "testdata", "boxes", "sample.json"), boxRecord)
	return dir
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// output is what a command writes while it runs.
type output struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buffer.String()
}

// patience is how long a test waits for something that normally takes moments, or seconds where a JVM starts.
const patience = 3 * time.Minute

// eventually waits until check returns true.
func eventually(t *testing.T, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !check(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

var urlPattern = regexp.MustCompile(`twin at (http://\S+),`)

// startedAt waits until a twin has said where it is.
func startedAt(t *testing.T, o *output) string {
	t.Helper()
	eventually(t, "the twin says where it is", func() bool { return urlPattern.MatchString(o.String()) })
	return urlPattern.FindStringSubmatch(o.String())[1]
}

// startUp runs "twin up" in this process and returns where it is, and how to end it.
func startUp(t *testing.T, out *output, args ...string) (url string, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	status := make(chan int, 1)
	go func() {
		status <- run(ctx, console{strings.NewReader(""), out, out},
			append([]string{"up", "--listen", "127.0.0.1:0"}, args...))
	}()
	stop = sync.OnceValue(func() int { cancel(); return <-status })
	t.Cleanup(func() { stop() })
	return startedAt(t, out), stop
}

// twin runs a command in this process.
func twin(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = run(t.Context(), console{strings.NewReader(""), &out, &err}, args)
	return status, out.String(), err.String()
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Ensure that a folder with one extractor and one sample is a twin, that "get" reads it as curl does, and
// that what is not there is explained.
func TestUpAndGet(t *testing.T) {
	var out output
	url, stop := startUp(t, &out, "--data", t.TempDir(), "--extractors", boxes(t))
	eventually(t, "box 1 is there", func() bool {
		status, _, _ := twin(t, "get", "box:1", "--url", url)
		return status == exitOK
	})
	_, table, _ := twin(t, "get", "--url", url, "box:1")
	if !regexp.MustCompile(`(?m)^METRIC +VALUE +UNIT +AGE +EVENT TIME +DATASET\ntemperature +4.5 +Cel +\d+ m?s +\d{4}-\S+Z +boxes$`).
		MatchString(table) {
		t.Errorf("get shows\n%s", table)
	}
	_, body, _ := twin(t, "get", "box:1", "temperature", "--json", "--url", url+"/v1/")
	mask := regexp.MustCompile(`"eventTime":"[^"]*"`)
	served := fetch(t, url+"/v1/components/box:1/metrics/temperature")
	if mask.ReplaceAllString(strings.TrimSpace(body), "") != mask.ReplaceAllString(strings.TrimSpace(served), "") {
		t.Errorf("get --json prints %s, and the API serves %s", body, served)
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"box:17"}, "Similar names: box:1"},
		{[]string{"box:17", "temperature"}, "Similar names: box:1"},
		{[]string{"box:1", "humidity"}, "no metric \"humidity\". See GET /v1/components/{component}.\nIts metrics: " +
			"temperature\n"},
		{[]string{"box:1", "temprature"}, "\nDid you mean temperature?\n"},
		{[]string{"cat"}, "no component \"cat\". See GET /v1/components.\nSome names: box:1"},
	} {
		status, stdout, stderr := twin(t, append([]string{"get", "--url", url}, tc.args...)...)
		if status != exitFailure || stdout != "" || !strings.Contains(stderr, tc.want) {
			t.Errorf("get %q: %d %s %s", tc.args, status, stdout, stderr)
		}
	}
	if status := stop(); status != exitOK {
		t.Errorf("up ended with status %d", status)
	}
	for _, want := range []string{"curl '" + url + "/v1/", "boxes    sample.json, replayed with its times moved to now",
		"DATASET  RECORDS/S  READINGS  APPLIED  LATE  SUPERSEDED  SAME  REJECTS  NOTHING"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("up did not print %q but\n%s", want, out.String())
		}
	}
	status, _, stderr := twin(t, "get", "box:1", "--url", url)
	if status != exitFailure || !strings.Contains(stderr, "twin up") {
		t.Errorf("get from no twin: %d %s", status, stderr)
	}
}

// Ensure that a twin which cannot start says why and what to do, in one message, and leaves no half of it running.
func TestUp_CannotStart(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "")
	typo := t.TempDir()
	write(t, filepath.Join(typo, "typo.sql"), "SELEKT")
	var out output
	data := t.TempDir()
	_, stop := startUp(t, &out, "--data", data, "--extractors", boxes(t))
	defer stop()
	for _, tc := range []struct {
		name   string
		args   []string
		status int
		want   string
	}{
		{"port taken", []string{"--listen", taken.Addr().String()}, exitFailure, "is in use by another program"},
		{"not loopback", []string{"--listen", "0.0.0.0:8080"}, exitFailure, "is not loopback"},
		{"state in use", []string{"--data", data}, exitFailure, "in use by another process"},
		{"state in a file", []string{"--data", file}, exitFailure, "--data DIR"},
		{"no such extractors", []string{"--extractors", file + "x"}, exitFailure, "no such file"},
		{"no extractors", []string{"--extractors", t.TempDir()}, exitFailure, "DATASET.sql"},
		{"only broken extractors", []string{"--extractors", typo}, exitFailure, "typo.sql:1:1"},
		{"unknown dataset", []string{"--feed", "bikes=" + file}, exitUsage, "There are boxes"},
		{"no such feed", []string{"--feed", "boxes=" + file + "x"}, exitFailure, "no such file"},
		{"empty feed", []string{"--feed", "boxes=" + file}, exitFailure, "file"},
		{"half a feed", []string{"--feed", "boxes"}, exitUsage, "DATASET=FILE"},
		{"wagons", []string{"--wagons", "-1"}, exitUsage, "from 0 to"},
		{"words for wagons", []string{"--wagons", "many"}, exitUsage, `invalid value "many" for --wagons`},
		{"an argument", []string{"now"}, exitUsage, `"now"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			args := append([]string{"up", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--extractors", boxes(t)},
				tc.args...)
			status, stdout, stderr := twin(t, args...)
			if status != tc.status || stdout != "" || !strings.Contains(stderr, tc.want) {
				t.Errorf("got %d, %q, %q; want %d with %q", status, stdout, stderr, tc.status, tc.want)
			}
		})
	}
}

// Ensure that a broken extractor is shown and left out, that a capture without readings is only said, and
// that the rest is served.
func TestUp_LeavesOut(t *testing.T) {
	dir := boxes(t)
	write(t, filepath.Join(dir, "typo.sql"), "SELEKT")
	write(t, filepath.Join(dir, "crates.sql"), boxSQL)
	write(t, filepath.Join(dir, "testdata", "crates", "sample.json"), "{}")
	var out output
	url, stop := startUp(t, &out, "--data", t.TempDir(), "--extractors", dir)
	defer stop()
	for _, want := range []string{"typo.sql:1:1", "typo is not served", "crates has no feed: replay sample.json",
		"crates   nothing yet: POST /dev/records/crates"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("up did not print %q but\n%s", want, out.String())
		}
	}
	datasets := fetch(t, url+"/v1/datasets")
	for dataset, served := range map[string]bool{"boxes": true, "crates": true, "typo": false} {
		if strings.Contains(datasets, `"`+dataset+`"`) != served {
			t.Errorf("the catalogue is %s", datasets)
		}
	}
}
