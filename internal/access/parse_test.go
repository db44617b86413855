package access

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

var known = Known{
	Clients:  []string{"machine", "cargo-planner"},
	Datasets: []string{"hsl_hfp", "wagon_telemetry", "wagon_motion"},
}

// Ensure that each mistake is found at its place, with what to do.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{``, `1:1: the JSON ends too early`},
		{`{"grants": [`, `1:13: the JSON ends too early`},
		{"{\n 'grants': []}", `2:2: the JSON is wrong`},
		{`{"grants": [{"who": "*",}]}`, `1:25: the JSON is wrong`},
		{`{"grants": []} x`, `1:16: the JSON is wrong`},
		{"{\"grants\": [\"\xff\"]}", `1:14: the file is not valid UTF-8`},
		{strings.Repeat(" ", maxFile+1), `1:1: the file has 1048577 bytes; the maximum is 1048576`},
		{`[]`, `1:1: the file is an array: want an object with grants`},
		{`{}`, `1:1: the file has no "grants"`},
		{`{"grant": []}`, `1:2: the file has no key "grant": it has grants (did you mean grants?)`},
		{`{"grants": {}}`, `1:12: grants is an object: want an array of grants`},
		{`{"grants": [null]}`, `1:13: a grant is null: want an object with who, read, operate and note`},
		{`{"grants": [], "grants": []}`, `1:16: the key "grants" is there twice`},
		{`{"grants": [{"who": "*"}]}`, `1:13: the grant gives nothing`},
		{`{"grants": [{"read": {"datasets": "*"}}]}`, `1:13: the grant does not say who`},
		{`{"grants": [{"whom": "*", "read": {"datasets": "*"}}]}`,
			`1:14: a grant has no key "whom": it has who, read, operate and note (did you mean who?)`},
		{`{"grants": [{"who": "*", "raed": {"datasets": "*"}}]}`,
			`1:26: a grant has no key "raed": it has who, read, operate and note (did you mean read?)`},
		{`{"grants": [{"who": "*", "note": 1, "read": {"datasets": "*"}}]}`, `1:34: note is a number: want a string`},
		{`{"grants": [{"who": "*", "read": true}]}`,
			`1:34: read is a boolean: want an object with datasets, components and metrics`},
		{`{"grants": [{"who": "*", "read": {"dataset": "*"}}]}`,
			`1:35: read has no key "dataset": it has datasets, components and metrics (did you mean datasets?)`},
		{`{"grants": [{"who": "*", "read": {}}]}`,
			`1:34: it does not say which datasets (add "datasets": "*" for all of them)`},
		{`{"grants": [{"who": "*", "operate": {}}]}`,
			`1:37: it does not say which datasets (add "datasets": "*" for all of them)`},
		{`{"grants": [{"who": "*", "operate": {"datasets": "*", "components": "a"}}]}`,
			`1:55: operate has no key "components": it has datasets`},
		{`{"grants": [{"who": "*", "read": {"datasets": []}}]}`,
			`1:47: datasets is an empty array: want a string or an array of strings`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "components": 1}}]}`,
			`1:66: components is a number: want a string or an array of strings`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "metrics": ["a", 1]}}]}`,
			`1:69: metrics has a number in it: want strings`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "metrics": ["a", ""]}}]}`,
			`1:69: metrics has an empty name in it`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "metrics": ["a", "a"]}}]}`, `1:69: "a" is there twice`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "metrics": "a*b*"}}]}`,
			`1:63: a * stands at the end of a name only ("a*" is all that begin so)`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "metrics": "\ud800"}}]}`, `1:63: a name holds U+FFFD`},
		{`{"grants": [{"who": "*", "read": {"datasets": "*", "metrics": "` + strings.Repeat("x", maxName+1) + `"}}]}`,
			`1:63: a name is longer than 1024 bytes`},
		{`{"grants": [{"who": "*", "read": {"datasets": "wagon_telemetri"}}]}`,
			`1:47: there is no dataset "wagon_telemetri" (did you mean wagon_telemetry?)`},
		{`{"grants": [{"who": "*", "read": {"datasets": "trains"}}]}`,
			`1:47: there is no dataset "trains" (there are hsl_hfp, wagon_telemetry and wagon_motion)`},
		{`{"grants": [{"who": "*", "read": {"datasets": "wagn*"}}]}`, `1:47: no dataset begins with "wagn"`},
		{`{"grants": [{"who": "*", "operate": {"datasets": ["wagon*", "x"]}}]}`, `1:61: there is no dataset "x"`},
		{`{"grants": [{"who": "client:cargo-planer", "read": {"datasets": "*"}}]}`,
			`1:21: there is no client "cargo-planer" (did you mean cargo-planner?)`},
		{`{"grants": [{"who": "cleint:machine", "read": {"datasets": "*"}}]}`,
			`1:21: "cleint:machine" is nobody (did you mean client:machine?)`},
		{`{"grants": [{"who": "machine", "read": {"datasets": "*"}}]}`, `1:21: "machine" is nobody (write "client:NAME"`},
		{`{"grants": [{"who": "group:", "read": {"datasets": "*"}}]}`, `1:21: "group:" has no name after the colon`},
		{`{"grants": [{"who": [], "read": {"datasets": "*"}}]}`, `1:21: who is an empty array`},
	} {
		r, err := Parse("a.json", []byte(c.text), known)
		list, _ := err.(diag.List)
		if r != nil || len(list) != 1 {
			t.Errorf("%.100s: %v", c.text, err)
			continue
		}
		got := fmt.Sprintf("%d:%d: %s", list[0].Line, list[0].Column, list[0].Message)
		if list[0].Hint != "" {
			got += " (" + list[0].Hint + ")"
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%.100s:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// Ensure that all mistakes are told at once, in the order of the text.
func TestAllMistakes(t *testing.T) {
	_, err := Parse("a.json", []byte(`{"grants": [
  {"who": "client:x", "read": {"datasets": "y", "metrics": []}},
  {"who": "z", "operate": {}},
  {"read": {"datasets": "*"}, "nota": ""}
]}`), known)
	list, _ := err.(diag.List)
	var lines []int
	for _, d := range list {
		lines = append(lines, d.Line)
	}
	if !slices.Equal(lines, []int{2, 2, 2, 3, 3, 4, 4}) {
		t.Errorf("%v", err)
	}
}

// Ensure that a file is read as it is meant: a name for an array of one, what is left out, and where a grant stands.
func TestParse(t *testing.T) {
	r, err := Parse("a.json", []byte(`{"grants": [
  {"who": "client:machine", "read": {"datasets": ["wagon*", "hsl_hfp"]}, "note": "ours"},
  {"who": ["group:a:b", "subject:x", "*"], "read": {"datasets": "*", "components": "wagon:1", "metrics": ["a.*", "b"]},
   "operate": {"datasets": "wagon_telemetry"}}
]}`), known)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range r.Grants {
		got = append(got, fmt.Sprintf("%d %v %s, %s, %s, %v %q", g.Line, g.Who, &g.Read.Datasets, &g.Read.Components,
			&g.Read.Metrics, g.Operate, g.Note))
	}
	want := []string{`2 [client:machine] hsl_hfp wagon*, *, *, <nil> "ours"`,
		`3 [group:a:b subject:x *] *, wagon:1, a.* b, wagon_telemetry ""`}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
	if r, err := Parse("a.json", []byte(`{"grants": []}`), known); err != nil || len(r.Grants) != 0 {
		t.Error("a file that lets nobody do anything is one")
	}
	if _, err := Parse("a.json", []byte(`{"grants": [{"who": "client:any", "read": {"datasets": "any"}}]}`),
		Known{}); err != nil {
		t.Errorf("names are checked that are not known: %v", err)
	}
}
