package workbench

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/tabular"
	"github.com/railtwin/digitaltwin/internal/twin"
)

const (
	maxRejects = 1000 // that are kept to be shown below the changes
	maxDrops   = 1000 // metrics, by the column that is NULL
)

// losses gathers what of the records became no change: rejects one by one, rows that were dropped for a
// NULL by column and metric, records of which a part is never read, and records that gave nothing.
type losses struct {
	rejects     [][]string
	moreRejects int // that are not shown

	drops     map[dropped]*drops
	order     []dropped // of the first of each
	moreDrops int       // rows of metrics that are not shown

	unread      int
	firstUnread string // where the first of them stands

	nothing      int
	firstNothing string // the first record

	record           string             // the last one
	readings         map[reading]string // its values
	overwritten      int
	firstOverwritten string
}

// reading is what one value of a record is of: of two values, only the last is ever served.
type reading struct {
	component, metric string
	eventTime         twin.Millis
}

type dropped struct {
	null   extract.Column
	metric string
}

type drops struct {
	rows  int
	first string // record
}

// Reject implements [Report].
func (l *losses) Reject(r Record, reject *twin.Problem) error {
	if len(l.rejects) == maxRejects {
		l.moreRejects++
		return nil
	}
	offset := ""
	if reject.Offset >= 0 {
		offset = strconv.Itoa(reject.Offset)
	}
	l.rejects = append(l.rejects, []string{string(reject.Reason), r.Name, reject.Column, offset, reject.Detail})
	return nil
}

// Drop implements [Report].
func (l *losses) Drop(r Record, d *extract.Drop) error {
	key := dropped{d.NULL, string(d.Metric)}
	of := l.drops[key]
	switch {
	case of != nil:
	case len(l.order) == maxDrops:
		l.moreDrops++
		return nil
	default:
		if l.drops == nil {
			l.drops = make(map[dropped]*drops)
		}
		of = &drops{first: r.Name}
		l.drops[key], l.order = of, append(l.order, key)
	}
	of.rows++
	return nil
}

// Unread implements [Report].
func (l *losses) Unread(r Record, offset int) error {
	if l.unread++; l.unread == 1 {
		l.firstUnread = fmt.Sprintf("%s, at byte %d", r.Name, offset)
	}
	return nil
}

// Nothing implements [Report].
func (l *losses) Nothing(r Record) error {
	if l.nothing++; l.nothing == 1 {
		l.firstNothing = r.Name
	}
	return nil
}

// change notices a change that another one of the same record overwrites.
func (l *losses) change(r Record, c *twin.Change) {
	if r.Name != l.record || l.readings == nil {
		l.record, l.readings = r.Name, make(map[reading]string)
	}
	key := reading{c.Component, c.Metric, c.EventTime}
	if before, ok := l.readings[key]; ok && before != c.Value {
		if l.overwritten++; l.overwritten == 1 {
			l.firstOverwritten = fmt.Sprintf("%s of %s at %s in %s", c.Metric, c.Component, c.EventTime, r.Name)
		}
	}
	l.readings[key] = c.Value
}

// write writes what there is, each part after an empty line unless nothing is above it.
func (l *losses) write(w io.Writer, above bool) error {
	parts := []func(io.Writer) (bool, error){
		l.writeRejects, l.writeDrops, l.writeUnread, l.writeNothing, l.writeOverwritten,
	}
	for _, part := range parts {
		var text strings.Builder
		wrote, err := part(&text)
		if err != nil {
			return err
		}
		if !wrote {
			continue
		}
		if above {
			fmt.Fprintln(w)
		}
		above = true
		if _, err := io.WriteString(w, text.String()); err != nil {
			return err
		}
	}
	return nil
}

func (l *losses) writeRejects(w io.Writer) (bool, error) {
	table := tabular.New(w, 0, tabular.Column{Heading: "REJECT"}, tabular.Column{Heading: "RECORD"},
		tabular.Column{Heading: "COLUMN", Max: 60}, tabular.Column{Heading: "BYTE", Right: true}, tabular.Column{Heading: "DETAIL", Max: 200})
	for _, row := range l.rejects {
		table.Row(row...)
	}
	err := table.Flush()
	if l.moreRejects > 0 {
		fmt.Fprintf(w, "and %s, which --json shows\n", count(l.moreRejects, "more reject"))
	}
	return len(l.rejects) > 0, err
}

// writeDrops begins with the columns that are hardly ever NULL on purpose: a value mostly is.
func (l *losses) writeDrops(w io.Writer) (bool, error) {
	slices.SortStableFunc(l.order, func(a, b dropped) int { return rare(a.null) - rare(b.null) })
	table := tabular.New(w, 0, tabular.Column{Heading: "DROPPED FOR NULL"}, tabular.Column{Heading: "METRIC", Max: 60},
		tabular.Column{Heading: "ROWS", Right: true}, tabular.Column{Heading: "FIRST RECORD"})
	for _, key := range l.order {
		table.Row(string(key.null), key.metric, strconv.Itoa(l.drops[key].rows), l.drops[key].first)
	}
	err := table.Flush()
	if l.moreDrops > 0 {
		fmt.Fprintf(w, "and %s of more metrics, which --json shows\n", count(l.moreDrops, "row"))
	}
	return len(l.order) > 0, err
}

func rare(c extract.Column) int {
	return slices.Index([]extract.Column{extract.NullComponent, extract.NullMetric, extract.NullEventTime, extract.NullValue}, c)
}

func (l *losses) writeUnread(w io.Writer) (bool, error) {
	if l.unread == 0 {
		return false, nil
	}
	_, err := fmt.Fprintf(w, "warning: %s beyond the first JSON value, first in %s:\n"+
		"Flink reads one value of a record and never sees what follows it. If each value is a record, put a newline\n"+
		"between them (--framing lines).\n", goOn(l.unread), l.firstUnread)
	return true, err
}

func (l *losses) writeNothing(w io.Writer) (bool, error) {
	if l.nothing == 0 {
		return false, nil
	}
	_, err := fmt.Fprintf(w, "warning: %s gave neither a change nor a reject, first %s: are its fields named like the\n"+
		"columns of the table, and do the WHERE clauses let it through?\n", count(l.nothing, "record"), l.firstNothing)
	return true, err
}

func goOn(n int) string {
	if n == 1 {
		return "1 record goes on"
	}
	return strconv.Itoa(n) + " records go on"
}

func (l *losses) writeOverwritten(w io.Writer) (bool, error) {
	if l.overwritten == 0 {
		return false, nil
	}
	_, err := fmt.Fprintf(w, "warning: %s by another value of the same component, metric and time in the same record, first\n"+
		"%s: only the last is served. What tells them apart belongs in the metric.\n", isOverwritten(l.overwritten), l.firstOverwritten)
	return true, err
}

func isOverwritten(n int) string {
	if n == 1 {
		return "1 change is overwritten"
	}
	return strconv.Itoa(n) + " changes are overwritten"
}
