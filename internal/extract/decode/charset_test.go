package decode

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Ensure that the charsets have all the names that Java 17 has for them, in any case, and no others. The list was
// written by Java: a charset a line, its own name first.
func TestCharsetNames(t *testing.T) {
	list, err := os.ReadFile("testdata/charsets.list")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for line := range strings.Lines(strings.ToLower(string(list))) {
		names := strings.Fields(line)
		known[names[0]] = names
	}
	for _, c := range charsets {
		have := strings.Fields(c.names)
		want := known[have[0]]
		for _, n := range have {
			if !slices.Contains(want, n) {
				t.Errorf("Java has no charset %s among the names of %s", n, have[0])
			}
		}
		for _, n := range want {
			if _, err := charsetOf(strings.ToUpper(n)); err != nil {
				t.Errorf("%s: %v", n, err)
			}
		}
	}
	for _, n := range []string{
		"CP-1252", "CP 1252", "WINDOWS1252", "ISO 8859-1", "latin-1", "Latin_1", "US_ASCII", "UTF_8", "utf 8", "UTF-16-LE",
		" UTF-8", "UTF-8 ", "", " ", "\u212aOI8-R", "u\u017f-ascii", "UTF-8,UTF-16", "Shift_JIS", "IBM037",
	} {
		if _, err := charsetOf(n); err == nil {
			t.Errorf("%q is taken", n)
		}
	}
}
