package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/number"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// castToBoolean is TRY_CAST of a text, and CAST of a whole number.
func castToBoolean(from *types.Type, try bool) (func(code.Code) code.Code, error) {
	to := &types.Type{Kind: types.Boolean}
	switch {
	case from.Kind == types.String && !try:
		return nil, mayThrow(to)
	case from.Kind == types.String:
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Bool: func(f *code.Frame) code.Tri {
				t, ok := x.Text(f)
				if !ok {
					return code.Unknown
				}
				v, ok := number.ParseBool(t)
				if !ok {
					return code.Unknown
				}
				return code.TriOf(v)
			}}
		}, nil
	case from.Kind == types.Int || from.Kind == types.BigInt:
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Bool: func(f *code.Frame) code.Tri {
				v, ok := x.Int(f)
				if !ok {
					return code.Unknown
				}
				return code.TriOf(v != 0)
			}}
		}, nil
	}
	return nil, notCast(from, to, try)
}

const dayMillis = 86_400_000

// castToTime is CAST between DATE, TIMESTAMP and TIMESTAMP_LTZ; the session's zone is UTC.
func castToTime(from, to *types.Type, try bool) (func(code.Code) code.Code, error) {
	isTime := func(t *types.Type) bool { return t.Kind == types.Timestamp || t.Kind == types.TimestampLTZ }
	switch {
	case from.Kind == types.String && !try:
		return nil, mayThrow(to)
	case from.Kind == types.String:
		return textToTime(to), nil
	case isTime(from) && isTime(to) && to.Precision < from.Precision:
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Time: func(f *code.Frame) (v code.Instant, ok bool) {
				if v, ok = x.Time(f); ok {
					v.Ms, v.Ns = datetime.Truncate(v.Ms, v.Ns, to.Precision)
				}
				return v, ok
			}}
		}, nil
	case isTime(from) && isTime(to): // keeps what there is beyond the precision of both
		return func(x code.Code) code.Code { return code.Code{Type: to, Time: x.Time} }, nil
	case from.Kind == types.Date && isTime(to):
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Time: func(f *code.Frame) (code.Instant, bool) {
				d, ok := x.Int(f)
				return code.Instant{Ms: d * dayMillis}, ok
			}}
		}, nil
	case isTime(from) && to.Kind == types.Date:
		days := floorDiv
		if from.Kind == types.Timestamp { // which Flink cuts toward 1970
			days = func(a, b int64) int64 { return a / b }
		}
		return func(x code.Code) code.Code {
			return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) {
				v, ok := x.Time(f)
				return days(v.Ms, dayMillis), ok
			}}
		}, nil
	}
	return nil, notCast(from, to, try)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
