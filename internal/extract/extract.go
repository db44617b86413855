// Package extract compiles one extractor, a file of Flink SQL, and runs it over source records.
//
// [Analyze] judges a file: the Go engine runs it, only Flink does, or neither may. [Compile] makes a
// [Program], which is immutable and safe for concurrent use. [Program.Run] runs one
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
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/extract/plan"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// DefaultMaxRows is how many rows a record may deliver.
const DefaultMaxRows = 10_000

// Program is a compiled extractor.
type Program struct {
	sql      string
	dataset  twin.Dataset
	warnings diag.List
	tables   []Table
	all      []int // the numbers of tables
	decoders []*decode.Decoder
	plan     *plan.Plan
	lines    map[string]int // of metrics, see [Program.Lines]
}

// Compile compiles the extractor in the file called name, such as hsl_hfp.sql; the dataset is named
// after it. The error is a [diag.List] with every diagnostic of the file, warnings included; [Analyze]
// tells a file that needs Flink from a wrong one.
func Compile(name string, sql []byte) (*Program, error) {
	a, err := Analyze(name, sql)
	switch {
	case err != nil:
		return nil, err
	case a.NeedsFlink():
		return nil, merged(a.Clauses, a.Warnings)
	}
	return a.Program, nil
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

// SQL returns the text of the file.
func (p *Program) SQL() string { return p.sql }

// Lines returns the line of the file on which each metric of the dataset is delivered, from 1 on: the first where there
// are several.
func (p *Program) Lines() map[string]int { return p.lines }

// Warnings returns what is accepted but likely not what is wanted.
func (p *Program) Warnings() []diag.Diagnostic { return p.warnings }

// Change makes the change that row delivers for a record received at receivedAt at position.
func (p *Program) Change(row *Row, receivedAt twin.Millis, position twin.Position) twin.Change {
	d := &p.dataset
	return twin.Change{
		Dataset: d.Name, Extractor: d.Extractor, Revision: d.Revision,
		Component: string(row.Component), Metric: string(row.Metric), Value: string(row.Value), Unit: string(row.Unit),
		EventTime: row.EventTime, ReceivedAt: receivedAt, Position: position, Index: row.Index,
	}
}
