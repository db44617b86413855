package datetime

import (
	"bytes"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// Parser reads texts by a pattern, as TO_TIMESTAMP(s, pattern) does. It is immutable.
type Parser struct{ pattern pattern }

// CompileParser compiles a pattern. The error says what is not supported and what to write instead.
func CompileParser(text string) (*Parser, error) {
	p, err := compilePattern(text)
	if err != nil {
		return nil, err
	}
	var always, ever [fieldCount]bool
	p.visit(true, func(f field, sure bool) {
		if f == yearOfEra {
			f = year
		}
		always[f] = always[f] || sure
		ever[f] = true
	})
	if (ever[month] || ever[dayOfMonth]) && !(always[year] && always[month] && always[dayOfMonth]) {
		return nil, fmt.Errorf("the pattern '%s' has a month or a day without a whole date, and an invalid one would make "+
			"Flink throw; "+
			"write yyyy, MM and dd, none of them in brackets", text)
	}
	return &Parser{p}, nil
}

// visit calls f for every number; sure is false within an optional section.
func (p pattern) visit(sure bool, f func(k field, sure bool)) {
	for i := range p {
		if e := &p[i]; e.optional != nil {
			e.optional.visit(false, f)
		} else if e.number() {
			f(e.field, sure)
		}
	}
}

// Parse reads a text: the whole of it must match. Missing parts are those of 1970-01-01 00:00:00; a day
// beyond its month is the last one; digits beyond milliseconds are cut off. A text that does not match
// is tried as yyyy-M-d or yyyy-M-d H:m:s[.n], as Flink does; see [ParseSQLDate].
func (p *Parser) Parse(text []byte) (ms int64, nanos int32, ok bool) {
	var f fields
	if i := p.pattern.parse(text, 0, &f); i == len(text) {
		if ms, nanos, ok = f.resolve(3); ok {
			return ms, nanos, true
		}
	}
	if text = java.Trim(text); bytes.IndexByte(text, ' ') >= 0 {
		return parseSQLTimestamp(text)
	}
	days, ok := ParseSQLDate(text)
	return days * day, 0, ok
}

// parse reads b from i and returns where it ended, or -1.
func (p pattern) parse(b []byte, i int, f *fields) int {
	for k := range p {
		switch e := &p[k]; {
		case e.optional != nil:
			before := *f
			if next := e.optional.parse(b, i, f); next >= 0 {
				i = next
			} else {
				*f = before
			}
		case e.number():
			if i = e.parse(b, i, f); i < 0 {
				return -1
			}
		default:
			if i+len(e.literal) > len(b) || string(b[i:i+len(e.literal)]) != e.literal {
				return -1
			}
			i += len(e.literal)
		}
	}
	return i
}

// parse reads a number. Of adjacent numbers the first takes as many digits as leave the others theirs.
func (e *element) parse(b []byte, i int, f *fields) int {
	var negative, plus bool
	if i < len(b) && e.signed {
		negative = b[i] == '-'
		plus = b[i] == '+' && e.exceeding
		if negative || plus {
			i++
		}
	}
	width := 0
	for i+width < len(b) && width < e.max+e.reserved && b[i+width]-'0' <= 9 {
		width++
	}
	if width < e.min {
		return -1
	}
	if e.reserved > 0 {
		width = max(e.min, width-e.reserved)
	}
	width = min(width, e.max)
	if e.exceeding && !negative && plus != (width > e.min) {
		return -1
	}
	var n int64
	for _, c := range b[i : i+width] {
		if n > maxYear {
			break // any larger number is as much out of range
		}
		n = 10*n + int64(c-'0')
	}
	if negative {
		if n == 0 {
			return -1
		}
		n = -n
	}
	if e.fraction {
		for k := width; k < 9; k++ {
			n *= 10
		}
	}
	if !f.set(e.field, n) {
		return -1
	}
	return i + width
}
