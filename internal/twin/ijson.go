package twin

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// maxLevels is how deep arrays and objects of a value may lie in each other.
const maxLevels = 64

// checkJSON returns a reason if a text is not one JSON value, or is one that is not I-JSON (RFC 7493) and so what some
// clients cannot read, or read as something else; then the detail says what that is. Integers may have any size that a
// double reaches.
func checkJSON[T string | []byte](text T) (reason Reason, detail string) {
	if ScalarOf(text) != NoScalar || flat(text) {
		return "", ""
	}
	j := ijson[T]{text: text}
	j.space()
	switch ok := j.value(0); {
	case j.tooDeep:
		return NotIJSON, fmt.Sprintf("has more than %d levels", maxLevels)
	case !ok || !j.end():
		return BadValue, ""
	case j.flaw != "":
		return NotIJSON, j.flaw
	}
	return "", ""
}

// ijson reads JSON. Its methods return false where the text is none. What I-JSON does not allow does not stop them.
type ijson[T string | []byte] struct {
	text    T
	pos     int
	flaw    string // the first thing that I-JSON does not allow
	tooDeep bool
}

func (j *ijson[T]) note(flaw string) {
	if j.flaw == "" {
		j.flaw = flaw
	}
}

// next returns the byte at the position, 0 at the end.
func (j *ijson[T]) next() byte {
	if j.pos < len(j.text) {
		return j.text[j.pos]
	}
	return 0
}

// take moves past a byte if it is the next one.
func (j *ijson[T]) take(c byte) bool {
	if j.next() != c {
		return false
	}
	j.pos++
	return true
}

func (j *ijson[T]) space() {
	for j.pos < len(j.text) && j.text[j.pos] <= ' ' {
		switch j.text[j.pos] {
		case ' ', '\t', '\n', '\r':
			j.pos++
		default:
			return
		}
	}
}

// end reports whether nothing follows.
func (j *ijson[T]) end() bool {
	j.space()
	return j.pos == len(j.text)
}

// value reads a value around which there are so many levels.
func (j *ijson[T]) value(levels int) bool {
	switch j.next() {
	case '{', '[':
		if levels == maxLevels {
			j.tooDeep = true
			return false
		}
		if j.take('[') {
			return j.array(levels + 1)
		}
		j.pos++
		return j.object(levels + 1)
	case '"':
		_, _, ok := j.string()
		return ok
	case 't':
		return j.word("true")
	case 'f':
		return j.word("false")
	case 'n':
		return j.word("null")
	}
	return j.number()
}

func (j *ijson[T]) word(w string) bool {
	if len(j.text)-j.pos < len(w) || string(j.text[j.pos:j.pos+len(w)]) != w {
		return false
	}
	j.pos += len(w)
	return true
}

func (j *ijson[T]) array(levels int) bool {
	if j.space(); j.take(']') {
		return true
	}
	for {
		if j.space(); !j.value(levels) {
			return false
		}
		if j.space(); !j.take(',') {
			return j.take(']')
		}
	}
}

func (j *ijson[T]) object(levels int) bool {
	if j.space(); j.take('}') {
		return true
	}
	var seen keys[T]
	for {
		j.space()
		if j.next() != '"' {
			return false
		}
		key, escaped, ok := j.string()
		if !ok {
			return false
		}
		if seen.repeats(key, escaped) {
			j.note(fmt.Sprintf("has the key %s twice", excerpt(string(key))))
		}
		if j.space(); !j.take(':') {
			return false
		}
		if j.space(); !j.value(levels) {
			return false
		}
		if j.space(); !j.take(',') {
			return j.take('}')
		}
	}
}

// number reads a number.
func (j *ijson[T]) number() bool {
	if end, kind := scalarAt(j.text, j.pos); kind == BareScalar && (end == len(j.text) || j.text[end]|0x20 != 'e') {
		j.pos = end
		return true
	}
	start := j.pos
	j.take('-')
	whole := j.digits()
	if whole == 0 || whole > 1 && j.text[j.pos-whole] == '0' {
		return false
	}
	if j.take('.') && j.digits() == 0 {
		return false
	}
	if c := j.next(); c == 'e' || c == 'E' {
		if j.pos++; !j.take('+') {
			j.take('-')
		}
		if j.digits() == 0 {
			return false
		}
	}
	if _, err := strconv.ParseFloat(string(j.text[start:j.pos]), 64); err != nil {
		j.note(fmt.Sprintf("has the number %s, which is beyond a double", excerpt(string(j.text[start:j.pos]))))
	}
	return true
}

// digits moves past digits and returns how many there are.
func (j *ijson[T]) digits() int {
	end := digitsEnd(j.text, j.pos)
	n := end - j.pos
	j.pos = end
	return n
}

// keys are those of an object.
type keys[T string | []byte] struct {
	few  [8]T
	n    int
	many map[string]bool // of an object with more, or with escapes in them
}

// repeats adds a key, as it is written, and reports whether it was there.
func (k *keys[T]) repeats(key T, escaped bool) bool {
	if k.many == nil && (escaped || k.n == len(k.few)) {
		k.many = map[string]bool{}
		for _, known := range k.few[:k.n] {
			k.many[string(known)] = true
		}
	}
	if k.many != nil {
		text := string(key)
		if escaped {
			_ = json.Unmarshal([]byte(`"`+text+`"`), &text) // it was read already
		}
		there := k.many[text]
		k.many[text] = true
		return there
	}
	for _, known := range k.few[:k.n] {
		if string(known) == string(key) {
			return true
		}
	}
	k.few[k.n] = key
	k.n++
	return false
}
