package extract

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/ir"
)

// groups numbers the emits whose rows come together: those of one component and event time, under the same conditions.
// Groups that differ in their conditions alone are neighbours, because one source row can meet several.
func groups(emits []*ir.Emit) []uint16 {
	type key struct{ rows, conditions int } // by their first appearance
	rows, conditions := map[string]int{}, map[string]int{}
	number := func(seen map[string]int, name string) int {
		n, ok := seen[name]
		if !ok {
			n = len(seen)
			seen[name] = n
		}
		return n
	}
	keys := make([]key, len(emits))
	for i, e := range emits {
		where := ""
		for _, w := range e.Where {
			where += fmt.Sprint(w.ID, " ")
		}
		keys[i] = key{number(rows, fmt.Sprint(e.Component.ID, " ", e.EventTime.ID)), number(conditions, where)}
	}
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.rows, b.rows), cmp.Compare(a.conditions, b.conditions))
	})
	sorted = slices.Compact(sorted)
	out := make([]uint16, len(emits))
	for i, k := range keys {
		out[i] = uint16(min(slices.Index(sorted, k), math.MaxUint16))
	}
	return out
}
