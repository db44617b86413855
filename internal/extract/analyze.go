package extract

import (
	"errors"
	"path/filepath"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/plan"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Analysis is what an extractor declares, whichever engine runs it.
type Analysis struct {
	// Dataset is the catalogue entry. Where the file needs Flink, its metrics are read off the literals
	// of the INSERTs: a name that is no literal there is a pattern, * at the worst.
	Dataset twin.Dataset
	// Tables are the source tables in the order of the file.
	Tables []Table
	// Program runs the file on the Go engine. It is nil where the file needs Flink.
	Program *Program
	// Clauses are what needs Flink, with their places. There are none where there is a Program.
	Clauses diag.List
	// Warnings are what is accepted but likely not what is wanted.
	Warnings diag.List
}

// NeedsFlink reports whether only Flink runs the file. Whether Flink does, only Flink can say: what its
// clauses read and give is not checked here.
func (a *Analysis) NeedsFlink() bool { return a.Program == nil }

// Analyze judges the extractor in the file called name, such as hsl_hfp.sql; the dataset is named after
// it. The error is a [diag.List] with every diagnostic of a file that neither engine may run.
func Analyze(name string, sql []byte) (*Analysis, error) { return analyze(name, sql, nil) }

// Inspection is what an editor shows of a file, however broken it is.
type Inspection struct {
	Diagnostics diag.List
	Notes       check.Notes
}

// Inspect is [Analyze] for an editor.
func Inspect(name string, sql []byte) *Inspection {
	in := &Inspection{}
	a, err := analyze(name, sql, &in.Notes)
	if list, ok := errors.AsType[diag.List](err); ok {
		in.Diagnostics = list
	}
	if a != nil {
		in.Diagnostics = merged(a.Clauses, a.Warnings)
	}
	return in
}

func analyze(name string, sql []byte, notes *check.Notes) (*Analysis, error) {
	src := diag.Source{Name: filepath.Base(name), Text: string(sql)}
	if i := firstInvalid(src.Text); i >= 0 {
		return nil, diag.List{src.At(i, i+1, diag.Rejected, "this byte is not UTF-8", "save the file as UTF-8")}
	}
	c := collector{src: src}
	file, list := syntax.Parse(src)
	r := check.CheckNoted(file, c.report, notes)
	a := &Analysis{Dataset: dataset(src, sql)}
	settings(r.Settings, &a.Dataset, c.report)
	for _, t := range r.Tables {
		a.Tables = append(a.Tables, Table{t.Name, t.Format, t.Columns})
	}
	switch worst(slices.Concat(list, c.list)) {
	case diag.Rejected:
		return nil, c.merge(list)
	case diag.NeedsFlink:
		a.Dataset.Metrics = declared(r.Inserts)
		checkIntervals(r.Settings, &a.Dataset, c.report)
		for _, d := range c.merge(list) {
			if d.Verdict == diag.Warning {
				a.Warnings = append(a.Warnings, d)
			} else {
				a.Clauses = append(a.Clauses, d)
			}
		}
		return a, nil
	}
	a.Dataset.Metrics = metrics(r.Emits)
	checkIntervals(r.Settings, &a.Dataset, c.report)
	a.Warnings = c.merge(list)
	a.Program = &Program{
		sql: src.Text, dataset: a.Dataset, warnings: a.Warnings, tables: a.Tables, all: allOf(a.Tables),
		plan: plan.Build(r.Graph, r.Emits, len(r.Tables)), lines: lines(r.Emits, src.Text),
	}
	for _, t := range r.Tables {
		a.Program.decoders = append(a.Program.decoders, t.Decoder)
	}
	return a, nil
}

// worst returns the gravest verdict of a list, Warning if it is empty.
func worst(list diag.List) diag.Verdict {
	v := diag.Warning
	for _, d := range list {
		v = min(v, d.Verdict)
	}
	return v
}
