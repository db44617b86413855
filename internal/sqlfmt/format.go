// Package sqlfmt lays out extractors as those of this repository are, and keeps their comments.
//
// [Format] leaves the lines of a text as its author broke them, as gofmt does, and sets what can be set by rule:
// blanks, indentation, the letter case of keywords and functions, columns that stand below each other, and a line each
// for a statement, UNION ALL and what is longer than [Width]. The tokens stay what they are, but for the case of
// keywords and functions, which SQL does not tell apart; Format compares them before it returns.
package sqlfmt

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// Width is the greatest length of a line in characters, where there is a place to break it.
const Width = 150

// Format returns the text of the file called name in the form of the house. It is idempotent. The error says where the
// text cannot be cut into tokens, and then nothing is formatted.
func Format(name string, text []byte) ([]byte, error) {
	if at := firstInvalid(text); at >= 0 {
		src := diag.Source{Name: name, Text: string(text)}
		return nil, diag.List{src.At(at, at+1, diag.Rejected, "this byte is not UTF-8", "save the file as UTF-8")}
	}
	// A line that is broken once may be broken again where its parts stand now.
	current := string(text)
	for range 8 {
		next, err := pass(name, current)
		if err != nil {
			return nil, err
		}
		if next == current {
			break
		}
		current = next
	}
	if err := same(name, string(text), current); err != nil {
		return nil, err
	}
	return []byte(current), nil
}

// pass formats once.
func pass(name, text string) (string, error) {
	items, err := read(diag.Source{Name: name, Text: text})
	if err != nil {
		return "", err
	}
	upperCase(items)
	breakLines(items)
	var all [][]*line
	for _, statement := range statements(items) {
		lines := split(statement)
		indent(lines)
		align(lines)
		all = append(all, lines)
	}
	sets(all)
	var b strings.Builder
	for i, lines := range all {
		if i > 0 {
			b.WriteString(strings.Repeat("\n", max(lines[0].items[0].breaks, 1)))
		}
		write(&b, lines)
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	return b.String(), nil
}

// same reports a difference between the tokens and comments of two texts that is more than letter case.
func same(name, before, after string) error {
	a, err := read(diag.Source{Name: name, Text: before})
	if err != nil {
		return err
	}
	b, err := read(diag.Source{Name: name, Text: after})
	if err != nil || len(a) != len(b) {
		return errors.New("BUG: " + name + ": the formatted text would not be the same; it is left as it is")
	}
	for i := range a {
		if a[i].kind != b[i].kind || a[i].text != b[i].text &&
			(a[i].kind != word || !strings.EqualFold(a[i].text, b[i].text)) {
			return errors.New("BUG: " + name + ": the formatted text would have " + b[i].text + " for " + a[i].text +
				"; it is left as it is")
		}
	}
	return nil
}

func firstInvalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
