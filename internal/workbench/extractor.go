package workbench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/workbench/survey"
)

// maxSQL is the greatest length of an extractor in bytes: more is surely a file of records.
const maxSQL = 1 << 20

// Extractor is a compiled extractor file.
type Extractor struct {
	Path     string
	Program  *extract.Program
	Warnings []diag.Diagnostic // with the path as their file
}

// Open compiles the file at path. What is wrong with the SQL is a [diag.List] in the error, whose
// positions name the path as it was given.
func Open(path string) (*Extractor, error) {
	f, err := openFile(path, "an extractor, such as extractors/hsl_hfp.sql")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	sql, err := io.ReadAll(io.LimitReader(f, maxSQL+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(sql) > maxSQL {
		return nil, fmt.Errorf("%s is larger than %d MB, so it is not an extractor. "+
			"Name the SQL file first, then the records", path, maxSQL>>20)
	}
	program, err := extract.Compile(filepath.Base(path), sql)
	if err != nil {
		if list, ok := errors.AsType[diag.List](err); ok {
			return nil, at(path, list)
		}
		return nil, fmt.Errorf("compile %s: %w", path, err)
	}
	return &Extractor{Path: path, Program: program, Warnings: at(path, program.Warnings())}, nil
}

// String says in one line what the file declares.
func (e *Extractor) String() string {
	d := e.Program.Dataset()
	var b strings.Builder
	fmt.Fprintf(&b, "%s: dataset %s, extractor %s, revision %d", e.Path, d.Name, d.Extractor, d.Revision)
	for _, t := range e.Program.Tables() {
		fmt.Fprintf(&b, ", table %s (%s)", t.Name, t.Format)
	}
	if d.Interval > 0 {
		b.WriteString(", every " + short(d.Interval))
	}
	return b.String() + ", " + count(len(d.Metrics), "metric")
}

// short writes a duration without the zeros at its end: 2m, not 2m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// at returns the diagnostics with the path in place of the bare file name, so that an editor can jump to them.
func at(path string, list []diag.Diagnostic) diag.List {
	out := make(diag.List, len(list))
	for i, d := range list {
		d.File = path
		out[i] = d
	}
	return out
}

// Report takes what the records give, in order.
type Report interface {
	Change(r Record, c *twin.Change) error
	Reject(r Record, reject *twin.Problem) error
	// Drop is called for a row that was not delivered because a column is NULL.
	Drop(r Record, d *extract.Drop) error
	// Nothing is called for a record that gave neither a change nor a reject.
	Nothing(r Record) error
}

// Totals counts what the records gave.
type Totals struct {
	Records int
	Changes int
	Rejects map[twin.Reason]int
	Nothing int // records that gave neither a change nor a reject
	Dropped extract.Dropped
	// Findings are what is likely wrong, the gravest first.
	Findings []survey.Finding
}

// Clean reports whether every record gave a change and nothing was rejected.
func (t *Totals) Clean() bool { return len(t.Rejects) == 0 && t.Nothing == 0 }

// Run runs the records through the extractor and hands what they give to the reports.
func (e *Extractor) Run(ctx context.Context, in Inputs, reports ...Report) (Totals, error) {
	run := &run{
		extractor: e, reports: reports, out: e.Program.NewOutput(), policy: e.Program.Dataset(),
		survey: survey.New(e.Program.Tables()),
	}
	run.totals.Rejects = make(map[twin.Reason]int)
	run.policy.ExpireAfter = 0
	run.out.KeepDrops = true
	err := in.Each(ctx, run.record)
	run.totals.Findings = run.survey.Findings()
	return run.totals, err
}

type run struct {
	extractor *Extractor
	reports   []Report
	out       *extract.Output
	policy    twin.Dataset
	path      string // of the file that the records are of now
	tables    []int  // that read it
	rejected  bool   // the last record, or a part of it
	survey    *survey.Survey
	totals    Totals
}

func (r *run) record(record Record) error {
	r.totals.Records++
	r.rejected = false
	if record.Path != r.path || r.tables == nil {
		r.path, r.tables = record.Path, r.extractor.Program.TablesOf(record.Path)
	}
	r.extractor.Program.RunTables(record.Data, r.tables, r.out)
	changes := r.totals.Changes
	now := twin.MillisOf(time.Now())
	for i := range r.out.Rows {
		c := r.extractor.Program.Change(&r.out.Rows[i], 0, twin.Position{})
		r.survey.Change(record.Name, &c)
		if reason, detail, ok := twin.Admit(&c, &r.policy, now); !ok {
			detail = fmt.Sprintf("%s of %s: %s", c.Metric, c.Component, detail)
			if err := r.reject(record, &twin.Problem{Reason: reason, Detail: detail, Offset: -1}); err != nil {
				return err
			}
			continue
		}
		r.totals.Changes++
		for _, report := range r.reports {
			if err := report.Change(record, &c); err != nil {
				return err
			}
		}
	}
	for i := range r.out.Problems {
		if err := r.reject(record, &r.out.Problems[i]); err != nil {
			return err
		}
	}
	if r.out.More > 0 { // not listed, and as good as always like the first
		r.totals.Rejects[r.out.Problems[0].Reason] += r.out.More
	}
	if err := r.drops(record); err != nil {
		return err
	}
	r.totals.Dropped.Add(r.out.Dropped)
	r.survey.Record(&survey.Record{
		Name: record.Name, Path: display(record.Path), Data: record.Data, Framing: record.Framing, Tables: r.tables,
		Problems: r.out.Problems, Dropped: r.out.Dropped, Changes: r.totals.Changes - changes,
	})
	if r.totals.Changes > changes || r.rejected {
		return nil
	}
	r.totals.Nothing++
	for _, report := range r.reports {
		if err := report.Nothing(record); err != nil {
			return err
		}
	}
	return nil
}

// drops reports the rows of a record that were not delivered.
func (r *run) drops(record Record) error {
	for i := range r.out.Drops {
		for _, report := range r.reports {
			if err := report.Drop(record, &r.out.Drops[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) reject(record Record, reject *twin.Problem) error {
	r.rejected = true
	r.totals.Rejects[reject.Reason]++
	for _, report := range r.reports {
		if err := report.Reject(record, reject); err != nil {
			return err
		}
	}
	return nil
}
