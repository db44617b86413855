// Package decode turns source records into rows, exactly as Apache Flink's formats 'json', 'csv' and
// 'raw' do, quirks included, because an extractor must give the same rows on both engines.
//
// A [Decoder] is made once from the declared columns of a table, and decodes any number of messages
// into a [row.Record]. JSON takes one of two ways. The scanner knows the schema, goes over the text
// once and writes typed cells; it gives up at the first thing that is not plain. Where objects have
// the shape of those before, which it learns as it goes, it compares texts instead of reading names,
// and it leaves numbers to be converted when they are read. Where it gave up, the cursor, a
// port of the algorithm of Flink's decoder over a tokenizer that behaves as Flink's parser does, runs
// over the same message. The two are held to the same results by a fuzz test, the cursor to Flink's
// by the cases in testdata.
//
// What cannot be read is a [Problem] beside the rows, never an error that stops anything. With
// ignore-parse-errors a value that does not fit its column is NULL; but note that a container where
// none is declared (or the other way round) makes Flink's decoder lose its place, so that neighbouring
// columns may be wrong or NULL too. Without the option the first problem of a record ends it.
//
// Known deviation: where real Flink would never come back from a record (it reads on for ever behind
// the end of the text), the record gives no further row and a Problem that says so.
package decode

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Options are the options of the formats. The zero value of each is Flink's default.
type Options struct {
	IgnoreParseErrors bool // json and csv: NULL or no row instead of an error

	JSON JSONOptions
	CSV  CSVOptions
	Raw  RawOptions
}

// JSONOptions are the options of 'json' alone.
type JSONOptions struct {
	Timestamps         datetime.Standard // 'json.timestamp-format.standard'
	FailOnMissingField bool              // not together with IgnoreParseErrors
}

// Problem is something that could not be read.
type Problem struct {
	Column string // path of the declared column, such as axles[2].bearingTempC; empty if the record gives no row for it
	Offset int    // in bytes of the message, where it was noticed
	Detail string // what is wrong
}

// Sink takes what a message gives, in its order.
type Sink interface {
	// Row is called for every row, which lies in the record given to Decode until Row returns.
	Row()
	// Problem is called for what could not be read: for a column of a row just before its Row; with an empty Column
	// for a row that is not given at all, and for what follows the first value or line of the message, of which
	// Flink reads nothing.
	Problem(Problem)
}

// Decoder decodes the messages of one table. It is immutable and safe for concurrent use.
type Decoder struct {
	layout *row.Layout
	format interface {
		decode(msg []byte, rec *row.Record, sink Sink)
	}
}

// New makes a decoder for format json, csv or raw and the physical columns of a table. The error
// says which option or column the format does not take.
func New(format string, columns []types.Field, options Options) (*Decoder, error) {
	if len(columns) == 0 {
		return nil, fmt.Errorf("decode: format %s needs at least one column", format)
	}
	d := &Decoder{layout: row.NewLayout(columns)}
	var err error
	switch format {
	case "json":
		d.format, err = newJSON(d.layout, options)
	case "csv":
		d.format, err = newCSV(d.layout, options)
	case "raw":
		d.format, err = newRaw(d.layout, options)
	default:
		err = fmt.Errorf("unknown format %q; there are json, csv and raw", format)
	}
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return d, nil
}

// Layout says where the columns lie in a record.
func (d *Decoder) Layout() *row.Layout { return d.layout }

// Decode decodes msg into rec, which must be of the decoder's layout, and tells sink what it finds.
// The texts of the cells point into msg or rec: msg must stay as it is for as long as the row is used.
func (d *Decoder) Decode(msg []byte, rec *row.Record, sink Sink) {
	rec.Scratch = rec.Scratch[:0]
	d.format.decode(msg, rec, sink)
}
