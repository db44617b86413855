package workbench

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/tabular"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Rows keeps the first changes, rejects and dropped rows, to be shown as tables after the summary.
type Rows struct {
	most    int // of each
	changes [][]string
	rejects [][]string
	drops   map[dropped]*drops
	order   []dropped // of the first of each

	moreChanges, moreRejects, moreDrops int // that are not shown
}

var _ Report = (*Rows)(nil)

type dropped struct {
	null   extract.Column
	metric string
}

type drops struct {
	rows  int
	first string // record
}

// NewRows keeps so many rows of each table.
func NewRows(most int) *Rows { return &Rows{most: most, drops: make(map[dropped]*drops)} }

// Change implements [Report].
func (t *Rows) Change(r Record, c *twin.Change) error {
	if len(t.changes) >= t.most {
		t.moreChanges++
		return nil
	}
	t.changes = append(t.changes, []string{c.Component, c.Metric, c.Value, c.Unit, c.EventTime.String(), r.Name})
	return nil
}

// Reject implements [Report].
func (t *Rows) Reject(r Record, reject *twin.Problem) error {
	if len(t.rejects) >= t.most {
		t.moreRejects++
		return nil
	}
	offset := ""
	if reject.Offset >= 0 {
		offset = strconv.Itoa(reject.Offset)
	}
	t.rejects = append(t.rejects, []string{string(reject.Reason), r.Name, reject.Column, offset, reject.Detail})
	return nil
}

// Drop implements [Report].
func (t *Rows) Drop(r Record, d *extract.Drop) error {
	key := dropped{d.NULL, string(d.Metric)}
	of := t.drops[key]
	switch {
	case of != nil:
	case len(t.order) >= t.most:
		t.moreDrops++
		return nil
	default:
		of = &drops{first: r.Name}
		t.drops[key], t.order = of, append(t.order, key)
	}
	of.rows++
	return nil
}

// Nothing implements [Report].
func (t *Rows) Nothing(Record) error { return nil }

// Write writes the tables that have rows, each after an empty line.
func (t *Rows) Write(w io.Writer) error {
	changes := []tabular.Column{
		{Heading: "COMPONENT", Max: 60}, {Heading: "METRIC", Max: 60}, {Heading: "VALUE", Right: true, Max: 60},
		{Heading: "UNIT", Max: 20}, {Heading: "EVENT TIME"}, {Heading: "RECORD"},
	}
	rejects := []tabular.Column{
		{Heading: "REJECT"}, {Heading: "RECORD"}, {Heading: "COLUMN", Max: 60}, {Heading: "BYTE", Right: true},
		{Heading: "DETAIL", Max: 200},
	}
	nulls := []tabular.Column{
		{Heading: "DROPPED FOR NULL"}, {Heading: "METRIC", Max: 60}, {Heading: "ROWS", Right: true},
		{Heading: "FIRST RECORD"},
	}
	for _, part := range []struct {
		columns []tabular.Column
		rows    [][]string
		more    int
		what    string
	}{
		{changes, t.changes, t.moreChanges, "change"}, {rejects, t.rejects, t.moreRejects, "reject"},
		{nulls, t.dropRows(), t.moreDrops, "row"},
	} {
		if len(part.rows) == 0 {
			continue
		}
		fmt.Fprintln(w)
		table := tabular.New(w, 0, part.columns...)
		for _, row := range part.rows {
			if err := table.Row(row...); err != nil {
				return err
			}
		}
		if err := table.Flush(); err != nil {
			return err
		}
		if part.more > 0 {
			if _, err := fmt.Fprintf(w, "and %s: --rows N shows more\n", count(part.more, "more "+part.what)); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropRows begins with the columns that are hardly ever NULL on purpose: a value mostly is.
func (t *Rows) dropRows() (rows [][]string) {
	slices.SortStableFunc(t.order, func(a, b dropped) int { return rare(a.null) - rare(b.null) })
	for _, key := range t.order {
		rows = append(rows, []string{string(key.null), key.metric, strconv.Itoa(t.drops[key].rows), t.drops[key].first})
	}
	return rows
}

func rare(c extract.Column) int {
	return slices.Index([]extract.Column{extract.NullComponent, extract.NullMetric, extract.NullEventTime,
		extract.NullValue}, c)
}
