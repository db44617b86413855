package text

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// plainLike is what Flink compares with for LIKE pattern ESCAPE esc where it needs no regular expression: the pattern
// has no _ and no escaped %. Flink then works on the text of the Java literal that it generates, and drops the
// backslashes in it, so that ü becomes u00FC and a line feed n. The error says what Flink does not compile.
func plainLike(pattern string, esc rune) (plain string, ok bool, err error) {
	if esc < ' ' || esc >= utf8.RuneSelf || esc == '"' {
		return "", false, fmt.Errorf("ESCAPE takes one character of ASCII other than the quotation mark, not '%c'; "+
			"write ESCAPE '!'", esc)
	}
	literal := javaLiteral(pattern)
	var b strings.Builder
	for i := 0; i < len(literal); i++ {
		if literal[i] == '\\' {
			i++
		}
		switch c := rune(literal[i]); {
		case c != esc && c == '_':
			return "", false, nil
		case c != esc:
			b.WriteByte(literal[i])
		case i+1 == len(literal):
			return "", false, badEscape(esc, pattern)
		case literal[i+1] == '%':
			return "", false, nil
		case literal[i+1] != '_' && rune(literal[i+1]) != esc:
			return "", false, badEscape(esc, pattern)
		default:
			i++
			b.WriteByte(literal[i])
		}
	}
	if strings.ContainsAny(b.String(), `"\`) {
		return "", false, fmt.Errorf("with ESCAPE, Flink cannot compile the pattern '%s', because of its quotation mark or "+
			"backslash; "+
			"leave ESCAPE out, or write _ for that character", pattern)
	}
	return b.String(), true, nil
}

func badEscape(esc rune, pattern string) error {
	return fmt.Errorf("the escape character %c in '%s' stands before none of _, %% and itself, and Flink would throw; "+
		"write it twice", esc, pattern)
}

// javaLiteral is the inside of the literal of s in Java's source, in ASCII.
func javaLiteral(s string) string {
	letters := map[uint16]string{'\b': `\b`, '\n': `\n`, '\t': `\t`, '\f': `\f`, '\r': `\r`, '"': `\"`, '\\': `\\`}
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		switch letter := letters[unit]; {
		case letter != "":
			b.WriteString(letter)
		case unit < ' ' || unit > 0x7F:
			fmt.Fprintf(&b, `\u%04X`, unit)
		default:
			b.WriteByte(byte(unit))
		}
	}
	return b.String()
}
