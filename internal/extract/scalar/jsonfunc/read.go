package jsonfunc

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsontext"
)

// Result is what a path found.
type Result struct {
	value  any // nil, bool, json.Number, string, []any, map[string]any
	failed bool
}

// maxDepth is how deep Flink's parser goes.
const maxDepth = 1000

// Read follows the path in a text. A strict path fails on what is not JSON, not there, or null; a lax
// one is empty there.
func (p *Path) Read(text []byte) Result {
	doc, ok := parse(text)
	if ok {
		doc, ok = p.follow(doc)
	}
	if ok && doc != nil {
		return Result{value: doc}
	}
	return Result{failed: !p.Lax}
}

// parse reads the first JSON value of a text.
func parse(text []byte) (any, bool) {
	if depth(text) > maxDepth {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var doc any
	return doc, d.Decode(&doc) == nil
}

// depth is the deepest nesting of brackets, those within strings counted too: no less than the real one
// where it matters.
func depth(text []byte) int {
	open, deepest := 0, 0
	for _, c := range text {
		switch c {
		case '{', '[':
			open++
			deepest = max(deepest, open)
		case '}', ']':
			open--
		}
	}
	return deepest
}

func (p *Path) follow(doc any) (any, bool) {
	for _, s := range p.steps {
		switch x := doc.(type) {
		case map[string]any:
			if s.name == nil {
				return nil, false
			}
			v, ok := x[*s.name]
			if !ok {
				return nil, false
			}
			doc = v
		case []any:
			i := s.index
			if i < 0 {
				i += len(x)
			}
			if s.name != nil || i < 0 || i >= len(x) {
				return nil, false
			}
			doc = x[i]
		default:
			return nil, false
		}
	}
	return doc, true
}

func (r Result) scalar() bool {
	switch r.value.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// Outcome says which clause of a function decides.
type Outcome uint8

// The outcomes: there is a value, or what ON EMPTY or ON ERROR says holds.
const (
	Found Outcome = iota
	Empty
	Failed
)

// AppendValue is JSON_VALUE: the text of a scalar.
func (p *Path) AppendValue(dst, text []byte) ([]byte, Outcome) {
	r := p.Read(text)
	switch {
	case r.failed:
		return dst, Failed
	case r.value == nil || p.Lax && !r.scalar():
		return dst, Empty
	case !r.scalar():
		return dst, Failed
	}
	return appendText(dst, r.value), Found
}

// Wrapper is how JSON_QUERY wraps its result in an array.
type Wrapper uint8

// The wrappers.
const (
	Without Wrapper = iota
	Conditional
	Unconditional
)

// wrapped applies the wrapper and says what decides.
func (p *Path) wrapped(text []byte, w Wrapper) (any, Outcome) {
	r := p.Read(text)
	if r.failed {
		return nil, Failed
	}
	if r.value == nil {
		return nil, Empty
	}
	if _, array := r.value.([]any); w == Unconditional || w == Conditional && !array {
		r.value = []any{r.value}
	}
	switch {
	case !r.scalar():
		return r.value, Found
	case p.Lax:
		return nil, Empty
	}
	return nil, Failed
}

// AppendQuery is JSON_QUERY: the JSON text of an object or array.
func (p *Path) AppendQuery(dst, text []byte, w Wrapper) ([]byte, Outcome) {
	v, o := p.wrapped(text, w)
	if o != Found {
		return dst, o
	}
	return appendJSON(dst, v), Found
}

// Strings is JSON_QUERY .. RETURNING ARRAY<STRING>: the elements as texts, nil for null.
func (p *Path) Strings(text []byte, w Wrapper, yield func(element []byte)) Outcome {
	v, o := p.wrapped(text, w)
	if o != Found {
		return o
	}
	list, ok := v.([]any)
	if !ok {
		return Failed
	}
	for _, e := range list {
		switch e.(type) {
		case nil:
			yield(nil)
		case []any, map[string]any:
			yield(appendJSON([]byte{}, e))
		default:
			yield(appendText([]byte{}, e))
		}
	}
	return Found
}

// Exists is JSON_EXISTS.
func (p *Path) Exists(text []byte) (bool, Outcome) {
	r := p.Read(text)
	if r.failed {
		return false, Failed
	}
	return r.value != nil, Found
}

// Kind is the kind of the first JSON value of a text: 'o', 'a', 's' for a scalar, 0 where there is none.
func Kind(text []byte) byte {
	v, ok := parse(text)
	if !ok {
		return 0
	}
	switch v.(type) {
	case map[string]any:
		return 'o'
	case []any:
		return 'a'
	}
	return 's'
}

// appendText writes a scalar without quotes.
func appendText(dst []byte, v any) []byte {
	switch x := v.(type) {
	case bool:
		return strconv.AppendBool(dst, x)
	case json.Number:
		return appendNumber(dst, string(x))
	case string:
		return append(dst, x...)
	}
	return append(dst, "null"...)
}

func appendJSON(dst []byte, v any) []byte {
	switch x := v.(type) {
	case string:
		return jsontext.AppendString(dst, []byte(x))
	case []any:
		dst = append(dst, '[')
		for i, e := range x {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		dst = append(dst, '{')
		for i, k := range slices.Sorted(maps.Keys(x)) {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(jsontext.AppendString(dst, []byte(k)), ':')
			dst = appendJSON(dst, x[k])
		}
		return append(dst, '}')
	}
	return appendText(dst, v)
}
