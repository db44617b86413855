package stream

// form says how a value is written within a JSON string, and whether it has been looked at.
type form uint8

const (
	anyJSON form = iota // it may be anything, and have anything in it
	bare                // a number without an exponent that is no greater than a double, true, false or null: as it is
	quoted              // text in ASCII without an escape: only its quotes are escaped
)

// formOf looks at a value. Nearly all are simple, and then nothing else is to be checked or escaped.
func formOf(value []byte) form {
	const most = 300 // digits of a double
	n := len(value)
	if n == 0 || n > most {
		return anyJSON
	}
	switch c := value[0]; {
	case c == '"':
		return textForm(value)
	case c == '-' || c >= '0' && c <= '9':
		return numberForm(value)
	}
	switch string(value) {
	case "true", "false", "null":
		return bare
	}
	return anyJSON
}

func textForm(value []byte) form {
	for i := 1; i < len(value); i++ {
		if c := value[i]; escapes[c] || c > '~' {
			if c == '"' && i == len(value)-1 {
				return quoted
			}
			return anyJSON
		}
	}
	return anyJSON
}

func numberForm(value []byte) form {
	if value[0] == '-' {
		value = value[1:]
	}
	whole := digits(value)
	if whole == 0 || whole > 1 && value[0] == '0' {
		return anyJSON
	}
	if whole < len(value) && (value[whole] != '.' || whole+1 == len(value) || digits(value[whole+1:]) != len(value)-whole-1) {
		return anyJSON
	}
	return bare
}

// digits is how many digits a text begins with.
func digits(text []byte) int {
	for i, c := range text {
		if c-'0' > 9 {
			return i
		}
	}
	return len(text)
}

// appendValue appends a value as it stands within a JSON string.
func appendValue(dst, value []byte, f form) []byte {
	switch f {
	case bare:
		return append(dst, value...)
	case quoted:
		dst = append(append(dst, '\\'), value[:len(value)-1]...)
		return append(dst, '\\', '"')
	}
	return appendEscaped(dst, value)
}
