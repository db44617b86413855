package syntax

import (
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Parse reads a file. Every diagnostic is returned, in the order of the text; the statements that
// could be read are in the file in any case.
func Parse(src diag.Source) (*File, diag.List) {
	p := &parser{src: src, resumed: -1}
	p.tokens = lex(src.Text, p.report)
	f := &File{}
	for !p.at(eof) {
		if p.take(";") {
			continue
		}
		f.Statements = append(f.Statements, p.statement()...)
	}
	f.Incomplete = p.incomplete
	slices.SortStableFunc(p.list, func(a, b positioned) int { return a.pos - b.pos })
	var list diag.List
	for _, d := range p.list {
		list = append(list, d.Diagnostic)
	}
	return f, list
}

type parser struct {
	src    diag.Source
	tokens []token
	i      int
	depth  int
	list   []positioned

	incomplete bool // something could not be read
	resumed    int  // the token at which reading went on after a mistake
}

type positioned struct {
	diag.Diagnostic
	pos int
}

// maxDepth bounds the recursion, so that no text can exhaust the stack.
const maxDepth = 200

func (p *parser) report(pos, end int, v diag.Verdict, message, hint string) {
	p.list = append(p.list, positioned{p.src.At(pos, end, v, message, hint), pos})
}

// reject reports what is wrong with a token, and lets reading go on.
func (p *parser) reject(t token, message, hint string) {
	p.report(t.pos, max(t.end, t.pos+1), diag.Rejected, message, hint)
}

// failAt rejects a token and gives up. It adds nothing where the lexer has reported that token already, or where
// reading went on at this token after a mistake: what is missing here is what was left out there.
func (p *parser) failAt(t token, message, hint string) {
	if t.kind != bad && p.i != p.resumed {
		p.reject(t, message, hint)
	}
	panic(giveUp{})
}

func (p *parser) peek() token       { return p.tokens[p.i] }
func (p *parser) ahead(n int) token { return p.tokens[min(p.i+n, len(p.tokens)-1)] }
func (p *parser) at(k kind) bool    { return p.peek().kind == k }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != eof {
		p.i++
	}
	return t
}

// lastEnd is where the token before this one ended.
func (p *parser) lastEnd() int { return p.tokens[max(p.i-1, 0)].end }

func (p *parser) spanFrom(pos int) Span { return Span{pos, p.lastEnd()} }

// take consumes an operator or delimiter if it is next.
func (p *parser) take(punctuation string) bool {
	if p.peek().isPunct(punctuation) {
		p.i++
		return true
	}
	return false
}

// takeWord consumes keywords if all of them are next.
func (p *parser) takeWord(words ...string) bool {
	for i, w := range words {
		if !p.ahead(i).is(w) {
			return false
		}
	}
	p.i += len(words)
	return true
}

func (p *parser) expect(punctuation, where string) token {
	if t := p.peek(); !t.isPunct(punctuation) {
		p.failAt(t, fmt.Sprintf("expected %q %s, not %s", punctuation, where, t.describe()), "")
	}
	return p.next()
}

func (p *parser) expectWord(w, where string) token {
	if t := p.peek(); !t.is(w) {
		p.failAt(t, fmt.Sprintf("expected %s %s, not %s", w, where, t.describe()), closest(t, w))
	}
	return p.next()
}

// closest says "did you mean" where a word is nearly one of the keywords.
func closest(t token, keywords ...string) string {
	if t.kind != word {
		return ""
	}
	if k := diag.Nearest(t.upper, keywords); k != "" {
		return "did you mean " + k + "?"
	}
	return ""
}

// name reads an identifier; what says what it names.
func (p *parser) name(what string) Ident {
	t := p.peek()
	if t.kind == word && Reserved(t.upper) {
		p.reserved(t, what)
	} else if !t.isName() {
		p.failAt(t, "expected "+what+", not "+t.describe(), "")
	}
	p.next()
	return Ident{Span{t.pos, t.end}, t.text}
}

// reserved reports a reserved word that stands where a name must. It returns where the word is meant as
// one beyond doubt, so that reading goes on as if it were quoted.
func (p *parser) reserved(t token, what string) {
	message, hint := t.upper+" is a reserved word and cannot be "+what+" as it stands",
		"quote the reserved word: `"+t.text+"`"
	before, after := p.tokens[max(p.i-1, 0)], p.ahead(1)
	inList := before.isPunct("(") || before.isPunct(",") || before.isPunct("<")
	if before.isPunct(".") || inList && (after.isPunct(",") || after.isPunct(")") || after.isPunct(".") ||
		after.kind == word && typeWords[after.upper]) {
		p.reject(t, message, hint)
		return
	}
	p.failAt(t, message, hint)
}

// names reads a parenthesised list of identifiers.
func (p *parser) names(what string) []Ident {
	p.expect("(", "before the names")
	out := p.nameList(what)
	p.expect(")", "after the names")
	return out
}

func (p *parser) nameList(what string) (out []Ident) {
	for {
		out = append(out, p.name(what))
		if !p.take(",") {
			return out
		}
	}
}

// literalText reads a string literal that is not an expression.
func (p *parser) literalText(what string) Text {
	t := p.peek()
	if t.kind != str {
		p.failAt(t, "expected "+what+" as a 'text', not "+t.describe(), "")
	}
	p.next()
	return Text{Span{t.pos, t.end}, t.text}
}

// enter counts the nesting of queries, expressions and types.
func (p *parser) enter() func() {
	if p.depth++; p.depth > maxDepth {
		p.failAt(p.peek(), fmt.Sprintf("this is nested deeper than %d levels", maxDepth), "")
	}
	return func() { p.depth-- }
}

// endStatement makes sure that nothing is left before the semicolon.
func (p *parser) endStatement() {
	t := p.peek()
	if t.kind == eof || p.take(";") {
		return
	}
	p.failAt(t, "expected the end of the statement, not "+t.describe(),
		joinHints(closest(t, "WHERE", "UNION", "FROM"), "statements end with ;"))
}

func joinHints(hints ...string) string {
	return strings.Join(slices.DeleteFunc(hints, func(s string) bool { return s == "" }), "; ")
}
