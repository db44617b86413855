package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// node is a JSON value and where it stands in the text.
type node struct {
	pos, end int    // in bytes
	kind     string // as people call it: an object, an array, a string ...
	text     string // of a string
	members  []member
	items    []*node
}

// member is one member of an object, in the order of the text.
type member struct{ key, value *node }

// readDocument reads a JSON text. The error is at a byte offset of it.
func readDocument(text []byte) (*node, int, error) {
	if !utf8.Valid(text) {
		return nil, firstInvalid(text), errors.New("the file is not valid UTF-8")
	}
	var raw json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			if syntax.Error() == "unexpected end of JSON input" {
				return nil, len(text), errors.New("the JSON ends too early")
			}
			return nil, int(syntax.Offset) - 1, fmt.Errorf("the JSON is wrong: %s", syntax)
		}
		return nil, 0, fmt.Errorf("the JSON is wrong: %w", err)
	}
	r := reader{text: text, tokens: json.NewDecoder(bytes.NewReader(text))}
	r.tokens.UseNumber()
	r.next()
	return r.value(), 0, nil
}

func firstInvalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// reader makes nodes of a text that is JSON.
type reader struct {
	text     []byte
	tokens   *json.Decoder
	token    json.Token // the current one
	pos, end int        // where it stands
}

// next moves to the next token.
func (r *reader) next() {
	r.pos = int(r.tokens.InputOffset())
	for r.pos < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[r.pos]) >= 0 {
		r.pos++
	}
	token, err := r.tokens.Token()
	if err != nil {
		panic("BUG: valid JSON has no next token: " + err.Error())
	}
	r.token, r.end = token, int(r.tokens.InputOffset())
}

// value returns the value that begins with the current token, and ends at its last one.
func (r *reader) value() *node {
	n := &node{pos: r.pos}
	switch t := r.token.(type) {
	case json.Delim:
		n.kind = "an object"
		if t == '[' {
			n.kind = "an array"
		}
		for r.next(); r.token != json.Delim('}') && r.token != json.Delim(']'); r.next() {
			v := r.value()
			if t == '[' {
				n.items = append(n.items, v)
				continue
			}
			r.next()
			n.members = append(n.members, member{v, r.value()})
		}
	case string:
		n.kind, n.text = "a string", t
	case json.Number:
		n.kind = "a number"
	case bool:
		n.kind = "a boolean"
	default:
		n.kind = "null"
	}
	n.end = r.end
	return n
}
