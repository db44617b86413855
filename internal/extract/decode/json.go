package decode

import (
	"errors"
	"sync"

	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// jsonFormat is the format 'json'.
type jsonFormat struct {
	root          *column
	objects       int // ROWs in it
	ignore        bool
	failOnMissing bool
	standard      datetime.Standard
	decimals      bool // a DECIMAL is declared somewhere, which changes how numbers within text are printed
	cursors       sync.Pool
}

func newJSON(l *row.Layout, options Options) (*jsonFormat, error) {
	if options.IgnoreParseErrors && options.JSON.FailOnMissingField {
		return nil, errors.New("json.ignore-parse-errors and json.fail-on-missing-field exclude each other")
	}
	root, err := newColumns(l)
	if err != nil {
		return nil, err
	}
	f := &jsonFormat{
		root:          root,
		objects:       root.number(0),
		ignore:        options.IgnoreParseErrors,
		failOnMissing: options.JSON.FailOnMissingField,
		standard:      options.JSON.Timestamps,
		decimals:      root.has(types.Decimal),
	}
	f.cursors.New = func() any { return &cursor{opts: f} }
	return f, nil
}

func (f *jsonFormat) decode(msg []byte, rec *row.Record, sink Sink) {
	if len(msg) == 0 {
		return
	}
	s := f.scanner(msg, rec)
	if delivered, done := s.message(sink); !done {
		f.walk(msg, rec, sink, delivered)
	}
}

// secondValue reports an object or array after the value that ends before i: Flink reads only the first value of a
// message. Other text there is no loss.
func secondValue(text []byte, i int, sink Sink) {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	if i < len(text) && (text[i] == '{' || text[i] == '[') {
		sink.Problem(Problem{
			Offset: i, Detail: "only the first JSON value of the record is read, and this is another; where each is a line, " +
				"set framing lines",
		})
	}
}

// walk decodes msg by the cursor, without the rows that were delivered already.
func (f *jsonFormat) walk(msg []byte, rec *row.Record, sink Sink, delivered int) {
	text, failed := jsonText(msg)
	c := f.cursors.Get().(*cursor)
	c.reset(text)
	c.rec, c.sink, c.skipRows = rec, sink, delivered
	c.syntax, c.misled, c.path = nil, nil, c.path[:0]
	if failed != nil {
		c.reject(failed)
	} else {
		c.run()
	}
	c.rec, c.sink, c.p = nil, nil, nil
	f.cursors.Put(c)
}
