package workbench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/tabular"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Text writes the changes as one table as they come, and what was lost below it.
type Text struct {
	w       io.Writer
	changes *tabular.Table
	any     bool
	losses
}

var _ Report = (*Text)(nil)

// NewText reports to w. [Text.Flush] ends the report.
func NewText(w io.Writer) *Text {
	return &Text{w: w, changes: tabular.New(w, 0,
		tabular.Column{Heading: "COMPONENT", Max: 60}, tabular.Column{Heading: "METRIC", Max: 60},
		tabular.Column{Heading: "VALUE", Right: true, Max: 60}, tabular.Column{Heading: "UNIT", Max: 20},
		tabular.Column{Heading: "EVENT TIME"}, tabular.Column{Heading: "RECORD"})}
}

// Change implements [Report].
func (t *Text) Change(r Record, c *twin.Change) error {
	t.any = true
	t.losses.change(r, c)
	return t.changes.Row(c.Component, c.Metric, c.Value, c.Unit, c.EventTime.String(), r.Name)
}

// Flush writes what is left.
func (t *Text) Flush() error {
	if err := t.changes.Flush(); err != nil {
		return err
	}
	return t.losses.write(t.w, t.any)
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

// Hint returns what to try where no record could be read, "" elsewhere.
func (t Totals) Hint(in Inputs) string {
	if t.Changes == 0 && t.Records > 1 && t.Rejects[twin.Unreadable] >= t.Records {
		return "no line could be read as a record: if the whole file is one record, add --framing plain"
	}
	return ""
}

// count says how many there are of a thing.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}
