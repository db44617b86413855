// Package diag is how the engine says what is wrong with an extractor: where, what and what to do.
package diag

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Verdict is the engine's judgement on a statement.
type Verdict uint8

// The verdicts.
const (
	Rejected   Verdict = iota // not Flink SQL, or unsafe there
	NeedsFlink                // valid Flink SQL that the Go engine does not run
	Warning                   // accepted, but likely not what is wanted
)

func (v Verdict) String() string {
	return [...]string{"rejected", "needs Flink", "warning"}[v]
}

// Diagnostic is one finding at one place of the SQL text.
type Diagnostic struct {
	Verdict Verdict
	File    string
	Line    int    // from 1
	Column  int    // from 1, in characters
	Width   int    // characters to underline, at least 1
	Source  string // the source line
	Message string // what is wrong, in one sentence without a final stop
	Hint    string // what to do; may be empty
}

// String returns file:line:column, the verdict and the message, the source line with a caret, and the hint. Of a long
// line it shows what stands around the caret.
func (d Diagnostic) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s: %s", d.File, d.Line, d.Column, d.Verdict, d.Message)
	if d.Source != "" {
		line, before, width := excerpt([]rune(d.Source), d.Column-1, max(d.Width, 1))
		fmt.Fprintf(&b, "\n  %s\n  %s%s", line, pad(line, before), strings.Repeat("^", width))
	}
	if d.Hint != "" {
		b.WriteString("\n  " + d.Hint)
	}
	return b.String()
}

const (
	maxExcerpt    = 120 // characters of a line that are shown
	excerptBefore = 60  // of them before the caret, at most
)

// excerpt cuts a line around the width characters after the first before ones. It returns what is left of it, and how
// many characters come before the caret there, and below how many it stands.
func excerpt(line []rune, before, width int) (string, int, int) {
	if len(line) <= maxExcerpt {
		return string(line), before, width
	}
	before = min(before, len(line))
	from := max(0, min(before-excerptBefore, len(line)-maxExcerpt))
	to := min(len(line), from+maxExcerpt)
	cut := line[from:to]
	head, tail := "", ""
	if from > 0 {
		head = "… "
	}
	if to < len(line) {
		tail = " …"
	}
	return head + string(cut) + tail, before - from + len([]rune(head)), min(width, max(to-before, 1))
}

// pad returns what moves the caret below column n of line: tabs stay tabs.
func pad(line string, n int) string {
	var b strings.Builder
	for _, r := range line {
		if n--; n < 0 {
			break
		}
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// List is all diagnostics of a file, in the order of the text. As an error it has at least one that
// is not a warning.
type List []Diagnostic

func (l List) Error() string {
	s := make([]string, len(l))
	for i, d := range l {
		s[i] = d.String()
	}
	return strings.Join(s, "\n")
}

// Source is an SQL text that finds the line and column of a byte offset.
type Source struct {
	Name string
	Text string
}

// At makes a diagnostic for the text from byte offset pos up to end.
func (s Source) At(pos, end int, v Verdict, message, hint string) Diagnostic {
	pos = min(max(pos, 0), len(s.Text))
	start := strings.LastIndexByte(s.Text[:pos], '\n') + 1
	stop := len(s.Text)
	if i := strings.IndexByte(s.Text[pos:], '\n'); i >= 0 {
		stop = pos + i
	}
	line := strings.TrimSuffix(s.Text[start:stop], "\r")
	width := 1
	if end = min(end, start+len(line)); end > pos {
		width = utf8.RuneCountInString(s.Text[pos:end])
	}
	return Diagnostic{
		Verdict: v, File: s.Name,
		Line:   1 + strings.Count(s.Text[:start], "\n"),
		Column: 1 + utf8.RuneCountInString(s.Text[start:pos]),
		Width:  width, Source: line, Message: message, Hint: hint,
	}
}
