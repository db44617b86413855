package flink

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Fault is what a record made go wrong. Kind is "decode" (the format threw: without
// ignore-parse-errors the job would fail), "query" (an expression threw: with ignore-parse-errors
// Flink swallows it with the rest of the record) or "hang" (the format never ends: the job would stand
// still).
type Fault struct {
	Record        int
	Kind, Message string
}

// Rows is what came out, by record. A row is a JSON array with a value for each column: numbers and
// booleans as themselves, NaN and the infinities as text, DECIMAL as text with its scale, times as
// ISO text with nine digits of the second (an instant ends in Z), BYTES in base64, ROW and ARRAY as
// arrays, MAP as an array of [key, value] in the order of the keys.
type Rows struct {
	Types  []string // of the columns, as Flink writes them; nil for Run
	Rows   [][]json.RawMessage
	Faults []Fault
	Failed string // why the job as a whole failed; the rows are those until then
}

// Run runs a whole extractor over records. A row has the five columns of digitaltwin.
func (o *Oracle) Run(sql string, records [][]byte) (*Rows, error) {
	a := &Rows{}
	return a, o.call(map[string]any{"op": "run", "sql": sql, "records": notNil(records)}, a)
}

// RunTogether is Run for extractors that look at many records. Records go in one after the other without waiting
// for their rows, so all rows come under the last record; at the end of the records all windows end.
func (o *Oracle) RunTogether(sql string, records [][]byte) (*Rows, error) {
	a := &Rows{}
	return a, o.call(map[string]any{"op": "run", "sql": sql, "records": notNil(records), "together": true}, a)
}

// Select runs one query over the tables and views of a script, whose INSERTs do not run.
func (o *Oracle) Select(sql, query string, records [][]byte) (*Rows, error) {
	a := &Rows{}
	return a, o.call(map[string]any{"op": "select", "sql": sql, "query": query, "records": notNil(records)}, a)
}

// Values is what expressions gave.
type Values struct {
	Types   []string  // by expression; empty where it is refused
	Refused []*string // by expression: nil, or why Flink does not plan it
	Rows    [][][]Value
}

// Value is the JSON of a value, as in [Rows], or the error that the expression threw.
type Value struct {
	JSON  json.RawMessage
	Error string
}

// UnmarshalJSON takes a value: only an error is an object.
func (v *Value) UnmarshalJSON(b []byte) error {
	if !bytes.HasPrefix(b, []byte("{")) {
		v.JSON = append(v.JSON[:0], b...)
		return nil
	}
	var e struct{ Error string }
	err := json.Unmarshal(b, &e)
	v.Error = e.Error
	return err
}

// Eval evaluates expressions over the columns of a table or view of the script. Rows are by record,
// then by row that the record gave, then by expression.
func (o *Oracle) Eval(sql, from string, exprs []string, records [][]byte) (*Values, error) {
	a := &Values{}
	return a, o.call(map[string]any{"op": "eval", "sql": sql, "from": from, "exprs": exprs, "records": notNil(records)}, a)
}

// Verdicts is what Flink's planner says.
type Verdicts struct {
	Script  *string   `json:"refused_script"` // nil, or why Flink does not plan the script
	Queries []*string `json:"refused"`        // by query
}

// Plan plans a whole script, and each of the queries over its tables, and runs nothing.
func (o *Oracle) Plan(sql string, queries []string) (*Verdicts, error) {
	a := &Verdicts{}
	return a, o.call(map[string]any{"op": "plan", "sql": sql, "queries": queries}, a)
}

// Row is one row of digitaltwin; nil is NULL.
type Row struct {
	Component, Metric, Value, Unit, EventTime *string
}

// ParseRow takes a row that Run gave.
func ParseRow(b json.RawMessage) (r Row, err error) {
	columns := []any{&r.Component, &r.Metric, &r.Value, &r.Unit, &r.EventTime}
	if err = json.Unmarshal(b, &columns); err == nil && len(columns) != 5 {
		err = fmt.Errorf("flink: a row of %d columns", len(columns))
	}
	return r, err
}

func notNil(records [][]byte) [][]byte {
	if records == nil {
		return [][]byte{}
	}
	return records
}

// Function is a function of Flink's SQL, with the number of arguments that it takes; Most is -1 where there is no
// limit.
type Function struct {
	Name        string
	Least, Most int
}

// Functions returns all of them in alphabetical order.
func (o *Oracle) Functions() ([]Function, error) {
	var a struct{ Functions []Function }
	err := o.call(map[string]any{"op": "functions"}, &a)
	return a.Functions, err
}
