package decode

import "unicode/utf8"

// csvReader reads the fields of the first line of a message, as Flink's CSV parser does.
type csvReader struct {
	csvSyntax
	plainBytes [256]bool // ASCII that means nothing special
	p          []byte
	i          int
	ended      bool // no further field in this line

	begin int    // offset of the current field
	text  []byte // the current field, as UTF-8 with lone surrogates as in [plainUTF8]
	buf   []byte // what text points to where it does not point into p; reused
	plain bool   // the field is p[begin:i] so far
	ascii bool   // the field is ASCII so far
}

// endOfText is the character behind the last one.
const endOfText = -2

func newCSVReader(syntax csvSyntax) *csvReader {
	r := &csvReader{csvSyntax: syntax}
	for c := range utf8.RuneSelf {
		switch c := rune(c); c {
		case '\r', '\n', r.delimiter, r.quote, r.escape:
		default:
			r.plainBytes[c] = true
		}
	}
	return r
}

func (r *csvReader) reset(p []byte) {
	r.p, r.i, r.ended = p, 0, false
}

// peek is the next character and its bytes.
func (r *csvReader) peek() (rune, int, *failure) {
	if r.i >= len(r.p) {
		return endOfText, 0, nil
	}
	c := r.p[r.i]
	if c < utf8.RuneSelf {
		return rune(c), 1, nil
	}
	if c, n := utf8.DecodeRune(r.p[r.i:]); n > 1 {
		return c, n, nil
	}
	c32, end, problem := looseRune(r.p, r.i)
	if problem != "" {
		return 0, 0, r.fail(problem)
	}
	return c32, end - r.i, nil
}

func (r *csvReader) fail(detail string) *failure {
	return &failure{offset: min(r.i, len(r.p)), detail: detail, syntax: true}
}

// skipLines skips comments and blank lines before the first record, if comments are allowed. It tells
// whether there is a record at all.
func (r *csvReader) skipLines() (bool, *failure) {
	for {
		c, n, f := r.peek()
		switch {
		case f != nil:
			return false, f
		case c == endOfText:
			return false, nil
		case !r.comments:
			return true, nil
		case c == '#':
			for c != endOfText && c != '\n' && c != '\r' {
				r.i += n
				if c, n, f = r.peek(); f != nil {
					return false, f
				}
			}
		case c == '\n', c == '\r', c == ' ':
			r.i += n
		default:
			return true, nil
		}
	}
}

// next reads the next field into text; ok is false where the line has no more.
func (r *csvReader) next() (ok bool, f *failure) {
	if r.ended {
		return false, nil
	}
	r.begin, r.plain, r.ascii = r.i, true, true
	c, n, f := r.peek()
	switch {
	case f != nil:
		return false, f
	case c == r.quote:
		r.i += n
		return true, r.quoted()
	}
	return true, r.unquoted()
}

func (r *csvReader) unquoted() *failure {
	for {
		r.run()
		c, n, f := r.peek()
		switch {
		case f != nil:
			return f
		case c == endOfText, c == '\n', c == '\r', c == r.delimiter:
			r.finish(r.i)
			return r.endField(c, n)
		case c == r.escape:
			if f := r.unescape(n); f != nil {
				return f
			}
			continue
		}
		r.take(n)
	}
}

func (r *csvReader) quoted() *failure {
	r.begin = r.i
	for {
		r.run()
		c, n, f := r.peek()
		switch {
		case f != nil:
			return f
		case c == endOfText:
			return r.fail("a closing quote is missing")
		case c == r.quote:
			end := r.i
			r.i += n
			if c, n, f = r.peek(); f != nil {
				return f
			}
			if c != r.quote {
				r.finish(end)
				return r.behindQuote()
			}
			r.unplain(end)
			r.take(n)
			continue
		case c == r.escape:
			if f := r.unescape(n); f != nil {
				return f
			}
			continue
		}
		r.take(n)
	}
}

// behindQuote skips blanks up to the end of the field.
func (r *csvReader) behindQuote() *failure {
	for {
		c, n, f := r.peek()
		switch {
		case f != nil:
			return f
		case c == endOfText, c == '\n', c == '\r', c == r.delimiter:
			return r.endField(c, n)
		case c > ' ':
			return r.fail("text between a closing quote and the delimiter")
		}
		r.i += n
	}
}

// endField reads what ends a field, c of n bytes.
func (r *csvReader) endField(c rune, n int) *failure {
	r.i += n
	if c == r.delimiter {
		return nil
	}
	r.ended = true
	return nil
}

// endLine reads the line feed behind a carriage return and looks at the next line, as the parser
// does before it gives the record: bytes there that are not UTF-8 cost the record.
func (r *csvReader) endLine() *failure {
	c, n, f := r.peek()
	if f == nil && r.i > 0 && r.p[r.i-1] == '\r' && c == '\n' {
		r.i += n
		_, _, f = r.peek()
	}
	if f == nil && r.comments {
		_, f = r.skipLines()
	}
	return f
}

// run appends the plain bytes that come next to the field.
func (r *csvReader) run() {
	i := r.i
	for i < len(r.p) && r.plainBytes[r.p[i]] {
		i++
	}
	if !r.plain {
		r.buf = append(r.buf, r.p[r.i:i]...)
	}
	r.i = i
}

// take appends the next character, of n bytes, to the field.
func (r *csvReader) take(n int) {
	if !r.plain {
		r.buf = append(r.buf, r.p[r.i:r.i+n]...)
	}
	r.i += n
	r.ascii = r.ascii && n == 1
}

// unescape appends the character behind an escape character of n bytes.
func (r *csvReader) unescape(n int) *failure {
	r.unplain(r.i)
	r.i += n
	c, n, f := r.peek()
	if f != nil {
		return f
	}
	if c == endOfText {
		return r.fail("the text ends behind an escape character")
	}
	special := map[rune]rune{'0': 0, 'n': '\n', 'r': '\r', 't': '\t'}
	if to, ok := special[c]; ok {
		r.i += n
		r.buf = append(r.buf, byte(to))
		return nil
	}
	r.take(n)
	return nil
}

// unplain goes on with a copy of the field, which is p[begin:end] so far.
func (r *csvReader) unplain(end int) {
	if r.plain {
		r.plain = false
		r.buf = append(r.buf[:0], r.p[r.begin:end]...)
	}
}

// finish ends the field before end.
func (r *csvReader) finish(end int) {
	if r.text = r.buf; r.plain {
		r.text = r.p[r.begin:end:end]
	}
	if r.ascii || utf8.Valid(r.text) {
		return
	}
	// Forms that UTF-8 forbids but the parser takes: make characters of them.
	raw := append([]byte(nil), r.text...)
	r.plain = false
	r.buf = r.buf[:0]
	for i := 0; i < len(raw); {
		if raw[i] < utf8.RuneSelf {
			r.buf = append(r.buf, raw[i])
			i++
			continue
		}
		c, next, _ := looseRune(raw, i)
		r.buf = appendLoose(r.buf, c, next-i)
		i = next
	}
	r.text = r.buf
}
