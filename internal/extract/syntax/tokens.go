package syntax

import "github.com/railtwin/digitaltwin/internal/extract/diag"

// Kind is the kind of a [Token].
type Kind uint8

// The kinds of tokens.
const (
	Word   Kind = iota // identifier or keyword, not quoted
	Quoted             // `identifier`
	String             // 'text'
	Number             // 1, 1.5, 1e0
	Punct              // operator or delimiter
)

// Token is one token as it is written: the text from byte Pos up to End. Between two tokens stand only white space and
// comments.
type Token struct {
	Kind     Kind
	Pos, End int
}

// Tokens cuts a text into tokens. The error is a [diag.List] of what is no token.
func Tokens(src diag.Source) ([]Token, error) {
	var list diag.List
	all := lex(src.Text, func(pos, end int, v diag.Verdict, message, hint string) {
		list = append(list, src.At(pos, end, v, message, hint))
	})
	if len(list) > 0 {
		return nil, list
	}
	kinds := map[kind]Kind{word: Word, quoted: Quoted, str: String, number: Number, punct: Punct}
	var tokens []Token
	for _, t := range all {
		if t.kind != eof {
			tokens = append(tokens, Token{kinds[t.kind], t.pos, t.end})
		}
	}
	return tokens, nil
}
