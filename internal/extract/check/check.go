// Package check gives a parsed extractor its meaning: it resolves names, types every expression,
// inlines views, and refuses what the two engines could not run alike.
//
// A query is a relation: columns with a type, and for every branch of its UNION ALLs a scope, the
// conditions on its rows, and one expression per column. A view is such a relation, so reading a
// view substitutes expressions, and a SELECT over a view of three branches has three. The result is
// the interned graph of package ir, with one emit for each branch of each INSERT.
//
// Every diagnostic is reported once; what depends on something broken is passed over in silence.
package check

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Result is a checked extractor.
type Result struct {
	Settings []*syntax.Set
	Inserts  []*syntax.Insert
	Tables   []*Table
	Graph    *ir.Graph
	Emits    []*ir.Emit
}

// Table is a source table.
type Table struct {
	Name    string
	Columns []types.Field // the physical ones
	Format  string        // json, csv or raw
	Decoder *decode.Decoder
}

// Report takes a diagnostic for the text from pos to end.
type Report func(pos, end int, v diag.Verdict, message, hint string)

// Check resolves f. What it reports may repeat; the caller sorts and removes duplicates.
func Check(f *syntax.File, report Report) *Result { return newChecker(report, nil).check(f) }

func newChecker(report Report, notes *Notes) *checker {
	c := &checker{report: report, notes: notes, names: map[string]*declaration{}, result: &Result{Graph: ir.NewGraph()}}
	c.g = c.result.Graph
	return c
}

func (c *checker) check(f *syntax.File) *Result {
	inserts := 0
	for _, s := range f.Statements {
		switch s := s.(type) {
		case *syntax.Set:
			c.result.Settings = append(c.result.Settings, s)
		case *syntax.CreateTable:
			c.table(s)
		case *syntax.CreateView:
			c.view(s)
		case *syntax.Insert:
			inserts++
			c.result.Inserts = append(c.result.Inserts, s)
			c.insert(s)
		case *syntax.Bad:
			inserts++ // it may have been one
			if s.Declares != "" {
				c.names[s.Declares] = &declaration{broken: true}
			}
		}
	}
	if !f.Incomplete {
		c.unused()
	}
	if inserts == 0 {
		c.report(0, 0, diag.Rejected, "this extractor delivers nothing: there is no INSERT INTO digitaltwin",
			"write INSERT INTO digitaltwin (component, metric, `value`, unit, event_time) SELECT .. FROM ..")
	}
	return c.result
}

type checker struct {
	report Report
	notes  *Notes // nil where nobody wants them
	names  map[string]*declaration
	result *Result
	g      *ir.Graph

	inView bool // of CREATE VIEW, which Flink writes down as SQL text
}

// declaration is a table or view of the file.
type declaration struct {
	relation *relation
	broken   bool // it has been complained about
	used     bool
	what     string
	span     syntax.Span
}

// relation is what a query yields.
type relation struct {
	columns  []column
	branches []branch
	foreign  bool     // only Flink makes its rows: there are no branches
	open     bool     // there may be other columns than these
	from     []column // of a SELECT: the columns of what it reads, by which it can be sorted too
}

type column struct {
	name    string
	def     syntax.Span // where it is declared; empty where nowhere
	typ     *types.Type // nil where its expression is broken, or only Flink knows
	notNull bool        // in every row, as far as Flink knows
	role    role
}

// branch is one way to make rows of a relation.
type branch struct {
	scope *ir.Scope
	where []*ir.Expr
	exprs []*ir.Expr // one per column; nil where it is broken
	pos   int
}

func (c *checker) reject(n syntax.Node, message, hint string) {
	pos, end := n.Range()
	c.report(pos, end, diag.Rejected, message, hint)
}

// needsFlink reports what only Flink runs.
func (c *checker) needsFlink(n syntax.Node, message, hint string) {
	pos, end := n.Range()
	c.report(pos, end, diag.NeedsFlink, message, hint)
}

func (c *checker) warn(n syntax.Node, message, hint string) {
	pos, end := n.Range()
	c.report(pos, end, diag.Warning, message, hint)
}

// declare enters a table or view, whose relation is nil if it is broken.
func (c *checker) declare(name syntax.Ident, what string, r *relation) {
	if old := c.names[name.Name]; old != nil && !old.broken {
		c.reject(name, "there is a "+old.what+" "+name.Name+" already", "give it another name")
		return
	}
	if name.Name == sinkName {
		c.reject(name, "digitaltwin is the sink that the platform gives", "give it another name")
		return
	}
	c.noteRelation(name.Name, r)
	c.names[name.Name] = &declaration{relation: r, broken: r == nil, what: what, span: name.Span}
}

// lookup finds a table or view. It returns nil after a diagnostic, or in silence where one was made.
func (c *checker) lookup(n syntax.Ident, local map[string]*declaration) *relation {
	d := local[n.Name]
	if d == nil {
		d = c.names[n.Name]
	}
	if d == nil {
		known := make([]string, 0, len(c.names))
		for k := range c.names {
			known = append(known, k)
		}
		c.reject(n, "there is no table or view "+n.Name+" before this statement", suggest(n.Name, known))
		return nil
	}
	d.used = true
	c.noteName(n, d.what, nil, d.span)
	return d.relation
}

// unused warns of what the file declares and never reads.
func (c *checker) unused() {
	for name, d := range c.names {
		if !d.used && !d.broken {
			c.report(d.span.Pos, d.span.End, diag.Warning, "the "+d.what+" "+name+" is never read",
				"leave it out, or deliver from it")
		}
	}
}

func (c *checker) view(s *syntax.CreateView) {
	c.inView = true
	r := c.query(s.Query, nil)
	c.inView = false
	if r != nil {
		r = c.rename(r, s.Columns, s.Name)
	}
	c.declare(s.Name, "view", r)
}

// rename gives the columns of a relation new names, if there are any.
func (c *checker) rename(r *relation, names []syntax.Ident, of syntax.Ident) *relation {
	if len(names) == 0 {
		return r
	}
	if r.open {
		return r
	}
	if len(names) != len(r.columns) {
		c.reject(names[0], plural(len(names), "name")+" for the "+plural(len(r.columns), "column")+" of "+of.Name,
			"name all columns, or none")
		return nil
	}
	out := *r
	out.columns = slices.Clone(r.columns)
	for i, n := range names {
		out.columns[i].name, out.columns[i].def = n.Name, n.Span
	}
	return &out
}
