package extract

import (
	"cmp"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// collector gathers diagnostics with their places.
type collector struct {
	src  diag.Source
	list diag.List
}

func (c *collector) report(pos, end int, v diag.Verdict, message, hint string) {
	c.list = append(c.list, c.src.At(pos, end, v, message, hint))
}

// merge returns all diagnostics in the order of the text, each once: a view that is read by several
// branches may be complained about by each of them.
func (c *collector) merge(more diag.List) diag.List { return merged(more, c.list) }

func merged(lists ...diag.List) diag.List {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b diag.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(all)
}
