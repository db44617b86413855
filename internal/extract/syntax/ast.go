package syntax

// Span is where a node stands in the text, in bytes.
type Span struct{ Pos, End int }

// Range returns the span, so that every node that embeds it has a place.
func (s Span) Range() (pos, end int) { return s.Pos, s.End }

// Node is anything with a place in the text.
type Node interface{ Range() (pos, end int) }

// Ident is a name.
type Ident struct {
	Span
	Name string
}

// Text is a string literal that is not an expression: an option, a setting, a comment.
type Text struct {
	Span
	Value string
}

// File is all statements of an extractor, in order.
type File struct {
	Statements []Statement
	// Incomplete says that something could not be read, and is missing in the statements.
	Incomplete bool
}

// Statement is one of [*Set], [*CreateTable], [*CreateView], [*Insert] and [*Bad].
type Statement interface {
	Node
	statement()
}

// Set is SET 'key' = 'value'.
type Set struct {
	Span
	Key, Value Text
}

// CreateTable is CREATE TABLE name (columns) WITH (options).
type CreateTable struct {
	Span
	Name      Ident
	Columns   []Column
	Watermark *Watermark // nil: none
	Options   []Option
}

// Watermark is WATERMARK FOR column AS expression.
type Watermark struct {
	Span
	Column Ident
	Expr   Expr
}

// Column is a physical column with a Type, or a computed one with an Expr. One with neither could not be read.
type Column struct {
	Span
	Name Ident
	Type *TypeName
	Expr Expr
}

// Option is 'key' = 'value' in WITH (..).
type Option struct {
	Span
	Key, Value Text
}

// CreateView is CREATE VIEW name (columns) AS query.
type CreateView struct {
	Span
	Name    Ident
	Columns []Ident // empty: those of the query
	Query   Query
}

// Insert is INSERT INTO target (columns) query.
type Insert struct {
	Span
	Target  Ident
	Columns []Ident // empty: all, in order
	Query   Query
	Broken  bool // the columns could not be read
}

// Bad is a statement that could not be read, and the name that it would have declared, if that is known.
type Bad struct {
	Span
	Declares string
}

func (*Set) statement()         {}
func (*CreateTable) statement() {}
func (*CreateView) statement()  {}
func (*Insert) statement()      {}
func (*Bad) statement()         {}

// TypeName is a type as it is written.
type TypeName struct {
	Span
	Name       string // upper case: STRING, DECIMAL, ROW, ..
	Parameters []int  // (p, s)
	Fields     []TypeField
	Elem       *TypeName // of ARRAY, and the value of MAP
	Key        *TypeName // of MAP
	NotNull    bool
}

// TypeField is a field of a ROW.
type TypeField struct {
	Name Ident
	Type *TypeName
}
