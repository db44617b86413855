package function

import (
	"regexp"
	"strings"
	"testing"
)

// Ensure that LIKE agrees with the regular expression that it stands for.
func FuzzLike(f *testing.F) {
	f.Add("a%b_c", "axxbyc")
	f.Add("%a%a%", "aa")
	f.Add("%ab", "aab")
	f.Add("_%_", "ä")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		pattern, s = strings.ToValidUTF8(pattern, "?"), strings.ToValidUTF8(s, "?")
		p, err := CompileLike(pattern, 0)
		if err != nil {
			t.Fatal(err)
		}
		q := regexp.QuoteMeta(pattern)
		re := regexp.MustCompile(`(?s)\A` + strings.NewReplacer("%", ".*", "_", ".").Replace(q) + `\z`)
		if got, want := p.Match([]byte(s)), re.MatchString(s); got != want {
			t.Errorf("%q LIKE %q is %v, want %v", s, pattern, got, want)
		}
	})
}
