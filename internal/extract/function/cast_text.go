package function

import (
	"strconv"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// castToText is CAST(x AS STRING).
func castToText(from *types.Type, try bool) (func(code.Code) code.Code, error) {
	switch from.Kind {
	case types.Int, types.BigInt:
		return intText(func(dst []byte, v int64) []byte { return strconv.AppendInt(dst, v, 10) }), nil
	case types.Date:
		return intText(datetime.AppendDate), nil
	case types.Boolean:
		yes, no := []byte("TRUE"), []byte("FALSE")
		return func(x code.Code) code.Code {
			return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
				switch x.Bool(f) {
				case code.True:
					return yes, true
				case code.False:
					return no, true
				}
				return nil, false
			}}
		}, nil
	case types.Decimal:
		return func(x code.Code) code.Code { return code.Code{Type: stringType, Text: x.Text} }, nil
	case types.Timestamp, types.TimestampLTZ:
		return func(x code.Code) code.Code {
			return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
				v, ok := x.Time(f)
				if !ok {
					return nil, false
				}
				n := len(f.Buf)
				f.Buf = datetime.AppendTimestamp(f.Buf, v.Ms, v.Ns, from.Precision)
				return f.Since(n), true
			}}
		}, nil
	case types.Double:
		return nil, &Problem{0, "the text of a DOUBLE depends on the release of Java",
			"write JSON_STRING(x) to deliver it, or CAST(CAST(x AS BIGINT) AS STRING)"}
	}
	return nil, notCast(from, stringType, try)
}

func intText(write func(dst []byte, v int64) []byte) func(code.Code) code.Code {
	return func(x code.Code) code.Code {
		return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
			v, ok := x.Int(f)
			if !ok {
				return nil, false
			}
			n := len(f.Buf)
			f.Buf = write(f.Buf, v)
			return f.Since(n), true
		}}
	}
}
