package check

import (
	"sort"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// suggest says which of the known names was meant, or lists them.
func suggest(name string, known []string) string {
	if n := diag.Nearest(name, known); n != "" {
		if _, ok := simpleTypes[n]; ok {
			return "did you mean " + n + "?"
		}
		if strings.EqualFold(n, name) {
			return "did you mean " + syntax.Quote(n) + "? upper and lower case are different in names"
		}
		return "did you mean " + syntax.Quote(n) + "?"
	}
	if len(known) == 0 {
		return ""
	}
	known = append([]string(nil), known...)
	sort.Strings(known)
	for i, k := range known {
		known[i] = syntax.Quote(k)
	}
	if len(known) > 20 {
		known = append(known[:20], "..")
	}
	return "there are: " + strings.Join(known, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
