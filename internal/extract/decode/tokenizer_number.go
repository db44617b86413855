package decode

import (
	"unicode"
)

func digit(c byte) bool { return c-'0' <= 9 }

// peek is the byte at i, or 0 at the end, which no rule of JSON allows.
func (t *tokenizer) peek() byte {
	if t.i < len(t.p) {
		return t.p[t.i]
	}
	return 0
}

// readNumber reads the rest of the number that begins with c.
func (t *tokenizer) readNumber(c int) (token, *failure) {
	begin := t.i - 1
	if c == '-' {
		if t.i >= len(t.p) {
			return noToken, t.failAt(t.i, "the text ends within a number")
		}
		d := t.p[t.i]
		t.i++
		if !digit(d) {
			return noToken, t.unexpectedNumber(int(d), true)
		}
		c = int(d)
	}
	if c == '0' && digit(t.peek()) {
		return noToken, t.failAt(t.i, "a number with leading zeros")
	}
	digits := 1
	for digit(t.peek()) {
		t.i++
		digits++
	}
	kind := intToken
	if t.peek() == '.' {
		kind = floatToken
		t.i++
		n := t.digits()
		if n == 0 {
			return noToken, t.stop("a digit is missing behind the decimal point")
		}
		digits += n
	}
	if t.peek()|0x20 == 'e' {
		kind = floatToken
		t.i++
		if c := t.peek(); c == '+' || c == '-' {
			t.i++
		}
		n := t.digits()
		if n == 0 {
			return noToken, t.stop("a digit is missing in the exponent")
		}
		digits += n
	}
	t.number = t.p[begin:t.i]
	if t.scope().kind == rootScope && t.i < len(t.p) {
		switch t.p[t.i] {
		case ' ', '\t', '\n':
			t.i++
		case '\r':
		default:
			t.i++
			return noToken, t.fail("a blank is missing behind a number")
		}
	}
	if digits > maxNumber {
		return noToken, t.failAt(begin, "a number with more than 1000 digits")
	}
	return kind, nil
}

func (t *tokenizer) digits() int {
	begin := t.i
	for digit(t.peek()) {
		t.i++
	}
	return t.i - begin
}

// stop reads the character that ended a number too early, as Flink's parser does before it gives up.
func (t *tokenizer) stop(detail string) *failure {
	f := t.failAt(t.i, detail)
	t.i = min(t.i+1, len(t.p))
	return f
}

// unexpectedNumber is the failure behind a sign, where c, already read, is not a digit. It reads on
// just as far as Flink's parser does when it looks for infinity, because reading may go on there.
func (t *tokenizer) unexpectedNumber(c int, negative bool) *failure {
	if c == '.' && negative {
		return t.unexpectedValue(c)
	}
	if c == 'I' {
		if t.i >= len(t.p) {
			return t.failAt(t.i, "the text ends within a number")
		}
		d := t.p[t.i]
		t.i++
		word := ""
		switch d {
		case 'N':
			word = "-INF"
		case 'n':
			word = "-Infinity"
		}
		if word != "" {
			if f := t.readLiteral(word, 3); f != nil {
				return f
			}
			return t.failAt(t.start, "infinity is not JSON")
		}
	}
	return t.fail("a digit is missing behind the sign")
}

// readLiteral reads the rest of word, of which n characters have been read, and makes sure that it
// ends there.
func (t *tokenizer) readLiteral(word string, n int) *failure {
	for ; n < len(word); n++ {
		if t.i >= len(t.p) || t.p[t.i] != word[n] {
			return t.unknownWord(n)
		}
		t.i++
	}
	if c := t.peek(); c >= '0' && c != ']' && c != '}' {
		if c >= 0x80 {
			return t.oddByteBehindLiteral(c)
		}
		if identifierPart(rune(c)) {
			return t.unknownWord(n)
		}
	}
	return nil
}

// oddByteBehindLiteral reproduces that Flink's parser takes the byte behind a literal for the start
// of a character and then for its continuation.
func (t *tokenizer) oddByteBehindLiteral(c byte) *failure {
	if c >= 0xC0 && c < 0xF8 {
		t.i++
	}
	return t.failAt(t.i, "not a JSON value")
}

// unknownWord reads a word that is not JSON, and the character behind it; seen of it were read before.
func (t *tokenizer) unknownWord(seen int) *failure {
	f := t.failAt(t.i-seen, "not a JSON value")
	for n := seen; t.i < len(t.p) && n < 256; n++ {
		t.i++
		r, bad := t.restOfRune(t.p[t.i-1])
		if bad != nil {
			return bad
		}
		if !identifierPart(r) {
			break
		}
	}
	return f
}

// unexpectedValue is the failure where a value should begin and c, already read, begins none.
func (t *tokenizer) unexpectedValue(c int) *failure {
	switch c {
	case ']', '}', ',':
		return t.fail("a value is missing")
	case 'N', 'I':
		word := "NaN"
		if c == 'I' {
			word = "Infinity"
		}
		if f := t.readLiteral(word, 1); f != nil {
			return f
		}
		return t.failAt(t.start, word+" is not JSON")
	case '+':
		if t.i >= len(t.p) {
			return t.failAt(t.i, "the text ends within a number")
		}
		t.i++
		return t.unexpectedNumber(int(t.p[t.i-1]), false)
	}
	// The parser takes the byte for a character of Latin 1 here, and so do we.
	if r := rune(c); r == '$' || r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) {
		return t.unknownWord(1)
	}
	return t.fail("not a JSON value")
}

// restOfRune reads the character that begins with c, which has been read, and tells no more of it
// than messages and error recovery need. It takes what UTF-8 forbids as long as its form is right.
func (t *tokenizer) restOfRune(c byte) (rune, *failure) {
	var more int
	r := rune(c)
	switch {
	case c < 0x80:
		return r, nil
	case c&0xE0 == 0xC0:
		r, more = r&0x1F, 1
	case c&0xF0 == 0xE0:
		r, more = r&0x0F, 2
	case c&0xF8 == 0xF0:
		r, more = r&0x07, 3
	default:
		return 0, t.fail("a byte that UTF-8 does not have")
	}
	for ; more > 0; more-- {
		if t.i >= len(t.p) {
			return 0, t.failAt(t.i, "the text ends within a character")
		}
		d := t.p[t.i]
		t.i++
		if d&0xC0 != 0x80 {
			return 0, t.fail("a character that is not UTF-8")
		}
		r = r<<6 | rune(d&0x3F)
	}
	return r & 0xFFFF, nil
}

// identifierPart tells whether Java allows r within a name.
func identifierPart(r rune) bool {
	if r < 0x80 {
		return r == '$' || r == '_' || r == 0x7F || r <= 8 || r >= 0x0E && r <= 0x1B ||
			digit(byte(r)) || r|0x20 >= 'a' && r|0x20 <= 'z'
	}
	return r <= 0x9F || unicode.In(r, unicode.L, unicode.Nl, unicode.Nd, unicode.Sc, unicode.Pc, unicode.Mn, unicode.Mc,
		unicode.Cf)
}
