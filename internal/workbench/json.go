package workbench

import (
	"encoding/json"
	"io"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/stream"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// JSON writes one object a line: {"change":{…},"record":"FILE:LINE"}, whose change is as in the
// stream, {"reject":{"reason","record","detail","column","offset"}},
// {"dropped":{"record","metric","null"}} and {"nothing":{"record"}}; and at the end, by [JSON.Totals],
// {"finding":{"kind","text","cure"}} and {"summary":{"records","changes","rejects","nothing","dropped"}}.
type JSON struct {
	w    io.Writer
	line []byte
}

var _ Report = (*JSON)(nil)

// NewJSON reports to w, with one write a line.
func NewJSON(w io.Writer) *JSON { return &JSON{w: w} }

// Change implements [Report].
func (j *JSON) Change(r Record, c *twin.Change) error {
	name, err := json.Marshal(r.Name)
	if err != nil {
		return err
	}
	j.line = append(j.line[:0], `{"change":`...)
	j.line = stream.AppendChange(j.line, c)
	j.line = append(j.line, `,"record":`...)
	j.line = append(j.line, name...)
	return j.end()
}

// Reject implements [Report].
func (j *JSON) Reject(r Record, reject *twin.Problem) error {
	return j.object("reject", struct {
		Reason twin.Reason `json:"reason"`
		Record string      `json:"record"`
		Detail string      `json:"detail"`
		Column *string     `json:"column"` // null for the whole record
		Offset *int        `json:"offset"` // null where unknown
	}{reject.Reason, r.Name, reject.Detail, known(reject.Column, reject.Column != ""),
		known(reject.Offset, reject.Offset >= 0)})
}

// Drop implements [Report].
func (j *JSON) Drop(r Record, d *extract.Drop) error {
	return j.object("dropped", struct {
		Record string         `json:"record"`
		Metric *string        `json:"metric"` // null where it is NULL
		NULL   extract.Column `json:"null"`
	}{r.Name, known(string(d.Metric), d.Metric != nil), d.NULL})
}

// Nothing implements [Report].
func (j *JSON) Nothing(r Record) error {
	return j.object("nothing", struct {
		Record string `json:"record"`
	}{r.Name})
}

// Totals ends the report.
func (j *JSON) Totals(t *Totals) error {
	for _, f := range t.Findings {
		if err := j.object("finding", f); err != nil {
			return err
		}
	}
	dropped := map[extract.Column]int{}
	for column, rows := range t.Dropped.By {
		dropped[column] = rows
	}
	return j.object("summary", struct {
		Records int                    `json:"records"`
		Changes int                    `json:"changes"`
		Rejects map[twin.Reason]int    `json:"rejects"`
		Nothing int                    `json:"nothing"`
		Dropped map[extract.Column]int `json:"dropped"`
	}{t.Records, t.Changes, t.Rejects, t.Nothing, dropped})
}

// object writes {"name":value}.
func (j *JSON) object(name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	j.line = append(append(append(j.line[:0], `{"`...), name...), `":`...)
	j.line = append(j.line, text...)
	return j.end()
}

func (j *JSON) end() error {
	j.line = append(j.line, '}', '\n')
	_, err := j.w.Write(j.line)
	return err
}

func known[T any](v T, ok bool) *T {
	if !ok {
		return nil
	}
	return &v
}
