package function

import (
	"math"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var instantType = &types.Type{Kind: types.TimestampLTZ, Precision: 3}

var temporal = []*Function{
	{
		Name: "TO_TIMESTAMP_LTZ", Doc: "The instant of a number of seconds (0) or milliseconds (3) since 1970; NULL outside of the years 0000 to 9999.",
		Params: []Param{{"number", Number}, {"precision", Whole}}, Optional: 1,
		Result:  func([]*types.Type) *types.Type { return instantType },
		Bind:    bindEpoch,
		Example: "TO_TIMESTAMP_LTZ(1743466326, 0)", Gives: "2025-04-01 00:12:06.000",
	},
}

// bindEpoch is TO_TIMESTAMP_LTZ(number[, 0 | 3]).
func bindEpoch(c Call) (func([]code.Code) code.Code, error) {
	scale := int64(1)
	if len(c.Args) == 2 {
		l := c.Args[1].Literal
		switch {
		case l == nil || l.Null || l.Int != 0 && l.Int != 3:
			return nil, &Problem{1, "the precision of TO_TIMESTAMP_LTZ is 0 (seconds) or 3 (milliseconds)", "Flink throws for others"}
		case l.Int == 0:
			scale = 1000
		}
	}
	if c.Args[0].Type.Kind == types.Decimal {
		return nil, &Problem{0, "TO_TIMESTAMP_LTZ of a DECIMAL is not supported", "declare the column as BIGINT or DOUBLE"}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: instantType, Time: func(f *code.Frame) (code.Instant, bool) {
			ms, ok := epochMillis(f, &a[0], scale)
			if !ok || ms < int64(twin.MinMillis) || ms > int64(twin.MaxMillis) {
				return code.Instant{}, false
			}
			return code.Instant{Ms: ms}, true
		}}
	}, nil
}

func epochMillis(f *code.Frame, x *code.Code, scale int64) (int64, bool) {
	if x.Double != nil {
		v, ok := x.Double(f)
		v = math.Trunc(v * float64(scale))
		return int64(v), ok && math.Abs(v) < 1e15
	}
	v, ok := x.Int(f)
	return v * scale, ok && v < math.MaxInt64/1000 && v > math.MinInt64/1000
}
