package check

import (
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// value judges column i of a branch of a query, which is delivered as the value: it is JSON text. A text
// that is surely none is refused; of one that may be none it is said that it should not.
func (c *checker) value(q syntax.Query, b branch, i int) {
	e := b.exprs[i]
	if isJSON(e) {
		return
	}
	at := itemOf(branchOf(q, b.pos), i)
	switch l, ok := e.Literal(); {
	case !ok:
		c.warn(at, "the value is JSON text, and this may be any text: a row whose value is no JSON is a reject",
			"write JSON_STRING(..), unless it holds JSON text")
	case !l.Null:
		c.reject(at, "the value is JSON text, and '"+l.Text+"' is none",
			`a text in JSON has quotes of its own: '"open"'`)
	}
}

// isJSON reports whether e is JSON text, or a CASE each of whose texts is JSON text, or stands after WHEN text IS JSON.
func isJSON(e *ir.Expr) bool {
	if e.JSON != ir.NotJSON || numberText(e) {
		return true
	}
	if _, ok := e.Op.(ir.Case); !ok {
		return false
	}
	conditions, texts := e.Args[:len(e.Args)/2], e.Args[len(e.Args)/2:]
	for i, text := range texts {
		if l, _ := text.Literal(); l.Null || isJSON(text) {
			continue
		}
		if i >= len(conditions) {
			return false
		}
		is, ok := conditions[i].Op.(function.IsJSON)
		if !ok || is.Not || conditions[i].Args[0] != text {
			return false
		}
	}
	return true
}

// numberText tells whether e is the text of a number, which is its JSON text too.
func numberText(e *ir.Expr) bool {
	if _, ok := e.Op.(function.Convert); !ok {
		return false
	}
	from := e.Args[0].Type.Kind
	return from == types.Int || from == types.BigInt || from == types.Decimal
}

// branchOf finds the SELECT at pos among the branches of a query.
func branchOf(q syntax.Query, pos int) syntax.Query {
	switch q := q.(type) {
	case *syntax.With:
		return branchOf(q.Body, pos)
	case *syntax.Ordered:
		return branchOf(q.Body, pos)
	case *syntax.Union:
		for _, b := range q.Branches {
			if found, ok := branchOf(b, pos).(*syntax.Select); ok && found.Pos == pos {
				return found
			}
		}
	}
	return q
}
