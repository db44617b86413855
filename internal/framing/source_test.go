package framing

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	_ "time/tzdata" // the zones that are known, also where the system has none
)

// Ensure that a file beside samples is read with all of its keys, and that a mistake in it is named with its place and
// what to write.
func TestParseSource(t *testing.T) {
	got, err := ParseSource("source.json", []byte(`{"framing":"lines","charset":"windows-1252","zone":"Europe/Zurich"}`))
	if want := (Source{Lines, "windows-1252", "Europe/Zurich"}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
	for text, want := range map[string]string{
		"{\n\"framming\": \"lines\"}": `source.json:2: json: unknown field "framming"`,
		`{"framing": "csv"}`:          `unknown framing "csv": choose one of [plain lines gzip]`,
		`{"charset": "windows1253x"}`: `unknown charset "windows1253x". Did you mean "windows-125`,
		`{"charset": "EBCDIC"}`:       `unknown charset "EBCDIC": it is a name of the WHATWG`,
		`{"zone": "Zurich"}`:          `unknown zone "Zurich": it is an IANA name`,
		`{"zone": "Local"}`:           `unknown zone "Local"`,
		`{} {}`:                       "something follows the object",
		``:                            "it holds up to three keys",
		`{"zone": 1}`:                 "cannot unmarshal number",
	} {
		if _, err := ParseSource("source.json", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

// Ensure that the file is found in a folder and beside a sample, and that a folder without one has the defaults.
func TestReadSource(t *testing.T) {
	fsys := fstest.MapFS{"a/source.json": {Data: []byte(`{"zone":"Asia/Tokyo"}`)}, "b/x.csv": {}}
	if s, found, err := ReadSource(fsys, "a"); s.Zone != "Asia/Tokyo" || !found || err != nil {
		t.Errorf("%+v, %v, %v", s, found, err)
	}
	if s, found, err := ReadSource(fsys, "b"); s != (Source{}) || found || err != nil {
		t.Errorf("%+v, %v, %v", s, found, err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, SourceFile), []byte(`{"framing":"line"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, found, err := SourceBeside(filepath.Join(dir, "x.csv")); !found || err == nil ||
		!strings.Contains(err.Error(), dir) {
		t.Errorf("%v, %v", found, err)
	}
}

// Ensure that no text of the file breaks its reading, and that what is taken is good.
func FuzzParseSource(f *testing.F) {
	f.Add([]byte(`{"framing":"lines","charset":"latin1","zone":"UTC"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if s, err := ParseSource("source.json", text); err == nil && s.Check() != nil {
			t.Errorf("%q is taken", text)
		}
	})
}
