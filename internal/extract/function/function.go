// Package function is the table of the scalar functions that the engine takes: their parameters, the
// type of their result, how they are compiled, and what the reference says of them.
//
// A [Function] with an ordinary call syntax is all here. The few with clauses of their own (CAST,
// JSON_VALUE, ..) are typed by package check. [Refused] holds the functions of Flink that are not
// taken, each with the reason and the way out.
package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Function is one scalar function.
type Function struct {
	Name   string // upper case
	Doc    string // what it gives, in one sentence
	Params []Param
	// Optional is how many of the last parameters may be left out, Repeat whether the last may stand
	// several times.
	Optional int
	Repeat   bool
	// Result is the type of the result for arguments of these types. Without it the type is Type.
	Result func(args []*types.Type) *types.Type
	Type   types.Kind
	// Bind makes what compiles a call. The error of an argument that cannot be taken is a *Problem.
	Bind func(c Call) (func([]code.Code) code.Code, error)
	// Node is the layout of the array that the function gives.
	Node *row.Node
	// Unify widens all arguments of AnyValue to one type; Alike says that a DECIMAL must have it already,
	// because Flink fails to widen it there.
	Unify, Alike bool
	// Example is an expression and its value as the reference shows them; a test runs it.
	Example, Gives string
}

// Param is one parameter.
type Param struct {
	Name string
	Kind ParamKind
}

// ParamKind says which arguments a parameter takes.
type ParamKind uint8

// The kinds of parameters.
const (
	Text     ParamKind = iota // STRING
	Whole                     // INT or BIGINT
	Int                       // INT: Flink does not compile the call for a BIGINT
	Number                    // any number, as it is
	Real                      // any number, widened to DOUBLE
	Truth                     // BOOLEAN
	Moment                    // TIMESTAMP or TIMESTAMP_LTZ
	AnyValue                  // any scalar
	List                      // ARRAY or MAP
	Pattern                   // STRING, a literal
	Anything                  // any type that has JSON text
)

// Takes says in words what a parameter takes.
func (k ParamKind) Takes() string {
	return [...]string{"STRING", "INT or BIGINT", "INT", "a number", "a number", "BOOLEAN", "TIMESTAMP or TIMESTAMP_LTZ", "a scalar", "ARRAY or MAP", "a literal text", "what has JSON text"}[k]
}

// Accepts reports whether an argument of type t fits.
func (k ParamKind) Accepts(t *types.Type) bool {
	switch k {
	case Text, Pattern:
		return t.Kind == types.String
	case Whole:
		return t.Kind == types.Int || t.Kind == types.BigInt
	case Int:
		return t.Kind == types.Int
	case Number, Real:
		return t.Numeric()
	case Truth:
		return t.Kind == types.Boolean
	case Moment:
		return t.Kind == types.Timestamp || t.Kind == types.TimestampLTZ
	case List:
		return t.Kind == types.Array || t.Kind == types.Map
	case Anything:
		return NotJSON(t) == ""
	}
	return t.Kind < types.Array
}

// Default is the type that a bare NULL gets.
func (k ParamKind) Default() *types.Type {
	kinds := [...]types.Kind{types.String, types.Int, types.Int, types.Double, types.Double, types.Boolean, types.TimestampLTZ, types.String, types.String, types.String, types.String}
	return &types.Type{Kind: kinds[k]}
}

// Call is what Bind sees of a call.
type Call struct {
	Type  *types.Type // of the result
	Args  []*ir.Expr
	Words []string // the words of its own syntax, such as LEADING
	From  bool     // TRIM(.. FROM ..)
}

// Problem is an argument that cannot be taken.
type Problem struct {
	Arg           int
	Message, Hint string
}

func (p *Problem) Error() string { return p.Message }

// Lookup finds a function by its name in upper case.
func Lookup(name string) *Function { return byName[name] }

// All returns the functions in the order of the reference.
func All() []*Function { return all }

var (
	all    []*Function
	byName = map[string]*Function{}
)

func init() {
	for _, group := range [][]*Function{conditional, textual, textParts, regular, numeric, temporal, collections, jsonText} {
		for _, f := range group {
			all = append(all, f)
			byName[f.Name] = f
		}
	}
	for alias, name := range aliases {
		byName[alias] = byName[name]
	}
}

// aliases are other names of the same functions.
var aliases = map[string]string{
	"CHARACTER_LENGTH": "CHAR_LENGTH", "CEILING": "CEIL", "SUBSTR": "SUBSTRING", "POW": "POWER",
}

// plain makes a Bind that needs nothing but the arguments.
func plain(build func(t *types.Type, a []code.Code) code.Code) func(Call) (func([]code.Code) code.Code, error) {
	return func(c Call) (func([]code.Code) code.Code, error) {
		return func(a []code.Code) code.Code { return build(c.Type, a) }, nil
	}
}

// sameAs is the type of one argument.
func sameAs(i int) func([]*types.Type) *types.Type {
	return func(args []*types.Type) *types.Type { return args[i] }
}

// literalText returns the text of a literal argument.
func literalText(c Call, i int) (string, error) {
	l := c.Args[i].Literal
	if l == nil || l.Null {
		return "", &Problem{i, "this must be a literal text, so that it is checked and compiled once", ""}
	}
	return l.Text, nil
}
