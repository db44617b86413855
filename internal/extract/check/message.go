package check

import (
	"sort"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// suggest says which of the known names was meant, or lists them.
func suggest(name string, known []string) string {
	if n := diag.Nearest(name, known); n != "" {
		if _, ok := simpleTypes[n]; ok {
			return "did you mean " + n + "?"
		}
		if strings.EqualFold(n, name) {
			return "did you mean " + quote(n) + "? upper and lower case are different in names"
		}
		return "did you mean " + quote(n) + "?"
	}
	if len(known) == 0 {
		return ""
	}
	known = append([]string(nil), known...)
	sort.Strings(known)
	for i, k := range known {
		known[i] = quote(k)
	}
	if len(known) > 20 {
		known = append(known[:20], "..")
	}
	return "there are: " + strings.Join(known, ", ")
}

// quote writes a name as it must stand in SQL.
func quote(name string) string {
	if plainName(name) {
		return name
	}
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
