package infer

import (
	"slices"
	"strings"
	"unicode"
)

// tokens cuts a name into its words in lower case: mqtt_topic, speedKmh and "em:0" are mqtt topic, speed kmh, em 0.
func tokens(name string) []string {
	var out []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			out, word = append(out, strings.ToLower(string(word))), nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case i == 0:
		case unicode.IsDigit(r) != unicode.IsDigit(runes[i-1]):
			flush()
		case unicode.IsUpper(r) && (!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])):
			flush()
		}
		word = append(word, r)
	}
	flush()
	return out
}

// words is a list of words that mean something to the inference; one of four letters or more is also found at the
// beginning of a longer word, and one of five anywhere in it, as in compounds.
type words []string

func list(text string) words { return strings.Fields(text) }

// named is a list of words that mean one thing.
type named struct {
	name  string
	words words
}

// lines reads a table: a name and its words in each line.
func lines(text string) (table []named) {
	for line := range strings.Lines(text) {
		if fields := list(line); len(fields) > 1 {
			table = append(table, named{fields[0], fields[1:]})
		}
	}
	return table
}

// in returns the longest word of the list that a name has, "" if it has none.
func (w words) in(name string) (found string) {
	all := tokens(name)
	joined := strings.Join(all, "")
	for _, word := range w {
		if len(word) > len(found) && (len(word) >= 5 && strings.Contains(joined, word) ||
			slices.ContainsFunc(all, func(t string) bool {
				return t == word || len(word) >= 4 && strings.HasPrefix(t, word)
			})) {
			found = word
		}
	}
	return found
}

func (w words) has(name string) bool { return w.in(name) != "" }

// inAny reports whether one of the names has a word of the list.
func (w words) inAny(names []string) bool { return slices.ContainsFunc(names, w.has) }

// singular is the name of one of those: stations is station, trainLocations is trainLocation.
func singular(name string) string {
	switch lower := strings.ToLower(name); {
	case len(name) > 4 && strings.HasSuffix(lower, "ies"):
		return name[:len(name)-3] + "y"
	case len(name) > 4 && (strings.HasSuffix(lower, "sses") || strings.HasSuffix(lower, "xes")):
		return name[:len(name)-2]
	case len(name) > 3 && strings.HasSuffix(lower, "s") && !strings.HasSuffix(lower, "ss") &&
		!strings.HasSuffix(lower, "us"):
		return name[:len(name)-1]
	}
	return name
}

// dotted writes a path as the name of a metric: payload.speedKmh is payload.speed.kmh.
func dotted(path []string) string {
	var all []string
	for _, p := range path {
		all = append(all, tokens(p)...)
	}
	return strings.Join(all, ".")
}
