package twin_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that the first problems are kept, the first of each reason beside them, and the others counted.
func TestFindings(t *testing.T) {
	var f twin.Findings
	for i := range 1000 {
		f.Note(twin.Problem{Reason: twin.Unreadable, Detail: fmt.Sprint(i), Offset: i})
	}
	for range 2 {
		f.Note(twin.Problem{Reason: twin.BadValue, Detail: "no JSON", Offset: -1})
	}
	if len(f.Problems) != twin.MaxProblems+1 || f.More != 1002-twin.MaxProblems-1 || f.Found() != 1002 {
		t.Errorf("%d problems, and %d more", len(f.Problems), f.More)
	}
	for i, p := range f.Problems[:twin.MaxProblems] {
		if p.Offset != i {
			t.Errorf("problem %d is %+v", i, p)
		}
	}
	r := twin.Reject{Findings: f}
	if last := f.Problems[twin.MaxProblems]; last.Reason != twin.BadValue || r.Reason() != twin.Unreadable {
		t.Errorf("the last problem is %+v, the reject is counted as %s", last, r.Reason())
	}
	if r.Findings = (twin.Findings{}); r.Reason() != "" {
		t.Errorf("the reason of no problem is %s", r.Reason())
	}
}

// Ensure that texts are bounded and do not end within a character.
func TestFindings_Text(t *testing.T) {
	for _, c := range []string{"x", "ä", "€", "😀", "\xff"} {
		for shift := range 4 {
			text := strings.Repeat("y", shift) + strings.Repeat(c, twin.MaxProblemText+1)
			var f twin.Findings
			f.Note(twin.Problem{Detail: text, Column: text})
			p := f.Problems[0]
			head, cut := strings.CutSuffix(p.Detail, "…")
			if !cut || p.Column != p.Detail || len(p.Detail) > twin.MaxProblemText || len(p.Detail) < twin.MaxProblemText-3 {
				t.Errorf("%q: %d bytes, %q", c, len(p.Detail), p.Detail)
			}
			if !strings.HasPrefix(text, head) || utf8.ValidString(text) && !utf8.ValidString(head) {
				t.Errorf("%q: ends with %q", c, head[len(head)-4:])
			}
		}
	}
	var f twin.Findings
	whole := strings.Repeat("x", twin.MaxProblemText)
	if f.Note(twin.Problem{Detail: whole}); f.Problems[0].Detail != whole {
		t.Error("a detail that fits is cut")
	}
}
