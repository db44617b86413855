// Package extract compiles one extractor, a file of Flink SQL, and runs it over source records.
//
// [Compile] makes a [Program], which is immutable and safe for concurrent use. [Program.Run] runs one
// record through it; the rows and what could not be used land in an [Output], which also holds the
// memory that the engine works in, so that a record costs no allocation once it is warm.
//
// The folders below are the stages, in order:
//
//	syntax    text → tree
//	check     tree → typed, interned graph (ir); names, types, refusals
//	plan      graph → loops over scopes with guarded emits
//	code      the closures that expressions are compiled to
//	function  the table of scalar functions, over the libraries in scalar
//	decode    record → cells (row), by the declared columns
//
// What the engine accepts gives the same rows as Apache Flink 2.2 on the same file. What it cannot
// promise that for it refuses, with a [diag.Diagnostic] that says where, why and what to write.
package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/check"
	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/plan"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// DefaultMaxRows is how many rows a record may deliver.
const DefaultMaxRows = 10_000

// Program is a compiled extractor.
type Program struct {
	dataset  twin.Dataset
	warnings diag.List
	tables   []Table
	decoders []*decode.Decoder
	plan     *plan.Plan
}

// Table is a source table of the file.
type Table struct {
	Name   string
	Format string // json, csv or raw
}

// Compile compiles the extractor in the file called name, such as hsl_hfp.sql; the dataset is named
// after it. The error is a [diag.List] with every diagnostic of the file, warnings included.
func Compile(name string, sql []byte) (*Program, error) {
	src := diag.Source{Name: filepath.Base(name), Text: string(sql)}
	if i := firstInvalid(src.Text); i >= 0 {
		return nil, diag.List{src.At(i, i+1, diag.Rejected, "this byte is not UTF-8", "save the file as UTF-8")}
	}
	c := collector{src: src}
	file, list := syntax.Parse(src)
	r := check.Check(file, c.report)
	p := &Program{dataset: dataset(src, sql)}
	settings(r.Settings, &p.dataset, c.report)
	if len(list) == 0 && !c.failed() {
		p.dataset.Metrics = metrics(r.Emits)
		checkIntervals(r.Settings, &p.dataset, c.report)
	}
	list = c.merge(list)
	if slices.ContainsFunc(list, func(d diag.Diagnostic) bool { return d.Verdict != diag.Warning }) {
		return nil, list
	}
	p.warnings = list
	for _, t := range r.Tables {
		p.tables = append(p.tables, Table{t.Name, t.Format})
		p.decoders = append(p.decoders, t.Decoder)
	}
	p.plan = plan.Build(r.Graph, r.Emits, len(r.Tables))
	return p, nil
}

// dataset begins the catalogue entry of a file.
func dataset(src diag.Source, sql []byte) twin.Dataset {
	sum := sha256.Sum256(sql)
	return twin.Dataset{
		Name:      strings.TrimSuffix(src.Name, filepath.Ext(src.Name)),
		Extractor: hex.EncodeToString(sum[:])[:12],
	}
}

func firstInvalid(s string) int {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

// Dataset returns the catalogue entry that the file declares.
func (p *Program) Dataset() twin.Dataset { return p.dataset }

// Warnings returns what is accepted but likely not what is wanted.
func (p *Program) Warnings() []diag.Diagnostic { return p.warnings }

// Tables returns the source tables in the order of the file.
func (p *Program) Tables() []Table { return p.tables }

// Change makes the change that row delivers for a record received at receivedAt at position.
func (p *Program) Change(row *Row, receivedAt twin.Millis, position twin.Position) twin.Change {
	d := &p.dataset
	return twin.Change{
		Dataset: d.Name, Extractor: d.Extractor, Revision: d.Revision,
		Component: string(row.Component), Metric: string(row.Metric), Value: string(row.Value), Unit: string(row.Unit),
		EventTime: row.EventTime, ReceivedAt: receivedAt, Position: position, Index: row.Index,
	}
}
