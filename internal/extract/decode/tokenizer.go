package decode

// token is what the tokenizer stands on.
type token uint8

const (
	noToken token = iota // before the first one, after the last one, and after some errors
	startObject
	endObject
	startArray
	endArray
	fieldName
	stringToken
	intToken
	floatToken
	trueToken
	falseToken
	nullToken
)

// What a token that carries no text of its own says when it is asked for its text.
var tokenText = [...][]byte{
	startObject: []byte("{"), endObject: []byte("}"), startArray: []byte("["), endArray: []byte("]"),
	trueToken: []byte("true"), falseToken: []byte("false"), nullToken: []byte("null"),
}

// The limits of Flink's JSON parser.
const (
	maxDepth      = 1000
	maxNumber     = 1000       // digits of integer part, fraction and exponent together
	maxNameBytes  = 50_000     // after unescaping
	maxStringText = 20_000_000 // UTF-16 units, checked where a string is read, not where it is skipped
	textBlock     = 1 << 16    // see checkLength
)

// A failure is why the tokenizer or a conversion could not go on, and where that was noticed.
type failure struct {
	offset int
	detail string
	syntax bool // not JSON at all, in contrast to JSON that does not fit its column
	fatal  bool // nothing of the record can be used, whatever the options say
	lost   bool // the cursor has lost its place, see [cursor]

	misleads bool // the cursor now stands within a value, so that it may lose its place
}

type scopeKind uint8

const (
	rootScope scopeKind = iota
	objectScope
	arrayScope
)

type scope struct {
	kind  scopeKind
	comma bool // an entry was seen, so the next one needs a comma
}

// tokenizer reads JSON exactly as the parser of Flink's decoder does, of which matters here what is
// visible from outside: it reads a string only when somebody asks for its text, it reads a name
// together with the number or literal behind it, and after an error it can be asked to go on from
// where it stopped, because the decoder with ignore-parse-errors does just that.
type tokenizer struct {
	p     []byte
	i     int
	tok   token
	next  token // behind a name: the token of its value, already looked at
	start int   // offset of the current token, for messages only

	unread bool    // i is within a string that nobody has read yet
	name   []byte  // the current name
	named  bool    // a name was read in the innermost scope
	number []byte  // text of the current number
	text   []byte  // text of the current string, once read
	buf    []byte  // what name and text point to where they had to be unescaped; reused
	scopes []scope // the open containers; the first one is the text itself
}

func (t *tokenizer) reset(p []byte) {
	t.p, t.i, t.tok, t.next, t.start = p, 0, noToken, noToken, 0
	t.unread, t.named, t.name, t.number, t.text = false, false, nil, nil, nil
	t.scopes = append(t.scopes[:0], scope{})
}

func (t *tokenizer) scope() *scope { return &t.scopes[len(t.scopes)-1] }

// ended tells whether every further token will be noToken.
func (t *tokenizer) ended() bool {
	return t.tok == noToken && t.i >= len(t.p) && t.scope().kind == rootScope
}

func (t *tokenizer) fail(detail string) *failure { return t.failAt(t.i-1, detail) }

func (t *tokenizer) failAt(offset int, detail string) *failure {
	return &failure{offset: min(max(offset, 0), len(t.p)), detail: detail, syntax: true}
}

// advance goes to the next token. At the end of the text the token is noToken, as often as it is
// asked for. After a failure the tokenizer stands where it stopped reading, on the old token or, if
// the value behind a name is broken, on the name.
func (t *tokenizer) advance() *failure {
	if t.tok == fieldName {
		return t.enterValue()
	}
	if t.unread {
		if f := t.skipString(); f != nil {
			return f
		}
	}
	c, f := t.skipBlanks(true)
	if f != nil {
		return f
	}
	if c < 0 {
		t.tok = noToken
		return nil
	}
	t.start = t.i - 1
	sc := t.scope()
	switch {
	case c == ']':
		if sc.kind != arrayScope {
			return t.fail("']' without its '['")
		}
		t.scopes = t.scopes[:len(t.scopes)-1]
		t.tok = endArray
		return nil
	case c == '}':
		if sc.kind != objectScope {
			return t.fail("'}' without its '{'")
		}
		t.scopes = t.scopes[:len(t.scopes)-1]
		t.tok = endObject
		return nil
	}
	if sc.kind != rootScope {
		if sc.comma {
			if c != ',' {
				return t.fail("a comma is missing")
			}
			if c, f = t.skipBlanks(false); f != nil {
				return f
			}
			t.start = t.i - 1
		}
		sc.comma = true
	}
	if sc.kind != objectScope {
		v, f := t.startValue(c)
		if f != nil {
			return f
		}
		return t.open(v)
	}
	name, f := t.readName(c)
	if f != nil {
		return f
	}
	t.name, t.named = name, true
	t.tok, t.next = fieldName, noToken
	if c, f = t.skipColon(); f != nil {
		return f
	}
	v, f := t.startValue(c)
	if f == nil {
		t.next = v
	}
	return f
}

// enterValue goes from a name to its value.
func (t *tokenizer) enterValue() *failure {
	v := t.next
	t.next = noToken
	return t.open(v)
}

// open makes v the current token, and a new scope if it begins one.
func (t *tokenizer) open(v token) *failure {
	switch v {
	case startObject:
		t.scopes = append(t.scopes, scope{kind: objectScope})
	case startArray:
		t.scopes = append(t.scopes, scope{kind: arrayScope})
	default:
		t.tok = v
		return nil
	}
	t.named = false
	if len(t.scopes)-1 > maxDepth {
		return t.fail("nested deeper than 1000 levels")
	}
	t.tok = v
	return nil
}

// startValue recognises the value that begins with c, which has been read. Numbers and literals are
// read to their end, of a string nothing is read.
func (t *tokenizer) startValue(c int) (token, *failure) {
	t.start = t.i - 1
	switch c {
	case '"':
		t.unread = true
		return stringToken, nil
	case '{':
		return startObject, nil
	case '[':
		return startArray, nil
	case '-':
		return t.readNumber(c)
	case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return t.readNumber(c)
	case 't':
		return trueToken, t.readLiteral("true", 1)
	case 'f':
		return falseToken, t.readLiteral("false", 1)
	case 'n':
		return nullToken, t.readLiteral("null", 1)
	}
	return noToken, t.unexpectedValue(c)
}

// skipBlanks reads up to and with the next character that is not blank. At the end of the text it
// gives -1 where that is allowed and the text is complete.
func (t *tokenizer) skipBlanks(endAllowed bool) (int, *failure) {
	for t.i < len(t.p) {
		c := t.p[t.i]
		t.i++
		switch {
		case c > ' ':
			if c == '/' {
				return 0, t.fail("comments are not JSON")
			}
			return int(c), nil
		case c != ' ' && c != '\n' && c != '\r' && c != '\t':
			return 0, t.fail("control character between values")
		}
	}
	if endAllowed && t.scope().kind == rootScope {
		return -1, nil
	}
	return 0, t.failAt(len(t.p), "the text ends too early")
}

// skipColon reads the colon and up to and with the first character of the value behind it.
func (t *tokenizer) skipColon() (int, *failure) {
	c, f := t.skipBlanks(false)
	if f != nil {
		return 0, f
	}
	if c != ':' {
		return 0, t.fail("a colon is missing behind a name")
	}
	return t.skipBlanks(false)
}

// currentText is the text of any token as Flink's conversions take it: of a name the name, of a
// bracket the bracket. It is not there at the end of the text, and where no name was read.
func (t *tokenizer) currentText() (text []byte, there bool, f *failure) {
	switch t.tok {
	case noToken:
		return nil, false, nil
	case fieldName:
		return t.name, t.named, nil
	case stringToken:
		if t.unread {
			if f := t.readString(); f != nil {
				return nil, false, f
			}
		}
		return t.text, true, nil
	case intToken, floatToken:
		return t.number, true, nil
	}
	return tokenText[t.tok], true, nil
}
