package decode

import (
	"fmt"
	"strconv"
	"unicode/utf16"
)

// CSVOptions are the options of 'csv' alone. An empty text is Flink's default.
type CSVOptions struct {
	FieldDelimiter string // one character, may be written as an escape such as \t; default ","
	DisableQuote   bool   // not together with Quote
	Quote          string // one character; default "\""
	Escape         string // one character; default none
	NullLiteral    string // the text that is NULL, where HasNullLiteral is set
	HasNullLiteral bool
	ArrayDelimiter string // between the elements of an ARRAY and the fields of a ROW; default ";"
	AllowComments  bool   // lines that begin with # are skipped
}

// noChar stands for a special character that is not there.
const noChar = -1

// csvSyntax is CSVOptions checked: the characters that mean something.
type csvSyntax struct {
	delimiter, quote, escape rune
	arrays                   []byte
	null                     []byte
	hasNull, comments        bool
}

func (o CSVOptions) syntax() (s csvSyntax, err error) {
	s = csvSyntax{
		delimiter: ',', quote: '"', escape: noChar, arrays: []byte(";"),
		null: []byte(o.NullLiteral), hasNull: o.HasNullLiteral, comments: o.AllowComments,
	}
	if o.DisableQuote {
		if s.quote = noChar; o.Quote != "" {
			return s, fmt.Errorf("csv.quote-character and csv.disable-quote-character exclude each other")
		}
	}
	if o.ArrayDelimiter != "" {
		s.arrays = []byte(o.ArrayDelimiter)
	}
	for _, c := range []struct {
		key, value string
		to         *rune
	}{
		{"field-delimiter", unescapeJava(o.FieldDelimiter), &s.delimiter},
		{"quote-character", o.Quote, &s.quote},
		{"escape-character", o.Escape, &s.escape},
	} {
		switch units := utf16.Encode([]rune(c.value)); len(units) {
		case 0:
		case 1:
			*c.to = rune(units[0])
		default:
			return s, fmt.Errorf("csv.%s must be one character, not %q", c.key, c.value)
		}
	}
	return s, nil
}

// unescapeJava resolves the escapes of a Java string literal, as Flink does for the field delimiter.
func unescapeJava(s string) string {
	out, rest := "", s
	for rest != "" {
		r, _, tail, err := strconv.UnquoteChar(rest, 0)
		if err != nil { // an escape that Java does not have is its character
			if r, rest = rune(rest[0]), rest[1:]; r == '\\' {
				continue
			}
			tail = rest
		}
		out, rest = out+string(r), tail
	}
	return out
}
