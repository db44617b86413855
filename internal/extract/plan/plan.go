// Package plan turns the graph of a checked extractor into what runs: nested loops over scopes, with
// guarded emits in them.
//
// For every row of a table the emits of the table's own scope come first, in the order of the
// statements, then the arrays that are unnested beside it, element by element. What several emits
// have in common is computed once for each row of the scope that it depends on; a condition that all
// of them have is tested once, in the outermost loop that has what it needs. What no emit reads is
// never computed.
package plan

import (
	"math"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Plan is executable. It is immutable.
type Plan struct {
	Roots  []*Loop // by table; nil where nothing reads the table
	Scopes int
	Memos  int
}

// Loop is what is done for every row of a scope.
type Loop struct {
	Scope  int
	Where  []condition // of every emit in it and in the loops within it
	Groups []Group
	Inner  []*Loop

	depth  int
	parent *Loop

	// Of a scope that is unnested:
	Before   []condition // tested before the first element
	Elems    func(*code.Frame) ([]row.Cell, bool)
	Width    int
	SkipNull bool       // a NULL row is no element
	Left     bool       // LEFT JOIN
	Nulls    []row.Cell // the row that it gives where there is no element
}

// Group is a run of emits with the same conditions, component and event time, which are computed once
// for all of them.
type Group struct {
	Where     []condition // that not all in the loop have
	Component func(*code.Frame) ([]byte, bool)
	EventTime func(*code.Frame) (code.Instant, bool)
	Emits     []Emit

	where, key []*ir.Expr // all conditions; what makes emits belong together
}

// Emit delivers one row.
type Emit struct {
	Metric, Value, Unit func(*code.Frame) ([]byte, bool) // Metric and Unit are nil where the constants below hold
	ConstMetric         []byte
	ConstUnit           []byte      // empty for none
	JSON                ir.JSONKind // what is known of Value
	Kind                uint16      // numbers the emits with both constants from 1 on; 0 for the others
}

// Build compiles the emits of a graph for so many tables.
func Build(g *ir.Graph, emits []*ir.Emit, tables int) *Plan {
	b := &builder{
		plan:  &Plan{Roots: make([]*Loop, tables), Scopes: len(g.Scopes)},
		uses:  make([]int, len(g.Exprs)),
		codes: make([]*code.Code, len(g.Exprs)),
		loops: map[*ir.Scope]*Loop{},

		numbered: map[*ir.Scope]bool{},
	}
	for _, e := range emits {
		for _, x := range e.Exprs() {
			b.count(x, e.Scope)
		}
		for s := e.Scope; s.Parent != nil; s = s.Parent {
			b.count(s.Array, s.Parent)
		}
	}
	for _, e := range emits {
		b.emit(e)
	}
	for _, l := range b.plan.Roots {
		if l != nil {
			b.guard(l, nil)
		}
	}
	b.plan.Memos = b.memos
	return b.plan
}

type builder struct {
	plan  *Plan
	uses  []int
	codes []*code.Code
	loops map[*ir.Scope]*Loop
	memos int
	kinds uint16

	numbered map[*ir.Scope]bool // the numbers of their elements are read: their order counts
}

// count counts how often an expression is read. A reader in an inner loop reads it for every element,
// so it counts as several.
func (b *builder) count(e *ir.Expr, reader *ir.Scope) {
	first := b.uses[e.ID] == 0
	b.uses[e.ID]++
	if e.Scope != nil && reader.Depth > e.Scope.Depth {
		b.uses[e.ID]++
	}
	if o, ok := e.Op.(ir.Ordinal); ok {
		b.numbered[o.Scope] = true
	}
	if !first || e.Scope == nil {
		return
	}
	for _, a := range e.Args {
		b.count(a, e.Scope)
	}
}

// code compiles an expression, folded if it is constant and memoised if it is read more than once.
func (b *builder) code(e *ir.Expr) code.Code {
	if c := b.codes[e.ID]; c != nil {
		return *c
	}
	args := make([]code.Code, len(e.Args))
	for i, a := range e.Args {
		args[i] = b.code(a)
	}
	c := e.Compile(args)
	switch {
	case e.Scope == nil:
		c = code.Fold(c)
	case b.uses[e.ID] > 1 && !e.Cheap:
		c = code.Memoise(c, e.Scope.Index, b.memos)
		b.memos++
	}
	b.codes[e.ID] = &c
	return c
}

// loop finds the loop of a scope, making it and those around it where they are not there yet.
func (b *builder) loop(s *ir.Scope) *Loop {
	if l := b.loops[s]; l != nil {
		return l
	}
	l := &Loop{Scope: s.Index, Left: s.Left, depth: s.Depth}
	b.loops[s] = l
	if s.Parent == nil {
		b.plan.Roots[s.Table] = l
		return l
	}
	outer := b.loop(s.Parent)
	outer.Inner, l.parent = append(outer.Inner, l), outer
	n := s.Array.Node
	l.Elems, l.Width = b.code(s.Array).Elems, n.Width
	if b.numbered[s] && n.Type.Kind == types.Map {
		l.Elems = code.HashOrder(l.Elems, n.Width)
	}
	l.SkipNull = n.Type.Kind == types.Array && n.Elem.Type.Kind == types.Row
	l.Nulls = make([]row.Cell, n.Width)
	return l
}

func (b *builder) emit(e *ir.Emit) {
	out := Emit{Value: b.code(e.Value).Text, JSON: e.Value.JSON}
	if out.JSON == ir.RawJSON {
		out.JSON = ir.IsJSON
	}
	var null bool
	if out.Metric, out.ConstMetric, null = b.text(e.Metric); null { // every row is dropped, and counted
		out.Metric = b.code(e.Metric).Text
	}
	out.Unit, out.ConstUnit, _ = b.text(e.Unit)
	if out.Metric == nil && out.Unit == nil && b.kinds < math.MaxUint16 {
		b.kinds++
		out.Kind = b.kinds
	}

	l := b.loop(e.Scope)
	key := append([]*ir.Expr{e.Component, e.EventTime}, e.Where...)
	if n := len(l.Groups); n == 0 || !slices.Equal(l.Groups[n-1].key, key) {
		l.Groups = append(l.Groups, Group{
			Component: b.code(e.Component).Text, EventTime: b.code(e.EventTime).Time, where: e.Where, key: key,
		})
	}
	g := &l.Groups[len(l.Groups)-1]
	g.Emits = append(g.Emits, out)
}

// text compiles a text, or gives its constant value and no closure; null says that the constant is NULL.
func (b *builder) text(e *ir.Expr) (text func(*code.Frame) ([]byte, bool), constant []byte, null bool) {
	c := b.code(e)
	if !c.Const {
		return c.Text, nil, false
	}
	v, ok := c.Text(nil)
	return nil, v, !ok
}
