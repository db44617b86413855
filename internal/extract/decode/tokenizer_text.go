package decode

// The parser holds text as UTF-16 and writes it as UTF-8 in the end, and some of its quirks come
// from that. Here text is UTF-8 from the start, except that a surrogate that has not met its other
// half yet is kept as if it were a character of three bytes; [plainUTF8] makes it the '?' that it
// becomes in a column.

// readName reads the name that begins with c, which has been read.
func (t *tokenizer) readName(c int) ([]byte, *failure) {
	if c != '"' {
		f := t.fail("a name in quotes is missing")
		if _, bad := t.restOfRune(byte(c)); bad != nil {
			return nil, bad
		}
		return nil, f
	}
	begin, plain := t.i, true
	raw := t.buf[:0]
	for {
		if t.i >= len(t.p) {
			return nil, t.failAt(t.i, "the text ends within a name")
		}
		c := t.p[t.i]
		t.i++
		if c == '"' {
			break
		}
		if c != '\\' {
			if c >= 0x80 && plain {
				raw, plain = append(raw, t.p[begin:t.i-1]...), false
			}
			if !plain {
				raw = append(raw, c)
			}
			continue
		}
		if plain {
			raw, plain = append(raw, t.p[begin:t.i-1]...), false
		}
		u, f := t.readEscape()
		if f != nil {
			return nil, f
		}
		raw = appendThree(raw, rune(u))
	}
	if plain {
		raw = t.p[begin : t.i-1 : t.i-1]
	} else {
		t.buf = raw
	}
	if len(raw) > maxNameBytes {
		return nil, t.failAt(begin, "a name with more than 50000 bytes")
	}
	if plain {
		return raw, nil
	}
	return t.decodeName(raw)
}

// decodeName makes text of the bytes of a name. What is wrong with them is noticed only here, when
// the whole name has been read.
func (t *tokenizer) decodeName(raw []byte) ([]byte, *failure) {
	out := t.buf[len(t.buf):]
	for i := 0; i < len(raw); {
		c := raw[i]
		i++
		if c < 0x80 {
			out = append(out, c)
			continue
		}
		var more int
		r := rune(c)
		switch {
		case c&0xE0 == 0xC0:
			r, more = r&0x1F, 1
		case c&0xF0 == 0xE0:
			r, more = r&0x0F, 2
		case c&0xF8 == 0xF0:
			r, more = r&0x07, 3
		default:
			return nil, t.fail("a byte in a name that UTF-8 does not have")
		}
		if i+more > len(raw) {
			return nil, t.fail("a name that ends within a character")
		}
		n := more
		for ; more > 0; more-- {
			if raw[i]&0xC0 != 0x80 {
				return nil, t.fail("a character in a name that is not UTF-8")
			}
			r = r<<6 | rune(raw[i]&0x3F)
			i++
		}
		if n == 3 {
			r -= 0x10000
			out = appendUnit(out, uint16(0xD800+r>>10))
			r = 0xDC00 | r&0x3FF
		}
		out = appendUnit(out, uint16(r))
	}
	return out, nil
}

// readString reads the rest of the current string into text.
func (t *tokenizer) readString() *failure {
	t.unread = false
	begin := t.i
	for t.i < len(t.p) && t.p[t.i] != '"' && t.p[t.i] != '\\' && t.p[t.i] < 0x80 {
		t.i++
	}
	if t.peek() == '"' {
		t.text = t.p[begin:t.i]
		t.i++
		return t.checkLength(t.i - 1 - begin)
	}
	out := append(t.buf[:0], t.p[begin:t.i]...)
	units := len(out)
	for {
		if t.i >= len(t.p) {
			return t.failAt(t.i, "the text ends within a string")
		}
		c := t.p[t.i]
		t.i++
		units++
		switch {
		case c == '"':
			t.buf, t.text = out, out
			return t.checkLength(units - 1)
		case c == '\\':
			u, f := t.readEscape()
			if f != nil {
				return f
			}
			out = appendUnit(out, u)
		case c < 0x80:
			out = append(out, c)
		default:
			begin := t.i - 1
			r, f := t.restOfString()
			if f != nil {
				return f
			}
			if out = appendLoose(out, r, t.i-begin); c >= 0xF0 {
				units++
			}
		}
	}
}

// checkLength fails where a string is too long. Flink's parser notices that in the midst of a string if
// it is longer by a block of its memory, and the record is lost then, else at its end.
func (t *tokenizer) checkLength(units int) *failure {
	if units <= maxStringText {
		return nil
	}
	return &failure{
		offset: t.start, detail: "a string with more than 20 million characters",
		fatal: units > maxStringText+textBlock,
	}
}

// skipString reads the rest of the current string and forgets it.
func (t *tokenizer) skipString() *failure {
	t.unread = false
	for {
		if t.i >= len(t.p) {
			return t.failAt(t.i, "the text ends within a string")
		}
		c := t.p[t.i]
		t.i++
		switch {
		case c == '"':
			return nil
		case c == '\\':
			if _, f := t.readEscape(); f != nil {
				return f
			}
		case c >= 0x80:
			if _, f := t.restOfString(); f != nil {
				return f
			}
		}
	}
}

// restOfString is restOfRune within a string, where all of the character counts.
func (t *tokenizer) restOfString() (rune, *failure) {
	r, end, problem := looseRune(t.p, t.i-1)
	t.i = end
	if problem != "" {
		return 0, t.fail(problem)
	}
	return r, nil
}

// looseRune reads the character that begins at i and is not ASCII. It takes what UTF-8 forbids as long
// as its form is right: what is too long, surrogates, and more than there are characters. end is where
// it stopped; a problem is empty or says why it did.
func looseRune(p []byte, i int) (r rune, end int, problem string) {
	c := p[i]
	i++
	var more int
	r = rune(c)
	switch {
	case c < 0xC0 || c >= 0xF8:
		return 0, i, "a byte that UTF-8 does not have"
	case c < 0xE0:
		r, more = r&0x1F, 1
	case c < 0xF0:
		r, more = r&0x0F, 2
	default:
		r, more = r&0x07, 3
	}
	for ; more > 0; more-- {
		if i >= len(p) {
			return 0, i, "the text ends within a character"
		}
		d := p[i]
		i++
		if d&0xC0 != 0x80 {
			return 0, i, "a character that is not UTF-8"
		}
		r = r<<6 | rune(d&0x3F)
	}
	return r, i, ""
}

// appendLoose appends a character that looseRune has read from n bytes.
func appendLoose(out []byte, r rune, n int) []byte {
	if n == 4 {
		r -= 0x10000
		out = appendUnit(out, uint16(0xD800|r>>10))
		r = 0xDC00 | r&0x3FF
	}
	return appendUnit(out, uint16(r))
}

// readEscape reads what follows a backslash: one UTF-16 unit.
func (t *tokenizer) readEscape() (uint16, *failure) {
	if t.i >= len(t.p) {
		return 0, t.failAt(t.i, "the text ends within an escape")
	}
	c := t.p[t.i]
	t.i++
	switch c {
	case 'b':
		return '\b', nil
	case 't':
		return '\t', nil
	case 'n':
		return '\n', nil
	case 'f':
		return '\f', nil
	case 'r':
		return '\r', nil
	case '"', '/', '\\':
		return uint16(c), nil
	case 'u':
	default:
		f := t.fail("an escape that JSON does not have")
		if _, bad := t.restOfRune(c); bad != nil {
			return 0, bad
		}
		return 0, f
	}
	var u uint16
	for range 4 {
		if t.i >= len(t.p) {
			return 0, t.failAt(t.i, "the text ends within an escape")
		}
		h := hexValue(t.p[t.i])
		t.i++
		if h < 0 {
			return 0, t.fail("an escape without its four hexadecimal digits")
		}
		u = u<<4 | uint16(h)
	}
	return u, nil
}

func hexValue(c byte) int {
	switch {
	case digit(c):
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// appendUnit appends a UTF-16 unit, which may be the second half of what out ends with.
func appendUnit(out []byte, u uint16) []byte {
	if n := len(out); u&0xFC00 == 0xDC00 && n >= 3 && out[n-3] == 0xED && out[n-2]&0xF0 == 0xA0 {
		high := rune(out[n-2]&0x0F)<<6 | rune(out[n-1]&0x3F)
		r := 0x10000 + high<<10 | rune(u&0x3FF)
		return append(out[:n-3], 0xF0|byte(r>>18), 0x80|byte(r>>12)&0x3F, 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F)
	}
	return appendThree(out, rune(u))
}

// appendThree appends r, which is below 0x10000 and may be half of a surrogate pair.
func appendThree(out []byte, r rune) []byte {
	switch {
	case r < 0x80:
		return append(out, byte(r))
	case r < 0x800:
		return append(out, 0xC0|byte(r>>6), 0x80|byte(r&0x3F))
	}
	return append(out, 0xE0|byte(r>>12), 0x80|byte(r>>6&0x3F), 0x80|byte(r&0x3F))
}

// plainUTF8 appends text with every lone surrogate as '?'.
func plainUTF8(out, text []byte) []byte {
	for i := 0; i < len(text); i++ {
		if c := text[i]; c == 0xED && text[i+1] >= 0xA0 {
			out = append(out, '?')
			i += 2
		} else {
			out = append(out, c)
		}
	}
	return out
}
