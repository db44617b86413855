package datetime

import (
	"fmt"
	"strings"
)

// Rewritten is how a text in a pattern that the engines do not take alike is read all the same.
type Rewritten struct {
	Text    string // an expression over x that makes another text
	Pattern string // of that text
	Zone    string // an expression over x for the offset that was cut off; "" where there is none
}

// Rewrite proposes how to read a text x in a pattern of Java with parts that the engines do not take: yy, MMM, E, hh
// with a, and an offset at the end. Whatever stands before such a part must have a fixed width; ok is false elsewhere.
func Rewrite(pattern string) (r Rewritten, ok bool) {
	w := rewriter{at: 1, from: 1}
	half, noon := false, false
	for pattern != "" {
		run := firstRun(pattern)
		pattern = pattern[len(run):]
		switch {
		case strings.ContainsAny(run[:1], "XxZzVOv"):
			if strings.Trim(pattern, "]") != "" {
				return r, false
			}
			return w.finish(true), true
		case w.loose && isLetter(run[0]) && !known(run):
			return r, false
		}
		switch run {
		case "yy":
			w.put("'20'", "yy")
			w.keep(run, 2)
		case "MMM":
			w.put(fmt.Sprintf("CAST((POSITION(SUBSTRING(x, %d, 3) IN '%s') + 2) / 3 AS STRING)", w.at, monthNames), "M")
			w.skip(3)
		case "E", "EE", "EEE":
			w.put("", "")
			after := strings.IndexFunc(pattern, func(r rune) bool { return isLetter(byte(r)) || r == '\'' })
			after = max(after, 0) // the comma and the blank
			pattern = pattern[after:]
			w.skip(3 + after)
		case "hh":
			half = true
			w.put(fmt.Sprintf("CAST(MOD(TRY_CAST(SUBSTRING(x, %d, 2) AS INT), 12) + "+
				"CASE WHEN UPPER(x) LIKE '%%PM%%' THEN 12 ELSE 0 END AS STRING)", w.at), "H")
			w.skip(2)
		case "a":
			noon = true
			w.unblank()
			w.put("", "")
			w.skip(len(" PM"))
		default:
			if isLetter(run[0]) && !known(run) {
				return r, false
			}
			w.keep(run, width(run))
		}
	}
	r = w.finish(false)
	return r, half == noon && r.Text != "x" && len(w.parts) > 0
}

const (
	monthNames = "JanFebMarAprMayJunJulAugSepOctNovDec"
	ending     = "(Z|GMT|UTC|[+-][0-9:]+)$" // an offset
)

// rewriter gathers the parts of the new text and of its pattern.
type rewriter struct {
	at, from int  // characters of x: the next, and the first of those that are kept and not put yet
	loose    bool // a kept part has no fixed width
	parts    []string
	pattern  strings.Builder
}

// keep takes over a run of the pattern and so many characters of x.
func (w *rewriter) keep(run string, width int) {
	w.pattern.WriteString(run)
	w.at += max(width, 0)
	w.loose = w.loose || width < 0
}

func (w *rewriter) skip(width int) {
	w.at += width
	w.from = w.at
}

// put ends what is kept, and puts an expression after it.
func (w *rewriter) put(expression, pattern string) {
	if w.at > w.from {
		w.parts = append(w.parts, fmt.Sprintf("SUBSTRING(x, %d, %d)", w.from, w.at-w.from))
	}
	if w.from = w.at; expression != "" {
		w.parts = append(w.parts, expression)
	}
	w.pattern.WriteString(pattern)
}

// unblank takes back the blanks that were kept last.
func (w *rewriter) unblank() {
	trimmed := strings.TrimRight(w.pattern.String(), " [")
	w.at -= w.pattern.Len() - len(trimmed)
	w.pattern.Reset()
	w.pattern.WriteString(trimmed)
}

// finish puts the rest of x.
func (w *rewriter) finish(offset bool) Rewritten {
	r := Rewritten{}
	rest := "x"
	if w.from > 1 {
		rest = fmt.Sprintf("SUBSTRING(x, %d)", w.from)
	}
	if offset {
		w.unblank()
		rest = "REGEXP_REPLACE(" + rest + ", ' *" + ending + "', '')"
		r.Zone = "REGEXP_EXTRACT(x, '" + ending + "', 1)"
	}
	if w.at > w.from || offset {
		w.parts = append(w.parts, rest)
	}
	if r.Text = strings.Join(w.parts, ", "); len(w.parts) != 1 {
		r.Text = "CONCAT(" + r.Text + ")"
	}
	r.Pattern = w.pattern.String()
	return r
}

// firstRun returns the first run of a letter of a pattern, or a text in quotes, or another character.
func firstRun(pattern string) string {
	n := 1
	switch c := pattern[0]; {
	case c == '\'':
		for n < len(pattern) && pattern[n] != '\'' {
			n++
		}
		return pattern[:min(n+1, len(pattern))]
	case isLetter(c):
		for n < len(pattern) && pattern[n] == c {
			n++
		}
	}
	return pattern[:n]
}

// width is how many characters a run stands for, -1 where that is not fixed.
func width(run string) int {
	switch {
	case run == "[" || run == "]" || strings.Contains("MdHms", run):
		return -1
	case run == "''":
		return 1
	case run[0] == '\'':
		return len(run) - 2
	}
	return len(run)
}

// known reports whether the engines take a run of a letter.
func known(run string) bool {
	return run[0] == 'S' && len(run) <= 9 || strings.Contains(" yyyy uuuu MM M dd d HH H mm m ss s ", " "+run+" ")
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
