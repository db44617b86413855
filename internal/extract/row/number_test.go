package row_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// Ensure that deferred numbers of every length and form are those of strconv, and that their text is
// kept only where it is what the value is written as.
func TestDefer(t *testing.T) {
	digits := "123456789012345"
	var texts []string
	for whole := 1; whole <= row.MaxDigits; whole++ {
		for fraction := 0; whole+fraction <= row.MaxDigits; fraction++ {
			if whole > row.MaxWhole && fraction > 0 {
				continue
			}
			s := digits[:whole]
			if fraction > 0 {
				s += "." + digits[whole:whole+fraction]
			}
			texts = append(texts, s, "-"+s, strings.Replace(s, "5", "0", 1), "0"+s[whole:], "-0"+s[whole:],
				strings.Repeat("9", whole)+s[whole:])
			if fraction > 1 {
				zeros := strings.Repeat("0", fraction-1)
				texts = append(texts, s[:whole]+"."+zeros+"7", "0."+zeros+"7", "0."+zeros+"0", "-0."+zeros+"9")
			}
		}
	}
	for _, text := range texts {
		whole, behind, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		var c row.Cell
		c.Defer([]byte(text), len(whole), len(behind))
		written := strconv.FormatFloat(want, 'f', -1, 64)
		if !strings.Contains(written, ".") {
			written += ".0"
		}
		before := string(c.JSONDouble())
		if got := c.Double(); got != want || before != string(c.Text) || before != "" && before != written {
			t.Errorf("%s is %v, written as %q", text, got, before)
		}
		if before == "" && written == text && want >= 1e-3 && want < 1e7 {
			t.Errorf("%s is not copied", text)
		}
		if behind == "" {
			var c row.Cell
			c.Defer([]byte(text), len(whole), 0)
			n, _ := strconv.ParseInt(text, 10, 64)
			if got := c.Int(); got != n || string(c.JSONInt()) != text {
				t.Errorf("%s is %d, written as %q", text, got, c.JSONInt())
			}
		}
	}
}
