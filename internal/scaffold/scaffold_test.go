package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/infer"
	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// made returns the files for a sample, by their names.
func made(t *testing.T, name, text string) map[string]string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := sample.Read([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := infer.Infer(files, infer.Options{Dataset: "d"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Check(files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := Files(Place{}, d, files, r)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range all {
		out[filepath.ToSlash(f.Path)] = string(f.Text)
	}
	return out
}

// Ensure that charset, byte order mark and zone are told beside the samples, and that the golden file has what comes
// out of them so.
func TestFiles_Source(t *testing.T) {
	for name, tc := range map[string]struct{ text, sample, source, golden string }{
		"latin.csv": {
			"Stelle_ID;Zeit;Stand\nK\xf6ln;01.02.2025 10:15;345\nBonn;01.02.2025 10:15;301\n", "latin.csv",
			`{"charset":"windows-1252","zone":"UTC"}`, "component:Köln\tstand\t345",
		},
		"bom.json": {
			"\xef\xbb\xbf{\"device\":\"a\",\"at\":\"2025-01-02T03:04:05Z\",\"temp\":21.5}", "bom.json",
			`{"charset":"utf-8"}`, "device:a\ttemp\t21.5",
		},
		"lines.json": {
			"{\"device\":\"a\",\"at\":\"2025-01-02T03:04:05Z\",\"temp\":21.5}\n{\"device\":\"b\",\"at\":\"2025-01-02T03:04:05Z\",\"temp\":1.5}\n",
			"lines.ndjson", "", "device:b\ttemp\t1.5",
		},
		"one.geojson": {
			"{\"type\":\"Feature\",\n\"properties\":{\"device\":\"a\",\"at\":\"2025-01-02T03:04:05Z\",\"temp\":21.5}}",
			"one.json",
			"", "device:a\ttemp\t21.5",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := made(t, name, tc.text)
			if got["testdata/d/"+tc.sample] != tc.text {
				t.Errorf("the sample is not as it was: %q", got)
			}
			if source := strings.TrimSpace(got["testdata/d/source.json"]); source != tc.source {
				t.Errorf("source.json is %s, want %s", source, tc.source)
			}
			if !strings.Contains(got["testdata/d.txtar"], "-- samples --\n"+tc.sample+"\n") ||
				!strings.Contains(got["testdata/d.txtar"], tc.golden) {
				t.Errorf("%s, want %s", got["testdata/d.txtar"], tc.golden)
			}
		})
	}
}

// Ensure that of many lines the first ones are kept, and fewer are golden.
func TestFiles_Many(t *testing.T) {
	var b strings.Builder
	for i := range 3500 {
		fmt.Fprintf(&b, `{"device":"d%d","at":"2025-01-02T03:%02d:%02dZ","text":"%s"}`+"\n", i%7, i/60%60, i%60,
			strings.Repeat("x", 90))
	}
	got := made(t, "many.ndjson", b.String())
	if n := len(got["testdata/d/many.ndjson"]); n > mostBytes || n < mostBytes/2 ||
		!strings.HasPrefix(b.String(), got["testdata/d/many.ndjson"]) {
		t.Errorf("%d bytes are kept", n)
	}
	if golden := got["testdata/d.txtar"]; !strings.Contains(golden, "many.ndjson:1-50\n") ||
		strings.Count(golden, "# record") != 50 {
		t.Errorf("the golden file is of %d records", strings.Count(golden, "# record"))
	}
	if !strings.Contains(got["d.sql"], "SET 'twin.interval'    = '10 s';") {
		t.Error(got["d.sql"][:600])
	}
}
