package check

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// options reads WITH (..) of a source table.
type options struct {
	c      *checker
	table  *syntax.CreateTable
	format string
	out    decode.Options
	ok     bool
}

// optionKinds are the options that a source can have, by format.
var optionKeys = map[string][]string{
	"json": {"json.ignore-parse-errors", "json.fail-on-missing-field", "json.timestamp-format.standard",
		"json.decode.json-parser.enabled"},
	"csv": {"csv.ignore-parse-errors", "csv.field-delimiter", "csv.disable-quote-character", "csv.quote-character",
		"csv.escape-character",
		"csv.null-literal", "csv.array-element-delimiter", "csv.allow-comments"},
	"raw": {"raw.charset"},
}

// decoder makes the decoder of a table from its options; nil after a diagnostic. The options of a table
// whose columns are not ok are read for what is wrong with them too.
func (c *checker) decoder(s *syntax.CreateTable, t *Table, ok bool) *decode.Decoder {
	o := &options{c: c, table: s, ok: true}
	var formatAt syntax.Node = s.Name
	for _, opt := range s.Options {
		if opt.Key.Value == "format" {
			o.format, formatAt = opt.Value.Value, opt.Value
		}
	}
	if o.format == "" {
		c.reject(s.Name, "the table "+s.Name.Name+" does not say how its records are written",
			"write WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true')")
		return nil
	}
	if _, ok := optionKeys[o.format]; !ok {
		c.reject(formatAt, "the format "+o.format+" is not supported", suggest(o.format, []string{"json", "csv", "raw"}))
		return nil
	}
	seen := map[string]bool{}
	for _, opt := range s.Options {
		if seen[opt.Key.Value] {
			c.reject(opt.Key, "the option "+opt.Key.Value+" is given twice", "")
			o.ok = false
		}
		seen[opt.Key.Value] = true
		o.read(opt)
	}
	if !o.ok || !ok {
		return nil
	}
	if o.format != "raw" && !o.out.IgnoreParseErrors {
		c.warn(s.Name, "a record that cannot be read would stop this source on Flink, again after every restart",
			"add '"+o.format+".ignore-parse-errors' = 'true'; what is ignored is still counted and kept as a reject")
	}
	c.formatTraps(s, t, o.format, seen)
	d, err := decode.New(o.format, t.Columns, o.out)
	if err != nil {
		c.reject(s.Name, strings.TrimPrefix(err.Error(), "decode: "), "")
		return nil
	}
	t.Format = o.format
	return d
}

// formatTraps warns of columns that a format reads otherwise than one expects.
func (c *checker) formatTraps(s *syntax.CreateTable, t *Table, format string, given map[string]bool) {
	for _, col := range s.Columns {
		if col.Type == nil {
			continue
		}
		switch name := col.Type.Name; {
		case format == "csv" && name == "BOOLEAN":
			c.warn(col.Type, "a csv field is false for everything but true, the empty field too",
				"declare STRING and write TRY_CAST("+syntax.Quote(col.Name.Name)+" AS BOOLEAN)")
		case format == "json" && !given["json.timestamp-format.standard"] && hasTime(t, col.Name.Name):
			c.warn(col.Type, "without 'json.timestamp-format.standard' times are read as 2026-11-23 10:15:30, and with a T "+
				"between they are NULL",
				"add 'json.timestamp-format.standard' = 'ISO-8601', or 'SQL' if that is how they are written")
		}
	}
}

// hasTime reports whether a column holds a timestamp anywhere.
func hasTime(t *Table, column string) bool {
	for _, f := range t.Columns {
		if f.Name == column {
			return holdsTime(f.Type)
		}
	}
	return false
}

func holdsTime(t *types.Type) bool {
	if isTime(t) || t.Elem != nil && holdsTime(t.Elem) {
		return true
	}
	for _, f := range t.Fields {
		if holdsTime(f.Type) {
			return true
		}
	}
	return false
}

func (o *options) read(opt syntax.Option) {
	key, value := opt.Key.Value, opt.Value
	switch key {
	case "format":
	case "json.ignore-parse-errors", "csv.ignore-parse-errors":
		o.out.IgnoreParseErrors = o.truth(value)
	case "json.fail-on-missing-field":
		o.out.JSON.FailOnMissingField = o.truth(value)
	case "json.timestamp-format.standard":
		switch value.Value {
		case "SQL":
			o.out.JSON.Timestamps = datetime.SQL
		case "ISO-8601":
			o.out.JSON.Timestamps = datetime.ISO8601
		default:
			o.bad(value, "there is no timestamp format "+value.Value,
				"write 'SQL' or 'ISO-8601'; times with an offset are declared STRING and read with TO_TIMESTAMP_LTZ")
		}
	case "json.decode.json-parser.enabled":
		if !o.truth(value) && o.ok {
			o.bad(value, "the tree decoder is not supported", "leave the option out")
		}
	case "connector":
		o.bad(opt.Key, "an extractor declares shape and meaning; the stream is bound outside, by the name of the table",
			"leave 'connector' and its options out")
	case "csv.field-delimiter":
		o.out.CSV.FieldDelimiter = value.Value
	case "csv.disable-quote-character":
		o.out.CSV.DisableQuote = o.truth(value)
	case "csv.quote-character":
		o.out.CSV.Quote = value.Value
	case "csv.escape-character":
		o.out.CSV.Escape = value.Value
	case "csv.null-literal":
		o.out.CSV.NullLiteral, o.out.CSV.HasNullLiteral = value.Value, true
	case "csv.array-element-delimiter":
		o.out.CSV.ArrayDelimiter = value.Value
	case "csv.allow-comments":
		o.out.CSV.AllowComments = o.truth(value)
	case "raw.charset":
		if o.out.Raw.Charset = value.Value; value.Value == "" {
			o.bad(value, "a charset has a name", "write 'ISO-8859-1', or leave the option out for UTF-8")
		}
	default:
		known := append([]string{"format"}, optionKeys[o.format]...)
		o.bad(opt.Key, "there is no option "+key+" for the format "+o.format,
			strings.ReplaceAll(suggest(key, known), "`", "'"))
		return
	}
	if i := strings.IndexByte(key, '.'); i > 0 && key[:i] != o.format {
		o.bad(opt.Key, "the option "+key+" does not belong to the format "+o.format, "")
	}
}

func (o *options) bad(n syntax.Node, message, hint string) {
	o.c.reject(n, message, hint)
	o.ok = false
}

func (o *options) truth(v syntax.Text) bool {
	switch strings.ToLower(v.Value) {
	case "true":
		return true
	case "false":
		return false
	}
	o.bad(v, "'"+v.Value+"' is neither 'true' nor 'false'", "")
	return false
}
