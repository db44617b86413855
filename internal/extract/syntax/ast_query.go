package syntax

// Query is one of [*Select], [*Union], [*With], [*Values] and [*Ordered].
type Query interface {
	Node
	query()
}

// With is WITH name AS (query), .. query.
type With struct {
	Span
	Views []CreateView
	Body  Query
}

// Union is left UNION ALL right ...
type Union struct {
	Span
	Branches []Query
}

// Values is VALUES (a, b), ...
type Values struct {
	Span
	Rows []Expr
}

// Ordered is query ORDER BY .. LIMIT .. OFFSET .. FETCH ..; At is its first word after the query.
type Ordered struct {
	Span
	Body          Query
	At            Span
	By            []Order
	Limit, Offset Expr // nil: none
}

// Order is x [ASC | DESC] in ORDER BY.
type Order struct {
	X    Expr
	Desc bool
}

// Select is SELECT items FROM from WHERE condition, and what looks at many records.
type Select struct {
	Span
	Distinct Span // of DISTINCT; empty: there is none
	Items    []Item
	From     *From // nil where it could not be read
	Where    Expr  // nil: none
	Group    *Group
	Having   Expr
	Windows  []Window
	Qualify  Expr
}

// Group is GROUP BY keys.
type Group struct {
	Span
	Keys []Expr
}

// Window is what follows OVER, or name AS (..) in WINDOW.
type Window struct {
	Span
	Name      Ident // of a window that is named, or that OVER names
	Partition []Expr
	Order     []Order
}

func (*With) query()    {}
func (*Union) query()   {}
func (*Values) query()  {}
func (*Ordered) query() {}
func (*Select) query()  {}

// Item is one output of a SELECT: an expression with or without a name, or a star.
type Item struct {
	Span
	Star      bool
	Qualifier *Ident // t in t.*
	Expr      Expr
	Alias     *Ident
}

// From is what a SELECT reads: a source, and what is joined with it, from left to right.
type From struct {
	Span
	First Source
	Joins []Join
}

// Source is one of what FROM lists: a table or view, a query, a table function, or the elements of an array. Only
// the last is not the first.
type Source struct {
	Span
	Table    *Ident
	Query    Query
	Function *TableFunction
	Unnest   *Unnest

	Lateral  bool
	Clause   string // FOR SYSTEM_TIME, TABLESAMPLE or MATCH_RECOGNIZE after it; empty: none
	ClauseAt Span
	Alias    *Ident
	Columns  []Ident // AS alias (columns)
}

// Unnest is UNNEST(array) [WITH ORDINALITY].
type Unnest struct {
	Array      Expr
	Ordinality bool
}

// TableFunction is TABLE(name(TABLE input PARTITION BY .., DESCRIPTOR(time), ..)).
type TableFunction struct {
	Span
	Name  Ident // upper case
	Input *Ident
	Time  *Ident
}

// Join is a source with the way in which it is joined.
type Join struct {
	Span
	Kind    JoinKind
	Natural bool
	Source  Source
	On      Expr // nil: none, or USING
	Using   []Ident
}

// JoinKind says which rows a join keeps.
type JoinKind string

// The kinds of joins, as they are written.
const (
	CommaJoin JoinKind = ","
	CrossJoin JoinKind = "CROSS JOIN"
	InnerJoin JoinKind = "JOIN"
	LeftJoin  JoinKind = "LEFT JOIN"
	RightJoin JoinKind = "RIGHT JOIN"
	FullJoin  JoinKind = "FULL JOIN"
)
