package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// textToTime is TRY_CAST of a text to DATE, TIMESTAMP or TIMESTAMP_LTZ.
func textToTime(to *types.Type) func(code.Code) code.Code {
	return func(x code.Code) code.Code {
		if to.Kind == types.Date {
			return code.Code{Type: to, Int: func(f *code.Frame) (int64, bool) {
				t, ok := x.Text(f)
				if !ok {
					return 0, false
				}
				return datetime.ParseDate(t)
			}}
		}
		return code.Code{Type: to, Time: func(f *code.Frame) (code.Instant, bool) {
			t, ok := x.Text(f)
			if !ok {
				return code.Instant{}, false
			}
			ms, ns, ok := datetime.SQL.ParseTimestamp(t)
			return code.Instant{Ms: ms, Ns: ns}, ok
		}}
	}
}
