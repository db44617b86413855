package function

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var (
	instantType   = &types.Type{Kind: types.TimestampLTZ, Precision: 3}
	timestampType = &types.Type{Kind: types.Timestamp, Precision: 3}
	dateType      = &types.Type{Kind: types.Date}
)

// temporal holds what makes times of texts and numbers.
var temporal = []*Function{
	fn("TO_TIMESTAMP_LTZ(value, [precision or pattern], [zone])",
		bound(always(instantType), bindInstant, AnyValue, AnyValue, Text).takesNull(),
		"An instant: of a number of seconds (0) or milliseconds (3) since 1970; or of a text in a pattern, as clocks of a "+
			"zone (UTC) show it. "+
			"NULL for what cannot be read.",
		"TO_TIMESTAMP_LTZ('25.09.2016 20:17', 'dd.MM.yyyy HH:mm', 'Europe/Zurich')", "2016-09-25T18:17:00Z"),
	fn("TO_TIMESTAMP(text, [pattern])", bound(always(timestampType), bindTimestamp, Text, Pattern),
		"A timestamp without a zone: of a text as yyyy-MM-dd HH:mm:ss, or in a pattern. NULL for what cannot be read.",
		"TO_TIMESTAMP('2026-11-23 10:15:30')", "2026-11-23T10:15:30"),
}

// bindInstant is TO_TIMESTAMP_LTZ(number[, 0 | 3]) and TO_TIMESTAMP_LTZ(text, pattern[, zone]).
func bindInstant(c Call) (Build, error) {
	switch t := c.Args[0].Type; {
	case !t.Numeric() && t.Kind != types.String:
		return nil, &Problem{0, "TO_TIMESTAMP_LTZ takes a number or a text, not " + t.String(), ""}
	case isNull(c.Args[0]) || t.Kind == types.String && len(c.Args) > 1 && isNull(c.Args[1]):
		return func([]code.Code) code.Code { return code.Null(c.Type) }, nil
	case t.Kind == types.String:
		return bindInstantText(c)
	case t.Kind == types.Decimal:
		return nil, Missing{&Problem{0, "the Go engine has no TO_TIMESTAMP_LTZ of DECIMAL",
			"declare the column as BIGINT or DOUBLE"}}
	case len(c.Args) > 2:
		return nil, &Problem{2, "a number of seconds has no zone: it counts from 1970 in UTC", "leave the zone out"}
	}
	precision := 3
	if len(c.Args) == 2 {
		n, ok := literalInt(c, 1)
		if !ok || n != 0 && n != 3 {
			return nil, &Problem{1, "the precision of TO_TIMESTAMP_LTZ is 0 (seconds) or 3 (milliseconds)",
				"microseconds are divided first: TO_TIMESTAMP_LTZ(n / 1000, 3), nanoseconds by 1000000"}
		}
		precision = int(n)
	}
	return func(a []code.Code) code.Code {
		x := a[0]
		return code.Code{Type: instantType, Time: func(f *code.Frame) (code.Instant, bool) {
			if x.Double != nil {
				v, ok := x.Double(f)
				if !ok {
					return code.Instant{}, false
				}
				ms, ok := datetime.FromEpochDouble(v, precision)
				return code.Instant{Ms: ms}, ok
			}
			v, ok := x.Int(f)
			if !ok {
				return code.Instant{}, false
			}
			ms, ok := datetime.FromEpoch(v, precision)
			return code.Instant{Ms: ms}, ok
		}}
	}, nil
}

// isNull reports whether an argument is a NULL that was written as such.
func isNull(e *ir.Expr) bool {
	l, _ := e.Literal()
	return l.Null
}

func bindInstantText(c Call) (Build, error) {
	if len(c.Args) == 1 {
		return nil, &Problem{0, "TO_TIMESTAMP_LTZ of a text without a pattern throws in Flink for a text in another form, " +
			"which loses the record",
			"write TO_TIMESTAMP_LTZ(x, 'yyyy-MM-dd''T''HH:mm:ss', 'UTC')"}
	}
	parser, err := patternParser(c, 1)
	if err != nil {
		return nil, err
	}
	zones := &datetime.Zones{}
	zone := datetime.Zone{}
	fixed := len(c.Args) < 3
	if !fixed {
		if l, ok := c.Args[2].Literal(); ok && !l.Null {
			if zone, err = datetime.ParseZone(l.Text); err != nil {
				return nil, &Problem{2, "there is no zone '" + l.Text + "'",
					"write a name such as 'Europe/Zurich', or an offset such as '+02:00'"}
			}
			fixed = true
		}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: instantType, Time: func(f *code.Frame) (code.Instant, bool) {
			t, ok := a[0].Text(f)
			if !ok {
				return code.Instant{}, false
			}
			in := zone
			if !fixed {
				name, ok := a[2].Text(f)
				if !ok {
					return code.Instant{}, false
				}
				if in, ok = zones.Zone(name); !ok {
					return code.Instant{}, false
				}
			}
			ms, ns, ok := parser.Parse(t)
			return code.Instant{Ms: in.Instant(ms), Ns: ns}, ok
		}}
	}, nil
}

// patternParser compiles the literal pattern of argument i.
func patternParser(c Call, i int) (*datetime.Parser, error) {
	if c.Args[i].Type.Kind != types.String {
		return nil, &Problem{i, "the pattern of a text is a text, not " + c.Args[i].Type.String(),
			"write 'yyyy-MM-dd HH:mm:ss'"}
	}
	text, err := literalText(c, i)
	if err != nil {
		return nil, err
	}
	p, err := datetime.CompileParser(text)
	if err != nil {
		return nil, &Problem{i, err.Error(), rewritten(c, text)}
	}
	return p, nil
}

// rewritten is the hint for a pattern with parts that the engines do not take.
func rewritten(c Call, pattern string) string {
	r, ok := datetime.Rewrite(pattern)
	if !ok {
		return ""
	}
	quote := func(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
	out := "TO_TIMESTAMP_LTZ(" + r.Text + ", " + quote(r.Pattern)
	zone := r.Zone
	if len(c.Args) > 2 && zone == "" {
		if l, ok := c.Args[2].Literal(); ok {
			zone = quote(l.Text)
		}
	}
	if zone != "" {
		out += ", " + zone
	}
	return "write " + out + ")"
}

func bindTimestamp(c Call) (Build, error) {
	parse := func(t []byte) (int64, int32, bool) { return datetime.CastTimestamp(t, 3) }
	if len(c.Args) == 2 {
		p, err := patternParser(c, 1)
		if err != nil {
			return nil, err
		}
		parse = p.Parse
	}
	return func(a []code.Code) code.Code { return timeOfText(timestampType, a[0], parse) }, nil
}

func timeOfText(t *types.Type, x code.Code, parse func([]byte) (int64, int32, bool)) code.Code {
	return code.Code{Type: t, Time: func(f *code.Frame) (code.Instant, bool) {
		s, ok := x.Text(f)
		if !ok {
			return code.Instant{}, false
		}
		ms, ns, ok := parse(s)
		return code.Instant{Ms: ms, Ns: ns}, ok
	}}
}

func dateOfText(x code.Code, parse func([]byte) (int64, bool)) code.Code {
	return code.Code{Type: dateType, Int: func(f *code.Frame) (int64, bool) {
		s, ok := x.Text(f)
		if !ok {
			return 0, false
		}
		return parse(s)
	}}
}

// textToTime is TRY_CAST of a text to DATE, TIMESTAMP or TIMESTAMP_LTZ.
func textToTime(to *types.Type) func(code.Code) code.Code {
	if to.Kind == types.Date {
		return func(x code.Code) code.Code { return dateOfText(x, datetime.CastDate) }
	}
	return func(x code.Code) code.Code {
		return timeOfText(to, x, func(t []byte) (int64, int32, bool) { return datetime.CastTimestamp(t, to.Precision) })
	}
}
