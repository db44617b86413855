package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
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
func readDocument(text string) (*node, int, error) {
	if !utf8.ValidString(text) {
		return nil, firstInvalid(text), errors.New("the file is not valid UTF-8")
	}
	r := reader{text: text}
	if root := r.document(); root != nil {
		return root, 0, nil
	}
	var raw json.RawMessage
	err := json.Unmarshal([]byte(text), &raw)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		if syntax.Error() == "unexpected end of JSON input" {
			return nil, len(text), errors.New("the JSON ends too early")
		}
		return nil, int(syntax.Offset) - 1, fmt.Errorf("the JSON is wrong: %s", syntax)
	}
	return nil, 0, fmt.Errorf("the JSON is wrong: %w", err)
}

func firstInvalid(text string) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

// reader makes nodes of a text. It takes what encoding/json takes, and leaves to it to say what is wrong: it is there
// because a function reads the rules whenever it starts, and the tokens of encoding/json take six times as long.
type reader struct {
	text    string
	pos     int
	depth   int
	memory  []node // from which nodes are taken
	members []member
	items   []*node // and these two: of the objects and arrays under way, so that each is made with its size
}

// maxDepth is the greatest depth of a text, as in encoding/json.
const maxDepth = 10_000

// document reads the whole text; nil where it is no JSON.
func (r *reader) document() *node {
	root := r.value()
	r.space()
	if r.pos < len(r.text) {
		return nil
	}
	return root
}

func (r *reader) space() {
	for r.pos < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.pos]) >= 0 {
		r.pos++
	}
}

// next reports whether the next character is c, and takes it.
func (r *reader) next(c byte) bool {
	r.space()
	if r.pos < len(r.text) && r.text[r.pos] == c {
		r.pos++
		return true
	}
	return false
}

// value reads a value; nil where there is none.
func (r *reader) value() *node {
	r.space()
	if r.pos == len(r.text) {
		return nil
	}
	if len(r.memory) == 0 {
		r.memory = make([]node, 512)
	}
	n := &r.memory[0]
	r.memory = r.memory[1:]
	n.pos = r.pos
	ok := false
	switch c := r.text[r.pos]; c {
	case '{':
		begin := len(r.members)
		n.kind, ok = "an object", r.list('}', r.member)
		n.members = slices.Clone(r.members[begin:])
		r.members = r.members[:begin]
	case '[':
		begin := len(r.items)
		n.kind, ok = "an array", r.list(']', r.item)
		n.items = slices.Clone(r.items[begin:])
		r.items = r.items[:begin]
	case '"':
		n.kind = "a string"
		n.text, ok = r.string()
	case 't', 'f', 'n':
		n.kind, ok = r.literal()
	default:
		n.kind, ok = "a number", r.number()
	}
	if n.end = r.pos; !ok {
		return nil
	}
	return n
}

// member reads a member of an object, and item one of an array.
func (r *reader) member() bool {
	key := r.value()
	if key == nil || key.kind != "a string" || !r.next(':') {
		return false
	}
	value := r.value()
	r.members = append(r.members, member{key, value})
	return value != nil
}

func (r *reader) item() bool {
	item := r.value()
	r.items = append(r.items, item)
	return item != nil
}

// list reads what stands between two brackets, of which the first is the current character.
func (r *reader) list(end byte, entry func() bool) bool {
	if r.depth++; r.depth > maxDepth {
		return false
	}
	defer func() { r.depth-- }()
	r.pos++
	if r.next(end) {
		return true
	}
	for entry() {
		if !r.next(',') {
			return r.next(end)
		}
	}
	return false
}

func (r *reader) string() (string, bool) {
	begin, escaped := r.pos, false
	for r.pos++; r.pos < len(r.text); r.pos++ {
		switch c := r.text[r.pos]; {
		case c == '\\':
			escaped = true
			r.pos++ // encoding/json says below whether that is an escape
		case c < ' ':
			return "", false
		case c == '"':
			r.pos++
			if !escaped {
				return r.text[begin+1 : r.pos-1], true
			}
			text := ""
			err := json.Unmarshal([]byte(r.text[begin:r.pos]), &text)
			return text, err == nil
		}
	}
	return "", false
}

func (r *reader) literal() (kind string, ok bool) {
	for _, word := range []string{"true", "false", "null"} {
		if strings.HasPrefix(r.text[r.pos:], word) {
			r.pos += len(word)
			if word == "null" {
				return word, true
			}
			return "a boolean", true
		}
	}
	return "", false
}

func (r *reader) number() bool {
	begin := r.pos
	for r.pos < len(r.text) && strings.IndexByte("+-.0123456789Ee", r.text[r.pos]) >= 0 {
		r.pos++
	}
	return json.Valid([]byte(r.text[begin:r.pos]))
}
