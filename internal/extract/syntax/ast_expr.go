package syntax

// Expr is an expression.
type Expr interface {
	Node
	expr()
}

type (
	// Name is a column, possibly with a qualifier before it and fields after it: t.motion.speed.
	Name struct {
		Span
		Parts []Ident
	}
	// Field is a field of something that is not a plain name: axles[1].n.
	Field struct {
		Span
		X    Expr
		Name Ident
	}
	// Index is array[i] or map['key'].
	Index struct {
		Span
		X, Index Expr
	}
	// Literal is a constant. Kind says how Text is to be read.
	Literal struct {
		Span
		Kind LiteralKind
		Text string
		Unit Ident // of an interval
	}
	// Unary is NOT x, -x or +x.
	Unary struct {
		Span
		Op string
		X  Expr
	}
	// Binary is x op y: OR AND = <> < <= > >= + - * / % ||.
	Binary struct {
		Span
		Op   string
		X, Y Expr
	}
	// Is is x IS [NOT] NULL, TRUE, FALSE, UNKNOWN, JSON, or DISTINCT FROM y.
	Is struct {
		Span
		Not  bool
		What string
		X, Y Expr
	}
	// Between is x [NOT] BETWEEN [SYMMETRIC] low AND high.
	Between struct {
		Span
		Not, Symmetric bool
		X, Low, High   Expr
	}
	// In is x [NOT] IN (list), or IN (query).
	In struct {
		Span
		Not   bool
		X     Expr
		List  []Expr
		Query Query
	}
	// Like is x [NOT] LIKE pattern [ESCAPE escape], or SIMILAR TO.
	Like struct {
		Span
		Not, Similar       bool
		X, Pattern, Escape Expr
	}
	// Case is CASE [operand] WHEN .. THEN .. ELSE .. END.
	Case struct {
		Span
		Operand Expr
		Whens   []When
		Else    Expr
	}
	// Cast is CAST(x AS type) or TRY_CAST.
	Cast struct {
		Span
		Try  bool
		X    Expr
		Type *TypeName
	}
	// Call is name(args). Functions with a syntax of their own are brought into this form: a keyword among
	// the arguments is Word (TRIM(LEADING 'x' FROM s): LEADING; EXTRACT(HOUR FROM x): HOUR).
	Call struct {
		Span
		Name Ident // upper case
		Args []Expr
		Word string
		From bool // TRIM(.. FROM ..)
		JSON *JSONClauses

		// Aggregate says that it is one for sure: COUNT(*), DISTINCT, FILTER, WITHIN GROUP.
		Aggregate bool
		Filter    Expr
		Within    Span    // of WITHIN GROUP; empty: there is none
		Over      *Window // nil: none
	}
	// Subquery is (query) as a value, EXISTS (query), or SOME, ANY or ALL (query) after a comparison.
	Subquery struct {
		Span
		Quantifier string // "", EXISTS, SOME, ANY, ALL
		Query      Query
	}
	// Unreadable stands for what could not be read, which was reported.
	Unreadable struct{ Span }
	// Row is ROW(a, b) or (a, b).
	Row struct {
		Span
		Items []Expr
	}
	// Array is ARRAY[a, b].
	Array struct {
		Span
		Items []Expr
	}
	// Map is MAP['k', v, ..].
	Map struct {
		Span
		Items []Expr
	}
)

// When is one branch of a CASE.
type When struct{ Cond, Then Expr }

// JSONClauses are the clauses of the JSON functions.
type JSONClauses struct {
	Returning *TypeName
	Wrapper   string // "", WITHOUT, CONDITIONAL, UNCONDITIONAL
	// "", NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT; of JSON_EXISTS OnError TRUE, FALSE, UNKNOWN
	OnEmpty, OnError string
	EmptyDefault     Expr // with DEFAULT
	ErrorDefault     Expr
	OnNull           string // "", NULL, ABSENT
	Keys             []Text // of JSON_OBJECT, one for each argument
}

// LiteralKind is the kind of a literal.
type LiteralKind uint8

// The kinds of literals.
const (
	NullLiteral LiteralKind = iota
	BoolLiteral             // TRUE, FALSE, UNKNOWN
	NumberLiteral
	StringLiteral
	DateLiteral      // DATE 'text'
	TimeLiteral      // TIME 'text'
	TimestampLiteral // TIMESTAMP 'text'
	IntervalLiteral  // INTERVAL 'text' unit
)

func (*Name) expr()       {}
func (*Field) expr()      {}
func (*Index) expr()      {}
func (*Literal) expr()    {}
func (*Unary) expr()      {}
func (*Binary) expr()     {}
func (*Is) expr()         {}
func (*Between) expr()    {}
func (*In) expr()         {}
func (*Like) expr()       {}
func (*Case) expr()       {}
func (*Cast) expr()       {}
func (*Call) expr()       {}
func (*Row) expr()        {}
func (*Array) expr()      {}
func (*Map) expr()        {}
func (*Subquery) expr()   {}
func (*Unreadable) expr() {}
