package workbench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/workbench/survey"
)

// Write writes the totals and the findings: what the records gave, what is likely wrong, and what cures it.
func (t Totals) Write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintln(&b, t.String())
	for _, f := range t.Findings {
		what := "warning"
		if f.Kind == survey.KeyUnread { // what is not declared is left out on purpose, mostly
			what = "note"
		}
		fmt.Fprintf(&b, "%s: %s\n", what, f.Text)
		if f.Cure != "" {
			fmt.Fprintf(&b, "  %s\n", f.Cure)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// String says in one line what the records gave, with the causes of what they did not.
func (t Totals) String() string {
	s := count(t.Records, "record") + ": " + count(t.Changes, "change")
	rejects := 0
	var causes []string
	for _, reason := range slices.Sorted(maps.Keys(t.Rejects)) {
		rejects += t.Rejects[reason]
		causes = append(causes, fmt.Sprintf("%d %s", t.Rejects[reason], reason))
	}
	s += ", " + count(rejects, "reject")
	if rejects > 0 {
		s += " (" + strings.Join(causes, ", ") + ")"
	}
	if t.Nothing > 0 {
		s += ", " + count(t.Nothing, "record") + " gave nothing"
	}
	if dropped := t.Dropped.Total(); dropped > 0 {
		var causes []string
		for column, rows := range t.Dropped.By {
			causes = append(causes, fmt.Sprintf("%d %s", rows, column))
		}
		s += ", " + count(dropped, "row") + " dropped for NULL (" + strings.Join(causes, ", ") + ")"
	}
	return s
}

// count says how many there are of a thing.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}
