package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// grantsFile writes a file of grants and returns its path.
func grantsFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "access.json")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

const someGrants = `{"grants": [
  {"who": "client:map", "read": {"datasets": "*", "metrics": ["position", "speed*"]}, "note": "the map"},
  {"who": ["group:fleet", "subject:ann"], "read": {"datasets": "wagon_telemetry", "components": "wagon:31*"},
   "operate": {"datasets": "wagon_telemetry"}},
  {"who": "*", "read": {"datasets": "basel_parking"}}
]}`

// Ensure that the explanations name each caller or right, with the grant and its line, and nothing else.
func TestAccess_Explains(t *testing.T) {
	file := grantsFile(t, someGrants)
	for _, c := range []struct {
		args   string
		status int
		want   []string // each on a line of its own, after the heading, with blanks run together
	}{
		{"who wagon:31-1 speed", 0, []string{"client:map * FILE:2 the map", "group:fleet wagon_telemetry FILE:3",
			"subject:ann wagon_telemetry FILE:3", "* basel_parking FILE:5"}},
		{"who wagon:31-1 speed --dataset wagon_telemetry", 0,
			[]string{"client:map * FILE:2 the map", "group:fleet wagon_telemetry FILE:3", "subject:ann wagon_telemetry FILE:3"}},
		{"who wagon:33-1 load --dataset hsl_hfp", 1, nil},
		{"what client:map", 0, []string{"read * * position speed* client:map FILE:2 the map",
			"read basel_parking * * * FILE:5"}},
		{"what subject:ann group:fleet", 0, []string{"read wagon_telemetry wagon:31* * group:fleet subject:ann FILE:3",
			"operate wagon_telemetry group:fleet subject:ann FILE:3", "read basel_parking * * * FILE:5"}},
		{"what subject:bob", 0, []string{"read basel_parking * * * FILE:5"}},
	} {
		status, stdout, stderr := twin(t, append(append([]string{"access"}, strings.Fields(c.args)...), "--file", file)...)
		var got []string
		for line := range strings.Lines(strings.ReplaceAll(stdout, file, "FILE")) {
			got = append(got, strings.Join(strings.Fields(line), " "))
		}
		if len(got) > 0 {
			got = got[1:]
		}
		if status != c.status || strings.Join(got, "\n") != strings.Join(c.want, "\n") ||
			status != 0 && !strings.Contains(stderr, "nobody may read load of wagon:33-1") {
			t.Errorf("%s: %d %s\n%s", c.args, status, stderr, strings.Join(got, "\n"))
		}
	}
}

// Ensure that what is explained comes as CSV and JSON too.
func TestAccess_Forms(t *testing.T) {
	file := grantsFile(t, someGrants)
	for form, want := range map[string]string{
		"csv": "may,datasets,components,metrics,as,grant,note\nread,basel_parking,*,*,*,FILE:5,\n",
		"json": `[` + "\n" +
			`{"as":"*","components":"*","datasets":"basel_parking","grant":"FILE:5","may":"read","metrics":"*","note":""}` +
			"\n]\n",
	} {
		_, stdout, stderr := twin(t, "access", "what", "subject:bob", "--file", file, "-o", form)
		if got := strings.ReplaceAll(stdout, file, "FILE"); got != want || stderr != "" {
			t.Errorf("%s: %s%s", form, got, stderr)
		}
	}
	if _, stdout, _ := twin(t, "access", "who", "wagon:31-1", "speed", "--file", file, "-o",
		"csv"); !strings.HasPrefix(stdout, "who,ofDatasets,grant,note\n") {
		t.Errorf("%s", stdout)
	}
}

// Ensure that a caller without a grant is told so, and that wrong usage and a wrong file say what to do.
func TestAccess_Errors(t *testing.T) {
	file := grantsFile(t, `{"grants": [{"who": "client:map", "read": {"datasets": "d"}}]}`)
	wrong := grantsFile(t, `{"grants": [{"whom": "*"}]}`)
	for _, c := range []struct {
		args   string
		status int
		want   string
	}{
		{"access what client:other --file " + file, 1, "client:other may read nothing and operate nothing"},
		{"access what map --file " + file, 2, `"map" is nobody: write "client:NAME"`},
		{"access what cleint:map --file " + file, 2, "did you mean client:map?"},
		{"access what --file " + file, 2, "name a caller"},
		{"access who wagon:1 --file " + file, 2, "name a component and a metric"},
		{"access who a b --file nosuch.json", 1, "read the grants: open nosuch.json"},
		{"access who a b --file " + wrong, 1, wrong + `:1:14: rejected: a grant has no key "whom"`},
		{"access wha", 2, "Did you mean"},
		{"up --access " + file, 2, "--access needs to know who calls"},
		{"up --auth --as client:map --access " + file, 2, "--as and --auth exclude each other"},
		{"up --as client:map", 2, "--as is for the grants of a file"},
		{"up --as map --access " + file, 2, `invalid value "map" for --as: "map" is nobody`},
		{"up --as client:map --access " + wrong, 1, wrong + ":1:14: rejected"},
		{"up --as client:map --access " + file, 1, `there is no dataset "d"`},
	} {
		status, stdout, stderr := twin(t, strings.Fields(c.args)...)
		if status != c.status || stdout != "" || !strings.Contains(stderr, c.want) {
			t.Errorf("%s: %d %q %q", c.args, status, stdout, stderr)
		}
	}
}
