package sample

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func file(t *testing.T, name, text string) *File {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := Read([]string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

func packed(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	w.Close()
	return b.String()
}

// Ensure that format, framing and charset are told by what a file holds.
func TestRead(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		format     Format
		lines      bool
		charset    string
		records    int
	}{
		{"a.json", `{"a": 1}`, JSON, false, "", 1},
		{"a.json", "[{\"a\": 1},\n{\"a\": 2}]", JSON, false, "", 1},
		{"a.json", "{\"a\": 1}\n\n{\"a\": 2}\n", JSON, true, "", 2},
		{"a.ndjson", `{"a": 1}`, JSON, true, "", 1},
		{"a.jsonl.gz", packed("{\"a\": 1}\r\n{\"a\": 2}\r\n"), JSON, true, "", 2},
		{"a.geojson", "\xef\xbb\xbf{\n\"a\": 1}", JSON, false, "", 1},
		{"a.json", "\xff\xfe{\x00}\x00", JSON, false, "utf-16le", 1},
		{"a.csv", "id,x\na,1\nb,2\n", CSV, true, "", 3},
		{"a.txt", "\"x;y\";1\n\"z;a\";2\n", CSV, true, "", 2},
		{"a.csv", "ort;x\nK\xf6ln;1\n", CSV, true, "windows-1252", 2},
	} {
		f := file(t, tc.name, tc.text)
		if f.Format != tc.format || f.Lines != tc.lines || f.Charset != tc.charset || len(f.Records) != tc.records {
			t.Errorf("%s %q: %s, lines %t, charset %q, %d records", tc.name, tc.text, f.Format, f.Lines, f.Charset,
				len(f.Records))
		}
	}
}

// Ensure that the columns of CSV have the names of the header, without quotes where that is possible, or numbers.
func TestRead_Columns(t *testing.T) {
	for text, want := range map[string]string{
		"Messstelle;Größe [m³];Größe [m³]\nA1;2;3\n":   "messstelle groesse_m column3",
		"# Timestamp,MMSI\n01/02/2025 10:00:00,2190\n": "timestamp mmsi",
		"a\t1\nb\t2\n": "column1 column2",
		"1|x\n2|y\n":   "column1 column2",
	} {
		f := file(t, "a.csv", text)
		last := f.Records[len(f.Records)-1].Value
		if got := strings.Join(last.Keys, " "); got != want || (f.Header != nil) == strings.HasPrefix(want, "column1") {
			t.Errorf("%q: %s, want %s, header %q", text, got, want, f.Header)
		}
	}
}

// Ensure that no more is read than is allowed, and only whole records of it.
func TestRead_Limits(t *testing.T) {
	line := `{"text":"` + strings.Repeat("x", 990) + `"}`
	f := file(t, "a.ndjson", strings.Repeat(line+"\n", MaxRecords+1000))
	if n := len(f.Records); !f.Cut || n > MaxRecords || len(f.Text) > MaxBytes ||
		slices.ContainsFunc(f.Records, func(r Record) bool { return len(r.Text) != len(line) }) {
		t.Errorf("cut %t, %d records of %d bytes", f.Cut, n, len(f.Text))
	}
	endless := io.MultiReader(strings.NewReader(`{"a":"`), forever{})
	if _, err := Read([]string{"-"}, endless); err == nil ||
		!strings.Contains(err.Error(), "standard input: it is one JSON text of more than 16 MB") {
		t.Error(err)
	}
	deep := fmt.Sprintf("%s1%s", strings.Repeat("[", 100), strings.Repeat("]", 100))
	if _, err := Read([]string{"-"}, strings.NewReader(deep)); err == nil ||
		!strings.Contains(err.Error(), "64 levels") {
		t.Error(err)
	}
}

// forever is a text that has no end.
type forever struct{}

func (forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
