package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ensure that twin smoke passes a twin that runs with the canary, says so in one line, and fails with what to do at
// one that runs without it, and at none.
func TestSmoke(t *testing.T) {
	var log output
	with, _ := startUp(t, &log, "--data", t.TempDir(), "--extractors", boxes(t), "--canary")
	var other output
	without, _ := startUp(t, &other, "--data", t.TempDir(), "--extractors", boxes(t))
	code, out, errs := twin(t, "smoke", "--url", with, "--wait", "10s")
	var line struct {
		OK       bool
		Checks   []struct{ Name string }
		Datasets map[string]string
	}
	if err := json.Unmarshal([]byte(out), &line); err != nil || strings.Count(out, "\n") != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	if code != 0 || !line.OK || len(line.Checks) != 4 || line.Datasets["twin_canary"] == "" {
		t.Errorf("status %d: %s %s", code, out, errs)
	}
	if code, out, errs := twin(t, "smoke", "--url", without, "--wait", "1s"); code != 1 ||
		!strings.Contains(errs, "twin up --canary") {
		t.Errorf("status %d: %s %s", code, out, errs)
	}
	if code, _, errs := twin(t, "smoke", "--url", "http://127.0.0.1:1", "--wait", "1s"); code != 1 ||
		!strings.Contains(errs, "nothing listens there") {
		t.Errorf("status %d: %s", code, errs)
	}
	if code, _, errs := twin(t, "smoke", "--url", with, "--wait", "1s", "--put", "cat > "+
		"/dev/null"); code != 1 || !strings.Contains(errs, "canary: after 1s") {
		t.Errorf("a record that is lost: status %d: %s", code, errs)
	}
}

// Ensure that twin smoke passes a twin that asks for tokens, and fails with credentials that it does not know.
func TestSmoke_Auth(t *testing.T) {
	home(t)
	var log output
	data := t.TempDir()
	at, _ := startUp(t, &log, "--auth", "--canary", "--data", data, "--extractors", boxes(t))
	text, err := os.ReadFile(filepath.Join(data, "auth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var directory struct {
		Clients map[string]struct{ Secret string }
	}
	if err := json.Unmarshal(text, &directory); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(data, "client.json")
	for secret, want := range map[string]int{directory.Clients["machine"].Secret: exitOK, "wrong": 1} {
		write(t, file, `{"clientId":"machine","clientSecret":"`+secret+`","tokenUrl":"`+at+
			`/oauth2/token","scope":"twin/read","apiUrl":"`+at+`/v1"}`)
		status, out, errs := twin(t, "smoke", "--credentials", file, "--wait", "10s")
		if status != want || strings.Contains(out, `"ok":true,"url"`) != (want == exitOK) ||
			!strings.Contains(out, `"wrong scope"`) {
			t.Errorf("status %d, want %d: %s %s", status, want, out, errs)
		}
	}
}
