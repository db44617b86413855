package syntax

import "strings"

// kind is the kind of a token.
type kind uint8

const (
	eof    kind = iota
	word        // identifier or keyword, not quoted
	quoted      // `identifier`
	str         // 'text'
	number      // 1, 1.5, 1e0
	punct       // operator or delimiter
	bad         // what the lexer could not read; a diagnostic was made
)

// token is one token of the text.
type token struct {
	kind     kind
	text     string // as an identifier or string means it; upper is for keywords
	upper    string // of a word
	pos, end int
}

func (t token) is(keyword string) bool { return t.kind == word && t.upper == keyword }
func (t token) isPunct(p string) bool  { return t.kind == punct && t.text == p }

// isName reports whether t can stand where Flink expects an identifier.
func (t token) isName() bool { return t.kind == quoted || t.kind == word && !Reserved(t.upper) }

// describe names a token in a message.
func (t token) describe() string {
	switch t.kind {
	case eof:
		return "the end of the file"
	case str:
		return "the text '" + strings.ReplaceAll(t.text, "'", "''") + "'"
	case quoted:
		return "`" + t.text + "`"
	}
	return `"` + t.text + `"`
}
