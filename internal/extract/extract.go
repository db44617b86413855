// Package extract compiles one extractor, a file of Flink SQL, and runs it over source records.
package extract

import (
	"errors"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Program is a compiled extractor. It is immutable and safe for concurrent use.
type Program struct {
	dataset  twin.Dataset
	warnings []diag.Diagnostic
}

// Compile compiles the extractor called name (such as "hsl_hfp.sql"; the dataset is named after it).
// The error is a [diag.List] with every diagnostic of the file.
func Compile(name string, sql []byte) (*Program, error) {
	return nil, errors.New("extract: under construction")
}

// Dataset returns the catalogue entry that the file declares.
func (p *Program) Dataset() twin.Dataset { return p.dataset }

// Warnings returns what is accepted but likely not what is wanted.
func (p *Program) Warnings() []diag.Diagnostic { return p.warnings }

// Table is a source table of the file.
type Table struct {
	Name   string
	Format string // json, csv or raw
}

// Tables returns the source tables in the order of the file.
func (p *Program) Tables() []Table { return nil }

// Row is one delivered row. Its bytes are valid until the next Run with the same Output.
type Row struct {
	Component, Metric, Value, Unit []byte // Unit is nil for NULL
	EventTime                      twin.Millis
	Index                          uint16 // see twin.Rank
}

// Problem is what could not be used of a record; the rows beside it stand.
type Problem struct {
	Reason twin.Reason
	Detail string
	Column string // path of the declared column; empty for the whole record
	Offset int    // in the record; -1 where unknown
}

// Output is what one record gave, and the memory that the engine works in. It belongs to one
// goroutine and one Program, and is reused from record to record.
type Output struct {
	Rows     []Row
	Problems []Problem
	Dropped  Dropped
}

// Dropped counts the rows that were not delivered because a core field was NULL.
type Dropped struct {
	Component, Metric, Value, EventTime int
}

// NewOutput returns memory for p.
func (p *Program) NewOutput() *Output { return &Output{} }

// Run runs one source record through p and leaves what it gave in out, whose former content is
// overwritten. It never fails: what cannot be used is a Problem, also if the engine panics.
func (p *Program) Run(record []byte, out *Output) {}

// Change makes the change that row delivers for a record received at receivedAt at position.
func (p *Program) Change(row *Row, receivedAt twin.Millis, position twin.Position) twin.Change {
	d := &p.dataset
	return twin.Change{
		Dataset: d.Name, Extractor: d.Extractor, Revision: d.Revision,
		Component: string(row.Component), Metric: string(row.Metric), Value: string(row.Value), Unit: string(row.Unit),
		EventTime: row.EventTime, ReceivedAt: receivedAt, Position: position, Index: row.Index,
	}
}
