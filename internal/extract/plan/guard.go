package plan

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
)

// condition is a compiled WHERE; what is not TRUE drops the row.
type condition = func(*code.Frame) code.Tri

// guard gives each condition of the emits at and below l to the outermost loop that may test it for all
// of them: a view's WHERE stands before everything that reads the view. Those in tested are tested
// around l already.
func (b *builder) guard(l *Loop, tested []*ir.Expr) {
	for _, e := range l.shared() {
		switch {
		case slices.Contains(tested, e):
			continue
		case l.parent != nil && depth(e) <= l.parent.depth:
			l.Before = append(l.Before, b.code(e).Bool)
		default:
			l.Where = append(l.Where, b.code(e).Bool)
		}
		tested = append(slices.Clip(tested), e)
	}
	for i := range l.Groups {
		g := &l.Groups[i]
		for _, e := range g.where {
			if !slices.Contains(tested, e) {
				g.Where = append(g.Where, b.code(e).Bool)
			}
		}
	}
	for _, in := range l.Inner {
		b.guard(in, tested)
	}
}

// shared returns the conditions on rows of l, or around it, that all emits at and below it have.
func (l *Loop) shared() []*ir.Expr {
	var out []*ir.Expr
	first := true
	both := func(where []*ir.Expr) {
		if first {
			out, first = slices.Clone(where), false
		}
		out = slices.DeleteFunc(out, func(e *ir.Expr) bool { return !slices.Contains(where, e) })
	}
	for i := range l.Groups {
		both(l.Groups[i].where)
	}
	for _, in := range l.Inner {
		both(in.shared())
	}
	return slices.DeleteFunc(out, func(e *ir.Expr) bool { return depth(e) > l.depth })
}

// depth is that of the deepest scope that e depends on; a constant depends on none.
func depth(e *ir.Expr) int {
	if e.Scope == nil {
		return -1
	}
	return e.Scope.Depth
}

// pass tells whether all conditions are TRUE.
func pass(where []condition, f *code.Frame) bool {
	for _, w := range where {
		if w(f) != code.True {
			return false
		}
	}
	return true
}
