package sqlfmt

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

// operators are pairs of characters that make one token, or begin a comment.
var operators = []string{"<=", ">=", "<>", "!=", "||", "=>", "--", "/*"}

// spaced are the keywords that stand apart from a bracket after them; others are called like functions.
var spaced = []string{
	"ALL", "AND", "AS", "BETWEEN", "BY", "CASE", "DEFINE", "DISTINCT", "ELSE", "END", "EXCEPT", "FROM", "HAVING", "IN",
	"INTERSECT",
	"INTO", "IS", "JOIN", "LIKE", "MEASURES", "NOT", "ON", "OR", "OVER", "PATTERN", "SELECT", "THEN", "UNION", "USING",
	"VALUES",
	"WHEN", "WHERE", "WITH", "WITHIN",
}

// blank reports whether a blank stands between the items n-1 and n of a line.
func blank(items []*item, n int) bool {
	a, b := items[n-1], items[n]
	if b.kind == comment || a.kind == comment && b.kind != punct {
		return true
	}
	if glued(a, b) {
		return true
	}
	switch {
	case b.closes != 0, b.isPunct(","), b.isPunct(";"), b.isPunct("."), a.isPunct("."):
		return false
	case a.opens != 0:
		return false
	case b.opens == '<':
		return false
	case b.opens == '[':
		return a.kind == punct && a.closes == 0
	case b.opens == '(':
		return beforeBracket(items, n)
	case sign(items, n-1):
		return false
	}
	return true
}

// glued reports whether two items would be read as something else without a blank.
func glued(a, b *item) bool {
	if a.kind == punct && b.kind == punct {
		return slices.Contains(operators, a.text[len(a.text)-1:]+b.text[:1])
	}
	digit := func(i *item) bool { return i.kind == literal && i.text[0] != '\'' }
	return digit(a) && b.isPunct(".") || a.isPunct(".") && digit(b)
}

// beforeBracket reports whether a blank stands before the opening bracket n.
func beforeBracket(items []*item, n int) bool {
	a := items[n-1]
	if a.kind == punct {
		return a.closes == 0 || a.closes == ')'
	}
	if a.kind == literal || a.is(spaced...) {
		return true
	}
	if n < 2 {
		return false
	}
	switch b := items[n-2]; {
	case b.is("AS", "TABLE", "VIEW", "INTO", "EXISTS"): // a name with its columns
		return a.kind == name || !syntax.Reserved(a.upper) && function.Lookup(a.upper) == nil
	case b.isPunct(")"): // an alias
		return !a.is("LEFT", "RIGHT")
	}
	return false
}

// sign reports whether item n is a sign of what follows it.
func sign(items []*item, n int) bool {
	if !items[n].isPunct("-") && !items[n].isPunct("+") {
		return false
	}
	if n == 0 {
		return true
	}
	a := items[n-1]
	return a.kind == punct && a.closes == 0 || a.is(spaced...) || a.is("RETURN")
}
