package jsonfunc

import "github.com/railtwin/digitaltwin/internal/extract/scalar/jsontext"

// Outcome says which clause of a function decides.
type Outcome uint8

// The outcomes: there is a value, or what ON EMPTY or ON ERROR says holds.
const (
	Found Outcome = iota
	Empty
	Failed
)

// find returns the value that a definite path leads to; it is never JSON null.
func (p *Path) find(text []byte) (found []byte, o Outcome) {
	doc, ok := valid(text)
	if !ok || p.Never {
		return nil, p.nothing()
	}
	if doc[0] == 'n' {
		return nil, Failed
	}
	for _, s := range p.steps {
		switch {
		case s.kind == member && doc[0] == '{':
			doc = memberOf(doc, s.name)
		case s.kind == element && doc[0] == '[':
			doc = elementOf(doc, s.index)
		default:
			doc = nil
		}
		if doc == nil {
			return nil, p.nothing()
		}
	}
	if doc[0] == 'n' {
		return nil, p.nothing()
	}
	return doc, Found
}

// nothing is the outcome where a path leads to nothing.
func (p *Path) nothing() Outcome {
	if p.Lax {
		return Empty
	}
	return Failed
}

// list returns the values that a path with [*] leads to.
func (p *Path) list(text []byte) (values [][]byte, o Outcome) {
	doc, ok := valid(text)
	if !ok || p.Never {
		return nil, p.nothing()
	}
	if doc[0] == 'n' || !p.follow(doc, p.steps, true, func(v []byte) { values = append(values, v) }) {
		return nil, Failed
	}
	return values, Found
}

func scalar(value []byte) bool { return value[0] != '{' && value[0] != '[' }

// AppendValue is JSON_VALUE: the text of a scalar.
func (p *Path) AppendValue(dst, text []byte) ([]byte, Outcome) {
	if !p.definite {
		if _, o := p.list(text); o != Found {
			return dst, o
		}
		return dst, p.nothing()
	}
	v, o := p.find(text)
	if o != Found {
		return dst, o
	}
	if !scalar(v) {
		return dst, p.nothing()
	}
	return appendText(dst, v), Found
}

// Exists is JSON_EXISTS.
func (p *Path) Exists(text []byte) (bool, Outcome) {
	if !p.definite {
		_, o := p.list(text)
		return o == Found, settled(o)
	}
	_, o := p.find(text)
	return o == Found, settled(o)
}

// settled turns Empty, which is false for JSON_EXISTS, into a result.
func settled(o Outcome) Outcome {
	if o == Empty {
		return Found
	}
	return o
}

// Wrapper is how JSON_QUERY wraps its result in an array.
type Wrapper uint8

// The wrappers.
const (
	Without Wrapper = iota
	Conditional
	Unconditional
)

// query returns what JSON_QUERY gives: a list of values, or one object or array.
func (p *Path) query(text []byte, w Wrapper) (list [][]byte, one []byte, o Outcome) {
	if !p.definite {
		list, o = p.list(text)
		return list, nil, o
	}
	v, o := p.find(text)
	switch {
	case o != Found:
		return nil, nil, o
	case scalar(v) && w == Without:
		return nil, nil, p.nothing()
	case w == Conditional && v[0] != '[' || w == Unconditional:
		return [][]byte{v}, nil, Found
	}
	return nil, v, Found
}

// AppendQuery is JSON_QUERY: the JSON text of an object or array.
func (p *Path) AppendQuery(dst, text []byte, w Wrapper) ([]byte, Outcome) {
	list, one, o := p.query(text, w)
	if o != Found {
		return dst, o
	}
	if one != nil {
		return appendJSON(dst, one), Found
	}
	wrapped := !p.definite && w == Unconditional
	if wrapped {
		dst = append(dst, '[')
	}
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendJSON(dst, v)
	}
	dst = append(dst, ']')
	if wrapped {
		dst = append(dst, ']')
	}
	return dst, Found
}

// Strings is JSON_QUERY .. RETURNING ARRAY<STRING>: it calls yield with the text of every element, false for
// null. What is no array has failed.
func (p *Path) Strings(text []byte, w Wrapper, yield func(element []byte, ok bool)) Outcome {
	list, one, o := p.query(text, w)
	switch {
	case o != Found:
		return o
	case !p.definite && w == Unconditional:
		all, _ := p.AppendQuery(nil, text, Without)
		yield(all, true)
		return Found
	case one == nil:
		for _, v := range list {
			yield(elementText(v))
		}
		return Found
	case one[0] != '[':
		return Failed
	}
	each(one, func(_, v []byte) bool {
		yield(elementText(v))
		return true
	})
	return Found
}

// elementText is the text of an element; false for null.
func elementText(v []byte) (text []byte, ok bool) {
	switch {
	case v[0] == 'n':
		return nil, false
	case scalar(v):
		return appendText(nil, v), true
	}
	return appendJSON(nil, v), true
}

// Kind is the kind of the first JSON value of a text: 'o', 'a', 's' for a scalar, 0 where there is none.
func Kind(text []byte) byte {
	v, ok := valid(text)
	switch {
	case !ok:
		return 0
	case v[0] == '{':
		return 'o'
	case v[0] == '[':
		return 'a'
	}
	return 's'
}

// appendText appends a scalar without quotes.
func appendText(dst, v []byte) []byte {
	switch {
	case v[0] == '"':
		return appendDecoded(dst, v)
	case v[0] == '-' || digit(v[0]):
		return jsontext.AppendNumber(dst, v)
	}
	return append(dst, v...)
}

// appendJSON appends a value as Jackson writes it, the keys of objects sorted.
func appendJSON(dst, v []byte) []byte {
	switch v[0] {
	case '"':
		return jsontext.AppendString(dst, decoded(v))
	case '[':
		dst = append(dst, '[')
		first := true
		each(v, func(_, e []byte) bool {
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = appendJSON(dst, e)
			return true
		})
		return append(dst, ']')
	case '{':
		dst = append(dst, '{')
		for i, m := range sortedMembers(v) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(jsontext.AppendString(dst, m.key), ':')
			dst = appendJSON(dst, m.value)
		}
		return append(dst, '}')
	}
	return appendText(dst, v)
}
