package sqlfmt

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
)

type kind uint8

const (
	word kind = iota
	name      // `quoted`
	literal
	punct
	comment
)

// item is a token or a comment.
type item struct {
	kind   kind
	text   string
	upper  string // of a word
	breaks int    // line breaks before it: 0, 1, or 2 for a blank line
	// opens is ( [ or < (of a type) where the item opens a bracket, closes where it closes one.
	opens, closes byte
	depth         int // how many brackets are open around it; a bracket itself stands outside
}

func (i *item) is(words ...string) bool {
	return i != nil && i.kind == word && slices.Contains(words, i.upper)
}
func (i *item) isPunct(p string) bool { return i.kind == punct && i.text == p }

// lineComment reports whether only a line break can follow.
func (i *item) lineComment() bool { return i.kind == comment && strings.HasPrefix(i.text, "--") }

// read cuts a text into items.
func read(src diag.Source) ([]*item, error) {
	tokens, err := syntax.Tokens(src)
	if err != nil {
		return nil, err
	}
	kinds := [...]kind{syntax.Word: word, syntax.Quoted: name, syntax.String: literal, syntax.Number: literal,
		syntax.Punct: punct}
	var items []*item
	last := 0
	for _, t := range tokens {
		items = append(items, comments(src.Text[last:t.Pos])...)
		i := &item{kind: kinds[t.Kind], text: src.Text[t.Pos:t.End]}
		if i.kind == word {
			i.upper = strings.ToUpper(i.text)
		}
		i.breaks = newlines(src.Text[last:t.Pos])
		last = t.End
		items = append(items, i)
	}
	items = append(items, comments(src.Text[last:])...)
	nest(items)
	return items, nil
}

// newlines counts the line breaks of a gap after the last comment in it, two at most.
func newlines(gap string) int {
	n := 0
	for gap != "" {
		switch {
		case strings.HasPrefix(gap, "--"):
			end := strings.IndexByte(gap, '\n')
			if end < 0 {
				return 0
			}
			n, gap = 0, gap[end:]
		case strings.HasPrefix(gap, "/*"):
			n, gap = 0, gap[2+strings.Index(gap[2:], "*/")+2:]
		default:
			if gap[0] == '\n' {
				n++
			}
			gap = gap[1:]
		}
	}
	return min(n, 2)
}

// comments returns the comments of a gap between two tokens.
func comments(gap string) (out []*item) {
	n := 0
	for gap != "" {
		size := 0
		switch {
		case strings.HasPrefix(gap, "--"):
			if size = strings.IndexByte(gap, '\n'); size < 0 {
				size = len(gap)
			}
		case strings.HasPrefix(gap, "/*"):
			size = 2 + strings.Index(gap[2:], "*/") + 2
		default:
			if gap[0] == '\n' {
				n++
			}
			gap = gap[1:]
			continue
		}
		text := strings.TrimRight(gap[:size], " \t\r")
		out = append(out, &item{kind: comment, text: text, breaks: min(n, 2)})
		n, gap = 0, gap[size:]
	}
	return out
}

// nest finds the brackets, and how deep each item lies in them.
func nest(items []*item) {
	var open []byte
	var before *item
	for _, i := range items {
		if i.kind == punct {
			switch top := last(open); {
			case i.text == "(" || i.text == "[":
				i.opens = i.text[0]
			case i.text == "<" && before != nil && before.is("ROW", "ARRAY", "MAP", "MULTISET"):
				i.opens = '<'
			case i.text == ")" && top == '(', i.text == "]" && top == '[', i.text == ">" && top == '<':
				i.closes = top
				open = open[:len(open)-1]
			case i.text == ";":
				open = open[:0] // a bracket that is never closed ends with its statement
			}
		}
		i.depth = len(open)
		if i.opens != 0 {
			open = append(open, i.opens)
		}
		if i.kind != comment {
			before = i
		}
	}
}

func last[T any](s []T) (zero T) {
	if len(s) == 0 {
		return zero
	}
	return s[len(s)-1]
}

// upperCase writes keywords and the functions of the engine in upper case.
func upperCase(items []*item) {
	var tokens []*item
	for _, i := range items {
		if i.kind != comment {
			tokens = append(tokens, i)
		}
	}
	cte := false // names of its own may stand before a bracket
	for n, i := range tokens {
		before, after := &item{}, &item{}
		if n > 0 {
			before = tokens[n-1]
		}
		if n+1 < len(tokens) {
			after = tokens[n+1]
		}
		if i.isPunct(";") {
			cte = false
		}
		if i.kind != word || before.isPunct(".") || after.isPunct(".") {
			continue
		}
		cte = cte || i.is("WITH") && !after.isPunct("(")
		switch {
		case syntax.Reserved(i.upper), i.is("VIEW") && before.is("CREATE", "TEMPORARY"), i.is("ORDINALITY") &&
			before.is("WITH"):
			i.text = i.upper
		case after.isPunct("(") && function.Lookup(i.upper) != nil && !cte && !declares(before):
			i.text = i.upper
		}
	}
}

// declares reports whether a word after this one is a name, even with a bracket after it.
func declares(i *item) bool {
	return i.is("AS", "TABLE", "VIEW", "INTO", "FROM", "JOIN", "EXISTS") || i.isPunct(")") || i.kind == name ||
		i.kind == word && !syntax.Reserved(i.upper)
}
