// Package function is the table of the scalar functions that the engine takes: their parameters, the
// type of their result, how they are compiled, and what the reference says of them.
//
// A [Function] is a row of a table: its signature, a [Form], and an example. Most forms are made of a Go
// function by lift1, append2 and their like. The few functions with clauses of their own (CAST, JSON_VALUE,
// ..) are typed by package check, and are operations here (see [ir.Op]). [Refused] has what Flink has and
// the Go engine has not, and what neither has, each with the verdict and the way out.
package function

import (
	"fmt"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Function is one scalar function.
type Function struct {
	Signature
	Form
	Doc string // what it gives, in one sentence
	// Example is an expression and its value as the reference shows them; a test runs it.
	Example, Gives string
}

// Form is what a function takes and gives, and how it is compiled.
type Form struct {
	Kinds []ParamKind // by parameter
	Result
	// Bind makes what compiles a call. The error of an argument that cannot be taken is a *Problem.
	Bind func(c Call) (Build, error)
	// Op is the operation that the function is, if it is one that needs no Bind.
	Op ir.Op
	// Node is the layout of the array that the function gives.
	Node *row.Node
	// Unify widens all arguments of AnyValue to one type; Alike says that a DECIMAL must have it already,
	// because Flink fails to widen it there.
	Unify, Alike bool
	// TakesNull says that a NULL without a type may be an argument; Flink refuses it elsewhere.
	TakesNull bool
	// ByteOrder is that of the result (see [ir.Facts]).
	ByteOrder bool
}

// Build makes the executable form of a call of those of its arguments.
type Build = func([]code.Code) code.Code

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
	Element                   // a scalar that can be an element of the first argument; also NULL
	List                      // ARRAY or MAP
	Pattern                   // STRING, a literal
	Anything                  // any type that has JSON text
)

// Takes says in words what a parameter takes.
func (k ParamKind) Takes() string {
	return [...]string{"STRING", "INT or BIGINT", "INT", "a number", "a number", "BOOLEAN",
		"TIMESTAMP or TIMESTAMP_LTZ", "a scalar", "a scalar", "ARRAY or MAP", "a literal text", "what has JSON text"}[k]
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

// Null is the type that a NULL gets as an argument, where [Form.TakesNull] lets it be one.
func (k ParamKind) Null() *types.Type {
	switch k {
	case Whole, Int:
		return &types.Type{Kind: types.Int}
	case Number, Real:
		return &types.Type{Kind: types.Double}
	case Truth:
		return &types.Type{Kind: types.Boolean}
	case Moment:
		return &types.Type{Kind: types.TimestampLTZ}
	}
	return &types.Type{Kind: types.String}
}

// Problem is an argument that cannot be taken.
type Problem struct {
	Arg           int // -1 for the call as a whole
	Message, Hint string
}

func (p *Problem) Error() string { return p.Message }

// Missing is a *Problem of the Go engine alone: Flink has what is asked for.
type Missing struct{ *Problem }

func (m Missing) Unwrap() error { return m.Problem }

// Signature is the name of a function with its parameters.
type Signature struct {
	Name   string // upper case
	Params []string
	// Optional is how many of the last parameters may be left out, Repeat whether the last may stand
	// several times.
	Optional int
	Repeat   bool
}

// String returns the signature as it is written in the tables: SUBSTRING(text, start, [length]), CONCAT(text, ..).
func (s Signature) String() string {
	params := make([]string, len(s.Params))
	for i, p := range s.Params {
		if params[i] = p; i >= len(s.Params)-s.Optional {
			params[i] = "[" + p + "]"
		}
	}
	if s.Repeat {
		params = append(params, "..")
	}
	return s.Name + "(" + strings.Join(params, ", ") + ")"
}

// signature reads what [Signature.String] writes.
func signature(text string) Signature {
	name, params, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	s := Signature{Name: name}
	for p := range strings.SplitSeq(params, ", ") {
		switch bare := strings.Trim(p, "[]"); {
		case p == "":
		case p == "..":
			s.Repeat = true
		default:
			s.Params = append(s.Params, bare)
			if bare != p {
				s.Optional++
			}
		}
	}
	return s
}

// Arity says what is wrong with a call with n arguments, "" if it may have so many.
func (s Signature) Arity(n int) string {
	least, most := len(s.Params)-s.Optional, len(s.Params)
	if n >= least && (n <= most || s.Repeat) {
		return ""
	}
	takes := fmt.Sprint(most)
	switch {
	case s.Repeat:
		takes = fmt.Sprint("at least ", least)
	case s.Optional > 0:
		takes = fmt.Sprint(least, " to ", most)
	case most == 0:
		takes = "no"
	}
	noun := "arguments"
	if takes == "1" || takes == "at least 1" {
		noun = "argument"
	}
	return fmt.Sprintf("%s takes %s %s, not %d", s.Name, takes, noun, n)
}

// Kind is what parameter i takes.
func (f *Function) Kind(i int) ParamKind { return f.Kinds[min(i, len(f.Kinds)-1)] }

// Param is the name of parameter i.
func (f *Function) Param(i int) string { return f.Params[min(i, len(f.Params)-1)] }

// Lookup finds a function by its name in upper case.
func Lookup(name string) *Function { return byName[name] }

// All returns the functions in the order of the reference.
func All() []*Function { return all }

// fn makes a row of the table.
func fn(sig string, form Form, doc, example, gives string) *Function {
	return &Function{Signature: signature(sig), Form: form, Doc: doc, Example: example, Gives: gives}
}

var (
	all    []*Function
	byName = map[string]*Function{}
)

func init() {
	groups := [][]*Function{conditional, textual, textParts, regular, numeric, temporal, timeParts, collections,
		jsonText}
	for _, group := range groups {
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
var aliases = map[string]string{"CHARACTER_LENGTH": "CHAR_LENGTH", "CEILING": "CEIL", "SUBSTR": "SUBSTRING"}
