// Package ir is what an extractor means once its names and types are resolved: emits, each of them
// five expressions guarded by conditions, over scopes.
//
// A [Scope] is a source of rows: the rows of a table, or the elements of an array within a row of
// another scope. An [Expr] is a typed expression over the columns of a scope and of those around it.
// Views are gone: what reads a column of a view holds the expression behind it. Scopes and
// expressions are interned by a [Graph]: two that mean the same are the same, so that forty
// branches over one view share what they have in common, and the plan computes it once.
package ir

import (
	"strconv"
	"strings"

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
	Left  bool  // LEFT JOIN: one row of NULLs where there is no element

	Numbered bool // the numbers of its elements are read: their order counts
}

// Expr is a typed expression.
type Expr struct {
	ID    int
	Op    string // of a call, with its parameters
	Type  *types.Type
	Node  *row.Node // layout, where the value is a column, an element, a ROW, ARRAY or MAP
	Scope *Scope    // the deepest scope that it depends on; nil for constants
	Args  []*Expr
	Build func(args []code.Code) code.Code
	Cheap bool // reading it again costs no more than remembering it

	// NonZero says that the value is NULL rather than 0: NULLIF(x, 0).
	NonZero bool
	// Literal is set where the expression is a constant that was written as such.
	Literal *Literal
	// JSON says that a STRING is JSON text by construction.
	JSON JSONKind
}

// Literal is a constant as the checker sees it.
type Literal struct {
	Null bool
	Text string // of a text
	Int  int64  // of a whole number
}

// JSONKind says what is known of a STRING as JSON text.
type JSONKind uint8

// The kinds. MayNotBeFinite is JSON text unless the number in it is NaN or Infinity.
const (
	NotJSON JSONKind = iota
	IsJSON
	MayNotBeFinite
	RawJSON // what JSON_OBJECT and JSON_ARRAY insert as it is
)

// Emit delivers a row for every row of a scope that meets the conditions.
type Emit struct {
	Scope                                     *Scope
	Where                                     []*Expr
	Component, Metric, Value, Unit, EventTime *Expr
	Pos                                       int // of the statement or branch in the text
}

// Graph interns scopes and expressions.
type Graph struct {
	Scopes []*Scope
	Exprs  []*Expr
	byKey  map[string]*Expr
	scopes map[string]*Scope
}

// NewGraph returns an empty graph.
func NewGraph() *Graph { return &Graph{byKey: map[string]*Expr{}, scopes: map[string]*Scope{}} }

// Source returns the scope of the rows of a table.
func (g *Graph) Source(table int) *Scope {
	return g.scope("table "+strconv.Itoa(table), Scope{Table: table})
}

// Unnest returns the scope of the elements of array, beside the rows of parent. Unnesting the same
// array twice in one FROM gives two scopes.
func (g *Graph) Unnest(parent *Scope, array *Expr, left bool) *Scope {
	key := "unnest " + strconv.Itoa(parent.Index) + " " + strconv.Itoa(array.ID) + " " + strconv.FormatBool(left)
	return g.scope(key, Scope{Parent: parent, Depth: parent.Depth + 1, Table: array.Table(), Array: array, Left: left})
}

func (g *Graph) scope(key string, s Scope) *Scope {
	if old := g.scopes[key]; old != nil {
		return old
	}
	s.Index = len(g.Scopes)
	g.Scopes = append(g.Scopes, &s)
	g.scopes[key] = &s
	return &s
}

// Table returns the table whose arenas hold what lies within e.
func (e *Expr) Table() int {
	if e.Scope == nil {
		return 0
	}
	return e.Scope.Table
}

// Column returns the expression that reads n of the rows of s.
func (g *Graph) Column(s *Scope, n *row.Node) *Expr {
	return g.intern("column "+strconv.Itoa(s.Index)+" "+strconv.Itoa(n.Cell), &Expr{
		Type: n.Type, Node: n, Scope: s, Cheap: true,
		Build: func([]code.Code) code.Code { return code.Column(s.Index, s.Table, n) },
	})
}

// Ordinal returns the number of the element of s.
func (g *Graph) Ordinal(s *Scope) *Expr {
	s.Numbered = true
	return g.intern("ordinal "+strconv.Itoa(s.Index), &Expr{
		Type: &types.Type{Kind: types.Int}, Scope: s, Cheap: true,
		Build: func([]code.Code) code.Code { return code.Ordinal(s.Index) },
	})
}

// Call returns the expression that applies build to args. The key names the operation with all its
// parameters but the arguments: same key and same arguments are the same expression.
func (g *Graph) Call(key string, t *types.Type, args []*Expr, build func([]code.Code) code.Code) *Expr {
	e := &Expr{Op: key, Type: t, Args: args, Build: build}
	var b strings.Builder
	b.WriteString(key)
	if t.Kind < types.Array { // of others the arguments decide the type
		b.WriteString(" : ")
		b.WriteString(t.String())
	}
	for _, a := range args {
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(a.ID))
		if a.Scope != nil && (e.Scope == nil || a.Scope.Depth > e.Scope.Depth) {
			e.Scope = a.Scope
		}
	}
	return g.intern(b.String(), e)
}

// Constant returns a literal, which value makes where the graph has none of that key and type yet.
func (g *Graph) Constant(key string, t *types.Type, value func() (code.Code, Literal, JSONKind)) *Expr {
	key = "constant " + key + " : " + t.String()
	if old := g.byKey[key]; old != nil {
		return old
	}
	c, l, kind := value()
	return g.intern(key, &Expr{
		Type: t, Literal: &l, Cheap: true, JSON: kind,
		Build: func([]code.Code) code.Code { return c },
	})
}

func (g *Graph) intern(key string, e *Expr) *Expr {
	if old := g.byKey[key]; old != nil {
		return old
	}
	e.ID = len(g.Exprs)
	g.Exprs = append(g.Exprs, e)
	g.byKey[key] = e
	return e
}

// Exprs returns all expressions of the emit.
func (e *Emit) Exprs() []*Expr {
	return append([]*Expr{e.Component, e.Metric, e.Value, e.Unit, e.EventTime}, e.Where...)
}
