package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Notes are what an editor shows of a file: what its names are, and what can be named where.
type Notes struct {
	Names     []Note
	Scopes    []Scope
	Relations []Relation // the tables and views of the file, in order
}

// Note is what a name in the text is.
type Note struct {
	syntax.Span             // of the name
	What        string      // table, view, column or field
	Name        string      //
	Type        *types.Type // of a column or field; nil where it is not known
	Def         syntax.Span // where it is declared; empty for nowhere
}

// Scope is a SELECT, and the sources that it reads, by the names that it can use.
type Scope struct {
	syntax.Span
	Sources []Relation
}

// Relation is a table, a view or an array that is unnested.
type Relation struct {
	Name    string
	Columns []types.Field // Type is nil where it is not known
}

// CheckNoted is [Check], and keeps notes.
func CheckNoted(f *syntax.File, report Report, notes *Notes) *Result {
	return newChecker(report, notes).check(f)
}

func (c *checker) noteName(n syntax.Ident, what string, t *types.Type, def syntax.Span) {
	if c.notes != nil {
		c.notes.Names = append(c.notes.Names, Note{n.Span, what, n.Name, t, def})
	}
}

// noteScope notes what a SELECT can name; of several branches the first.
func (c *checker) noteScope(q *syntax.Select, env *environment) {
	if c.notes == nil {
		return
	}
	if n := len(c.notes.Scopes); n > 0 && c.notes.Scopes[n-1].Span == q.Span {
		return
	}
	scope := Scope{Span: q.Span}
	for _, s := range env.sources {
		scope.Sources = append(scope.Sources, Relation{s.alias, fieldsOf(s.columns)})
	}
	c.notes.Scopes = append(c.notes.Scopes, scope)
}

func (c *checker) noteRelation(name string, r *relation) {
	if c.notes != nil && r != nil {
		c.notes.Relations = append(c.notes.Relations, Relation{name, fieldsOf(r.columns)})
	}
}

func fieldsOf(columns []column) []types.Field {
	fields := make([]types.Field, len(columns))
	for i, col := range columns {
		fields[i] = types.Field{Name: col.name, Type: col.typ}
	}
	return fields
}
