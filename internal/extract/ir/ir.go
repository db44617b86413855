// Package ir is what an extractor means once its names and types are resolved: emits, each of them
// five expressions guarded by conditions, over scopes.
//
// A [Scope] is a source of rows: the rows of a table, or the elements of an array within a row of
// another scope. An [Expr] is a typed expression over the columns of a scope and of those around it:
// an [Op] applied to arguments. Views are gone: what reads a column of a view holds the expression
// of the view. Scopes and expressions are interned by a [Graph]: two that mean the same are the same,
// so that forty branches over one view share what they have in common, and the plan computes it once.
//
// Whatever an expression says of itself follows from its Op, Type and Args, by which the graph knows
// it, and is fixed before it is interned: a verdict on one never depends on what else the file says.
package ir

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Scope is a source of rows.
type Scope struct {
	Index  int
	Parent *Scope // nil for the rows of a table
	Depth  int

	Table int   // index of the source table it belongs to
	Array *Expr // of a scope with a parent: what is unnested
	// ByteOrder is that of its columns (see Facts).
	ByteOrder bool
	Left      bool // LEFT JOIN: one row of NULLs where there is no element
}

// Expr is a typed expression.
type Expr struct {
	ID    int
	Op    Op
	Type  *types.Type
	Args  []*Expr
	Scope *Scope // the deepest scope that it depends on; nil for constants
	Facts
}

// Literal returns the value of a constant that was written as such, and whether e is one.
func (e *Expr) Literal() (Literal, bool) {
	l, ok := e.Op.(Literal)
	return l, ok
}

// Table returns the table whose arenas hold what lies within e.
func (e *Expr) Table() int {
	if e.Scope == nil {
		return 0
	}
	return e.Scope.Table
}

// Compile makes the executable form of e of those of its arguments.
func (e *Expr) Compile(args []code.Code) code.Code {
	c := e.Op.Build(e, args)
	c.Type, c.ByteOrder = e.Type, e.ByteOrder
	return c
}

// Constant compiles an expression without columns.
func (e *Expr) Constant() code.Code {
	args := make([]code.Code, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.Constant()
	}
	return e.Compile(args)
}

// Emit delivers a row for every row of a scope that meets the conditions.
type Emit struct {
	Scope                                     *Scope
	Where                                     []*Expr
	Component, Metric, Value, Unit, EventTime *Expr
	Pos                                       int // of the statement or branch in the text
}

// Exprs returns all expressions of the emit.
func (e *Emit) Exprs() []*Expr {
	return append([]*Expr{e.Component, e.Metric, e.Value, e.Unit, e.EventTime}, e.Where...)
}

// Graph interns scopes and expressions.
type Graph struct {
	Scopes []*Scope
	Exprs  []*Expr

	scopes map[scopeKey]*Scope
	exprs  map[exprKey]*Expr
}

type scopeKey struct {
	table         int
	parent, array int // -1 for the rows of a table
	left          bool
}

type exprKey struct {
	op   Op
	typ  string // empty where the arguments decide the type
	args string
}

// NewGraph returns an empty graph.
func NewGraph() *Graph { return &Graph{scopes: map[scopeKey]*Scope{}, exprs: map[exprKey]*Expr{}} }

// Source returns the scope of the rows of a table, whose texts Flink orders by bytes or not (see [Facts]).
func (g *Graph) Source(table int, byteOrder bool) *Scope {
	return g.scope(scopeKey{table: table, parent: -1, array: -1}, Scope{Table: table, ByteOrder: byteOrder})
}

// Unnest returns the scope of the elements of array, beside the rows of parent. Unnesting the same
// array twice in one FROM gives two scopes, for their parents differ.
func (g *Graph) Unnest(parent *Scope, array *Expr, left bool) *Scope {
	s := Scope{Parent: parent, Depth: parent.Depth + 1, Table: array.Table(), Array: array, Left: left,
		ByteOrder: array.ByteOrder || array.Type.Kind == types.Map}
	return g.scope(scopeKey{s.Table, parent.Index, array.ID, left}, s)
}

func (g *Graph) scope(k scopeKey, s Scope) *Scope {
	if old := g.scopes[k]; old != nil {
		return old
	}
	s.Index = len(g.Scopes)
	g.Scopes = append(g.Scopes, &s)
	g.scopes[k] = &s
	return &s
}

// Column returns the expression that reads n of the rows of s.
func (g *Graph) Column(s *Scope, n *row.Node) *Expr {
	return g.intern(&Expr{Op: Column{s, n.Cell}, Type: n.Type, Scope: s,
		Facts: Facts{Node: n, Cheap: true, ByteOrder: s.ByteOrder}})
}

// Ordinal returns the number of the element of s.
func (g *Graph) Ordinal(s *Scope) *Expr {
	return g.intern(&Expr{Op: Ordinal{s}, Type: &types.Type{Kind: types.Int}, Scope: s, Facts: Facts{Cheap: true}})
}

// Call returns the expression of type t that applies op to args.
func (g *Graph) Call(op Op, t *types.Type, args ...*Expr) *Expr {
	e := &Expr{Op: op, Type: t, Args: args}
	for _, a := range args {
		if a.Scope != nil && (e.Scope == nil || a.Scope.Depth > e.Scope.Depth) {
			e.Scope = a.Scope
		}
	}
	return g.intern(e)
}

// intern returns the expression of the graph that is e.
func (g *Graph) intern(e *Expr) *Expr {
	k := exprKey{op: e.Op}
	if e.Type.Kind < types.Array {
		k.typ = e.Type.String()
	}
	var room [64]byte
	ids := room[:0]
	for _, a := range e.Args {
		ids = strconv.AppendInt(append(ids, ' '), int64(a.ID), 10)
	}
	k.args = string(ids)
	if old := g.exprs[k]; old != nil {
		return old
	}
	if op, ok := e.Op.(informed); ok {
		e.Facts = op.Facts(e.Type, e.Args)
	}
	e.ID = len(g.Exprs)
	g.Exprs = append(g.Exprs, e)
	g.exprs[k] = e
	return e
}
