package constructs_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Ensure that the documents name every resource that is created and what it is for, and none that is not.
func TestResourcesAreDocumented(t *testing.T) {
	type row struct {
		is    []*regexp.Regexp
		kinds []string
		cell  string
		used  map[string]bool
	}
	var table []*row
	for _, cells := range rowsOf(section(t, "What it creates")) {
		r := &row{cell: cells[0], used: map[string]bool{}}
		for _, pattern := range names(cells[0]) {
			pattern = strings.NewReplacer(`\*`, ".+", "<table>", "[^/]+").Replace(regexp.QuoteMeta(pattern))
			r.is = append(r.is, regexp.MustCompile("^"+pattern+"$"))
		}
		r.kinds = names(cells[1])
		table = append(table, r)
	}
	missing := map[string]bool{}
	for _, s := range everything(t).Stacks {
		for _, res := range s.Resources {
			kind := strings.TrimPrefix(res.Type, "AWS::")
			found := false
			for _, r := range table {
				i := slices.IndexFunc(r.is, func(is *regexp.Regexp) bool { return is.MatchString(res.Name()) })
				if i >= 0 && slices.Contains(r.kinds, kind) {
					found, r.used[kind], r.used[r.is[i].String()] = true, true, true
				}
			}
			if !found {
				missing["`"+res.Name()+"` | `"+kind+"`"] = true
			}
		}
	}
	for _, m := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("no row is about %s", m)
	}
	for _, r := range table {
		for _, kind := range r.kinds {
			if !r.used[kind] {
				t.Errorf("%s: there is no %s", r.cell, kind)
			}
		}
		for _, is := range r.is {
			if !r.used[is.String()] {
				t.Errorf("%s: nothing is %s", r.cell, is)
			}
		}
	}
}
