package syntax

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// lexer cuts the text into tokens. It reports what it cannot read and goes on.
type lexer struct {
	src    string
	pos    int
	report func(pos, end int, v diag.Verdict, message, hint string)
}

// lex returns all tokens, the last of which is eof.
func lex(src string, report func(pos, end int, v diag.Verdict, message, hint string)) []token {
	l := &lexer{src: src, report: report}
	var out []token
	for {
		t := l.next()
		out = append(out, t)
		if t.kind == eof {
			return out
		}
	}
}

func (l *lexer) next() token {
	l.blank()
	start := l.pos
	if start >= len(l.src) {
		return token{kind: eof, pos: start, end: start}
	}
	switch c := l.src[start]; {
	case c == '\'':
		return l.text(start)
	case c == '`':
		return l.backtick()
	case c == '"':
		return l.doubleQuoted()
	case c >= '0' && c <= '9' || c == '.' && start+1 < len(l.src) && isDigit(l.src[start+1]):
		return l.number()
	}
	r, n := utf8.DecodeRuneInString(l.src[start:])
	if isWordStart(r) {
		return l.word()
	}
	for _, p := range []string{"<=", ">=", "<>", "!=", "||", "=>"} {
		if strings.HasPrefix(l.src[start:], p) {
			l.pos += 2
			return token{kind: punct, text: p, pos: start, end: l.pos}
		}
	}
	l.pos += n
	if !strings.ContainsRune("()[]{},.;:<>=+-*/%?", r) {
		what := "the character " + strconv.QuoteRune(r) + " is not part of SQL"
		if r == utf8.RuneError && n <= 1 {
			what = "this byte is not UTF-8"
		}
		l.report(start, l.pos, diag.Rejected, what, "texts stand in 'single quotes', names in `backticks`")
		return token{kind: bad, text: l.src[start:l.pos], pos: start, end: l.pos}
	}
	return token{kind: punct, text: string(r), pos: start, end: l.pos}
}

// blank skips white space and comments.
func (l *lexer) blank() {
	for l.pos < len(l.src) {
		rest := l.src[l.pos:]
		switch {
		case strings.HasPrefix(rest, "--"):
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				l.pos += i + 1
			} else {
				l.pos = len(l.src)
			}
		case strings.HasPrefix(rest, "/*+"):
			l.report(l.pos, l.pos+3, diag.Rejected, "a hint /*+ .. */ would change how the source is read",
				"sources are bound outside of the file; leave the hint out")
			l.comment(rest)
		case strings.HasPrefix(rest, "/*"):
			l.comment(rest)
		default:
			r, n := utf8.DecodeRuneInString(rest)
			if r != '\ufeff' && !unicode.IsSpace(r) {
				return
			}
			l.pos += n
		}
	}
}

func (l *lexer) comment(rest string) {
	if i := strings.Index(rest[2:], "*/"); i >= 0 {
		l.pos += 2 + i + 2
		return
	}
	l.report(l.pos, l.pos+2, diag.Rejected, "this comment is never closed", "end it with */")
	l.pos = len(l.src)
}

// text reads 'text', in which a quote is doubled; start is where the token began (a prefix may precede the quote).
func (l *lexer) text(start int) token {
	body, ok := l.delimited('\'')
	t := token{kind: str, text: body, pos: start, end: l.pos}
	if !ok {
		l.report(start, start+1, diag.Rejected, "this text is never closed",
			"end it with '; a quote within it is doubled: ''")
		t.kind = bad
	}
	return t
}

func (l *lexer) backtick() token {
	start := l.pos
	body, ok := l.delimited('`')
	t := token{kind: quoted, text: body, pos: start, end: l.pos}
	if !ok {
		l.report(start, start+1, diag.Rejected, "this name is never closed", "end it with `")
	} else if body == "" {
		l.report(start, l.pos, diag.Rejected, "a name cannot be empty", "")
		t.kind = bad
	}
	return t
}

func (l *lexer) doubleQuoted() token {
	start := l.pos
	body, _ := l.delimited('"')
	l.report(start, l.pos, diag.Rejected, "double quotes do not quote in Flink SQL",
		"write `"+body+"` for a name or '"+body+"' for a text")
	return token{kind: bad, text: body, pos: start, end: l.pos}
}

// delimited reads up to the closing delimiter, which is doubled inside.
func (l *lexer) delimited(q byte) (body string, closed bool) {
	var b strings.Builder
	i := l.pos + 1
	for {
		j := strings.IndexByte(l.src[i:], q)
		if j < 0 {
			b.WriteString(l.src[i:])
			l.pos = len(l.src)
			return b.String(), false
		}
		b.WriteString(l.src[i : i+j])
		i += j + 1
		if i < len(l.src) && l.src[i] == q {
			b.WriteByte(q)
			i++
			continue
		}
		l.pos = i
		return b.String(), true
	}
}

func (l *lexer) number() token {
	start := l.pos
	digits := func() {
		for l.pos < len(l.src) && isDigit(l.src[l.pos]) {
			l.pos++
		}
	}
	digits()
	if l.pos < len(l.src) && l.src[l.pos] == '.' {
		l.pos++
		digits()
	}
	if l.pos < len(l.src) && (l.src[l.pos] == 'e' || l.src[l.pos] == 'E') {
		p := l.pos + 1
		if p < len(l.src) && (l.src[p] == '+' || l.src[p] == '-') {
			p++
		}
		if p < len(l.src) && isDigit(l.src[p]) {
			l.pos = p
			digits()
		}
	}
	if r, n := utf8.DecodeRuneInString(l.src[l.pos:]); isWordStart(r) {
		end := l.pos + n
		for end < len(l.src) && isWordByte(l.src[end]) {
			end++
		}
		l.pos = end
		l.report(start, end, diag.Rejected, `"`+l.src[start:end]+`" is neither a number nor a name`,
			"a name that begins with a digit stands in `backticks`")
		return token{kind: bad, text: l.src[start:end], pos: start, end: end}
	}
	return token{kind: number, text: l.src[start:l.pos], pos: start, end: l.pos}
}

func (l *lexer) word() token {
	start := l.pos
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if !isWordStart(r) && !unicode.IsDigit(r) && r != '$' {
			break
		}
		l.pos += n
	}
	t := token{kind: word, text: l.src[start:l.pos], pos: start, end: l.pos}
	t.upper = strings.ToUpper(t.text)
	if t.upper == "U" && strings.HasPrefix(l.src[l.pos:], "&'") {
		l.pos++
		return l.unicodeText(start)
	}
	if l.pos < len(l.src) && l.src[l.pos] == '\'' &&
		(t.upper == "X" || t.upper == "N" || t.upper == "B" || strings.HasPrefix(t.text, "_")) {
		t = l.text(start)
		l.report(start, t.end, diag.Rejected, "only plain 'texts' and U&'texts' are taken", "leave the prefix out")
		t.kind = bad
	}
	return t
}

// unicodeText reads U&'..' with \XXXX escapes.
func (l *lexer) unicodeText(start int) token {
	t := l.text(start)
	var b strings.Builder
	for s := t.text; s != ""; {
		i := strings.IndexByte(s, '\\')
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		if strings.HasPrefix(s, `\`) {
			b.WriteByte('\\')
			s = s[1:]
			continue
		}
		v, err := strconv.ParseUint(s[:min(4, len(s))], 16, 32)
		if err != nil || len(s) < 4 || v >= 0xd800 && v < 0xe000 {
			l.report(start, t.end, diag.Rejected, `a \ in U&'..' takes four hex digits of a character`,
				`such as \00e9; a backslash is doubled`)
			t.kind = bad
			return t
		}
		b.WriteRune(rune(v))
		s = s[4:]
	}
	t.text = b.String()
	return t
}

func isDigit(c byte) bool     { return c >= '0' && c <= '9' }
func isWordByte(c byte) bool  { return c == '_' || isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' }
func isWordStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
