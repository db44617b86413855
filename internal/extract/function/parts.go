package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// timeParts holds what takes times apart, compares and moves them.
var timeParts = append([]*Function{
	fn("EXTRACT(time)", bound(kindOf(types.BigInt), bindExtract, AnyValue),
		"A part of a time, as BIGINT: EXTRACT(unit FROM x), in UTC. DOW counts from Sunday, 1.",
		"EXTRACT(HOUR FROM TIMESTAMP '2026-11-23 10:15:30')", "10"),
	fn("TIMESTAMPDIFF(from, to)", bound(kindOf(types.Int), bindDiff, AnyValue, AnyValue),
		"The whole units from one time to another: TIMESTAMPDIFF(unit, from, to).",
		"TIMESTAMPDIFF(SECOND, TIMESTAMP '2026-11-23 10:15:30', TIMESTAMP '2026-11-23 10:17:00')", "90"),
	fn("TIMESTAMPADD(number, time)", bound(sameAs(1), bindAdd, Whole, AnyValue),
		"A time moved by a number of units: TIMESTAMPADD(unit, number, time); SECOND, MINUTE, HOUR or DAY.",
		"TIMESTAMPADD(MINUTE, 2, TIMESTAMP '2026-11-23 10:15:30')", "2026-11-23T10:17:30"),
	fn("DATE_FORMAT(time, pattern)", bound(always(stringType), bindFormat, AnyValue, Pattern),
		"A time as text in a pattern, in UTC.", "DATE_FORMAT(TIMESTAMP '2026-11-23 10:15:30', 'dd.MM.yyyy HH:mm')",
		"23.11.2026 10:15"),
}, unitFunctions()...)

// unitFunctions are YEAR(x) and the others that are EXTRACT in short.
func unitFunctions() []*Function {
	var out []*Function
	for _, u := range []struct{ name, unit, gives string }{
		{"YEAR", "YEAR", "2026"}, {"QUARTER", "QUARTER", "4"}, {"MONTH", "MONTH", "11"}, {"WEEK", "WEEK", "48"},
		{"DAYOFYEAR", "DOY", "327"}, {"DAYOFMONTH", "DAY", "23"}, {"DAYOFWEEK", "DOW", "2"},
		{"HOUR", "HOUR", "10"}, {"MINUTE", "MINUTE", "15"}, {"SECOND", "SECOND", "30"},
	} {
		extract := func(c Call) (Build, error) { c.Word = u.unit; return bindExtract(c) }
		out = append(out, fn(u.name+"(time)", bound(kindOf(types.BigInt), extract, AnyValue),
			"EXTRACT("+u.unit+" FROM x).", u.name+"(TIMESTAMP '2026-11-23 10:15:30')", u.gives))
	}
	return out
}

func unitOf(c Call) (datetime.Unit, error) {
	u, ok := datetime.ParseUnit(c.Word)
	if !ok {
		return 0, &Problem{-1, "there is no unit " + c.Word, ""}
	}
	return u, nil
}

// clock are the units of a time of the day.
var clock = map[datetime.Unit]bool{datetime.Hour: true, datetime.Minute: true, datetime.Second: true}

func bindExtract(c Call) (Build, error) {
	u, err := unitOf(c)
	if err != nil {
		return nil, err
	}
	switch k := c.Args[0].Type.Kind; {
	case k == types.Date && !u.OfDate():
		return nil, &Problem{0, "a DATE has no " + u.String(), "use a TIMESTAMP"}
	case k == types.Date:
		return func(a []code.Code) code.Code {
			return code.Code{Type: c.Type, Int: func(f *code.Frame) (int64, bool) {
				d, ok := a[0].Int(f)
				return u.ExtractDate(d), ok
			}}
		}, nil
	case Moment.Accepts(c.Args[0].Type):
		return func(a []code.Code) code.Code {
			return code.Code{Type: c.Type, Int: func(f *code.Frame) (int64, bool) {
				v, ok := a[0].Time(f)
				return u.Extract(v.Ms, v.Ns), ok
			}}
		}, nil
	}
	if t := c.Args[0].Type; (t.Kind == types.Time || t.Kind == types.Interval) && clock[u] {
		return nil, Missing{&Problem{0, "the Go engine has no EXTRACT of " + t.String(),
			"declare a TIMESTAMP(3), or cut a text with SUBSTRING"}}
	}
	return nil, &Problem{0, "EXTRACT takes a DATE or a TIMESTAMP, not " + c.Args[0].Type.String(), ""}
}

// bindDiff takes two times of one type, as Flink does.
func bindDiff(c Call) (Build, error) {
	u, err := unitOf(c)
	if err != nil {
		return nil, err
	}
	if !u.Differs() {
		return nil, &Problem{-1, "TIMESTAMPDIFF does not count in " + u.String(),
			"use SECOND, MINUTE, HOUR, DAY, WEEK, MONTH, QUARTER or YEAR"}
	}
	x, y := c.Args[0].Type, c.Args[1].Type
	switch {
	case x.Kind == types.Date && y.Kind == types.Date:
		return func(a []code.Code) code.Code {
			return code.Code{Type: c.Type, Int: func(f *code.Frame) (int64, bool) {
				from, ok := a[0].Int(f)
				to, ok2 := a[1].Int(f)
				return int64(u.Diff(from*dayMillis, to*dayMillis)), ok && ok2
			}}
		}, nil
	case Moment.Accepts(x) && x.Kind == y.Kind:
		return func(a []code.Code) code.Code {
			return code.Code{Type: c.Type, Int: func(f *code.Frame) (int64, bool) {
				from, ok := a[0].Time(f)
				to, ok2 := a[1].Time(f)
				return int64(u.Diff(from.Ms, to.Ms)), ok && ok2
			}}
		}, nil
	}
	problem := &Problem{1, "TIMESTAMPDIFF takes two times of one type, not " + x.String() + " and " + y.String(),
		"CAST one to the type of the other"}
	if x.Kind == types.Date && y.Kind == types.Timestamp || x.Kind == types.Timestamp && y.Kind == types.Date {
		return nil, Missing{problem}
	}
	return nil, problem
}

var fixedUnits = map[datetime.Unit]int64{
	datetime.Second: 1000, datetime.Minute: 60_000, datetime.Hour: 3_600_000, datetime.Day: dayMillis,
}

func bindAdd(c Call) (Build, error) {
	u, err := unitOf(c)
	if err != nil {
		return nil, err
	}
	ms, ok := fixedUnits[u]
	switch t := c.Args[1].Type; {
	case t.Kind == types.Date:
		return nil, Missing{&Problem{1, "the Go engine has no TIMESTAMPADD of DATE", "CAST it to TIMESTAMP(3)"}}
	case !Moment.Accepts(t):
		return nil, &Problem{1, "time of TIMESTAMPADD takes TIMESTAMP or TIMESTAMP_LTZ, not " + t.String(),
			castToMoment(t)}
	case !ok:
		return nil, Missing{&Problem{-1, "the Go engine has no TIMESTAMPADD of " + u.String(),
			"use SECOND, MINUTE, HOUR or DAY"}}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: c.Type, Time: func(f *code.Frame) (code.Instant, bool) {
			n, ok := a[0].Int(f)
			t, ok2 := a[1].Time(f)
			t.Ms += n * ms
			return t, ok && ok2
		}}
	}, nil
}

// castToMoment says how something becomes a time.
func castToMoment(t *types.Type) string {
	if t.Kind == types.String {
		return "write TO_TIMESTAMP_LTZ(x, 'yyyy-MM-dd HH:mm:ss', 'UTC')"
	}
	return "write CAST(x AS TIMESTAMP(3))"
}

func bindFormat(c Call) (Build, error) {
	switch t := c.Args[0].Type; {
	case t.Kind == types.String:
		return nil, Missing{&Problem{0, "the Go engine has no DATE_FORMAT of a text", castToMoment(t)}}
	case !Moment.Accepts(t):
		return nil, &Problem{0, "time of DATE_FORMAT takes TIMESTAMP or TIMESTAMP_LTZ, not " + t.String(),
			castToMoment(t)}
	}
	text, err := literalText(c, 1)
	if err != nil {
		return nil, &Problem{1, "a pattern of DATE_FORMAT that is none throws in Flink and loses the record",
			"write it as a literal text"}
	}
	formatter, err := datetime.CompileFormatter(text)
	if err != nil {
		return nil, &Problem{1, err.Error(), ""}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
			v, ok := a[0].Time(f)
			if !ok {
				return nil, false
			}
			n := len(f.Buf)
			f.Buf = formatter.Append(f.Buf, v.Ms, v.Ns)
			return f.Since(n), true
		}}
	}, nil
}
