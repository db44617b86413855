package twin

// Scalar is what a value is of the kinds that nearly all values are: a number, true, false, null, or a text. Nothing in
// these is beyond what every client reads.
type Scalar uint8

// The kinds of scalars.
const (
	NoScalar   Scalar = iota // something else, if it is JSON
	BareScalar               // a number without an exponent that a double has room for, true, false or null
	TextScalar               // a text in ASCII without an escape
)

// ScalarOf returns what a value is.
func ScalarOf[T string | []byte](value T) Scalar {
	if end, kind := scalarAt(value, 0); end == len(value) {
		return kind
	}
	return NoScalar
}

// scalarAt returns where the scalar ends that begins at a place, and what it is.
func scalarAt[T string | []byte](text T, at int) (end int, kind Scalar) {
	if at >= len(text) {
		return at, NoScalar
	}
	switch text[at] {
	case '"':
		if end := plainEnd(text, at+1); end < len(text) && text[end] == '"' {
			return end + 1, TextScalar
		}
	case 't':
		return wordAt(text, at, "true")
	case 'f':
		return wordAt(text, at, "false")
	case 'n':
		return wordAt(text, at, "null")
	default:
		return numberAt(text, at)
	}
	return at, NoScalar
}

func wordAt[T string | []byte](text T, at int, word string) (int, Scalar) {
	if end := at + len(word); end <= len(text) && string(text[at:end]) == word {
		return end, BareScalar
	}
	return at, NoScalar
}

func numberAt[T string | []byte](text T, at int) (int, Scalar) {
	start := at
	if text[at] == '-' {
		start++
	}
	end := digitsEnd(text, start)
	const safe = 300 // digits that every double has room for
	if whole := end - start; whole == 0 || whole > safe || whole > 1 && text[start] == '0' {
		return at, NoScalar
	}
	if end < len(text) && text[end] == '.' {
		fraction := end + 1
		if end = digitsEnd(text, fraction); end == fraction {
			return at, NoScalar
		}
	}
	return end, BareScalar
}

// digitsEnd returns where digits end.
func digitsEnd[T string | []byte](text T, i int) int {
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	return i
}

// plainEnd returns where characters end that stand in a string as they are.
func plainEnd[T string | []byte](text T, i int) int {
	for i < len(text) && plain[text[i]] {
		i++
	}
	return i
}

// plain are the characters of ASCII that stand in a string as they are.
var plain = func() (p [256]bool) {
	for c := ' '; c < 0x80; c++ {
		p[c] = c != '"' && c != '\\'
	}
	return p
}()

// flat reports whether a text is an object of a few scalars under different keys, without blanks, such as a position.
// It is what most values are that are no scalars.
func flat[T string | []byte](text T) bool {
	if len(text) == 0 || text[0] != '{' {
		return false
	}
	var keys [6]T
	for n, i := 0, 1; n < len(keys); n++ {
		key, kind := scalarAt(text, i)
		if kind != TextScalar || key >= len(text) || text[key] != ':' {
			return false
		}
		keys[n] = text[i:key]
		for _, known := range keys[:n] {
			if string(known) == string(keys[n]) {
				return false
			}
		}
		end, kind := scalarAt(text, key+1)
		if kind == NoScalar || end == len(text) {
			return false
		}
		if text[end] == '}' {
			return end == len(text)-1
		}
		if text[end] != ',' {
			return false
		}
		i = end + 1
	}
	return false
}
