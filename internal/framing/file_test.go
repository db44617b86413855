package framing

import (
	"slices"
	"strings"
	"testing"
)

// Ensure that the records of a file are told from each other by how it looks, whatever it is called, and that what the
// source says counts first.
func TestRecords(t *testing.T) {
	for _, tc := range []struct {
		name, file, data string
		source           Source
		want             []string
	}{
		{"a document over several lines", "a.txt", "[1,\n2]\n", Source{}, []string{"[1,\n2]\n"}},
		{"a document of one line", "a.json", "{}\n", Source{}, []string{"{}\n"}},
		{"a GeoJSON document", "a.geojson", "{\"type\":\n1}", Source{}, []string{"{\"type\":\n1}"}},
		{"an XML document", "a", "<a>\n</a>", Source{}, []string{"<a>\n</a>"}},
		{"JSON lines", "a.ndjson", "{}\n\n{\"a\":1}\r\n  \n{}", Source{}, []string{"{}", "{\"a\":1}", "{}"}},
		{"JSON lines in a .json file", "a.json", "{\"a\":1}\n{\"a\":2}\n", Source{}, []string{"{\"a\":1}", "{\"a\":2}"}},
		{"JSON lines, the first damaged", "a.ndjson", "{\"a\":\n{\"a\":2}\n", Source{}, []string{"{\"a\":", "{\"a\":2}"}},
		{"a document that is cut off", "a.txt", "{\n\"a\": [", Source{}, []string{"{\n\"a\": ["}},
		{"CSV", "a.csv", "A;B\n1;\n", Source{}, []string{"A;B", "1;"}},
		{"nothing", "a.csv", "", Source{}, nil},
		{"a document that is said to be lines", "a.json", "[1,\n2]", Source{Framing: Lines}, []string{"[1,", "2]"}},
		{"lines that are said to be one record", "a.csv", "1\n2", Source{Framing: Plain}, []string{"1\n2"}},
		{"compressed lines", "a.csv.gz", string(zipped("1\n", "2")), Source{}, []string{"1", "2"}},
		{"compressed lines that are said to be", "a", string(zipped("1\n2")), Source{Framing: Gzip}, []string{"1", "2"}},
		{"a compressed document", "a.json.gz", string(zipped("[1,\n2]")), Source{}, []string{"[1,\n2]"}},
		{"another charset", "a.csv", "Z\xfcrich\nbr\xfcgg", Source{Charset: "windows-1252"}, []string{"Zürich", "brügg"}},
		{"two bytes a character", "a.csv", "1\x00\n\x002\x00", Source{Charset: "utf-16le"}, []string{"1", "2"}},
		{"a byte order mark", "a.json", "\xef\xbb\xbf{}\n{}", Source{}, []string{"\xef\xbb\xbf{}", "{}"}},
		{"a byte order mark that the charset takes away", "a.csv", "\xef\xbb\xbfa\nb", Source{Charset: "utf-8"},
			[]string{"a", "b"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := tc.source.Records(tc.file, []byte(tc.data))
			var text []string
			for _, r := range got {
				text = append(text, string(r))
			}
			if err != nil || !slices.Equal(text, tc.want) {
				t.Errorf("got %q, %v; want %q", text, err, tc.want)
			}
		})
	}
	if _, err := (Source{}).Records("a.gz", zipped("abc")[:12]); err == nil {
		t.Error("a file that is cut off is read")
	}
}

// Ensure that the records of a stream are decoded before they are cut into lines.
func TestSplit_Charset(t *testing.T) {
	for framing, data := range map[Kind]string{
		Plain: "Z\xfcrich", Lines: "Z\xfcrich\n", Gzip: string(zipped("Z\xfcrich")),
	} {
		for r, err := range (Source{Framing: framing, Charset: "latin1"}).Split([]byte(data), 0) {
			if err != nil || string(r.Data) != "Zürich" {
				t.Errorf("%s: %q, %v", framing, r.Data, err)
			}
		}
	}
}

// Ensure that a guess is made of any bytes.
func FuzzGuess(f *testing.F) {
	for _, s := range []string{"", "{}\n{}", "[\n", "a;b\n", "<a/>", strings.Repeat("[", 100)} {
		f.Add("a.json", []byte(s))
	}
	f.Fuzz(func(t *testing.T, name string, start []byte) {
		if k := Guess(name, start); k != Plain && k != Lines {
			t.Errorf("%q is %q", start, k)
		}
	})
}
