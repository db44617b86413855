package ir

import (
	"encoding/json"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Literal is a constant that was written as such, or an implicit NULL. Of the values that of its type
// is set.
type Literal struct {
	Null   bool
	Text   string       // of a STRING; a DECIMAL in plain notation with exactly its scale
	Int    int64        // INT, BIGINT, DATE in days, TIME and INTERVAL in ms; a BOOLEAN is 0 or 1
	Double float64      // DOUBLE
	Time   code.Instant // TIMESTAMP, TIMESTAMP_LTZ
}

// Build implements [Op].
func (l Literal) Build(e *Expr, _ []code.Code) code.Code {
	if l.Null {
		return code.Null(e.Type)
	}
	switch e.Type.Kind {
	case types.Boolean:
		return code.BoolConst(code.TriOf(l.Int != 0))
	case types.Double:
		return code.DoubleConst(l.Double)
	case types.String, types.Decimal:
		return code.TextConst(e.Type, []byte(l.Text))
	case types.Timestamp, types.TimestampLTZ:
		return code.TimeConst(e.Type, l.Time)
	}
	return code.IntConst(e.Type, l.Int)
}

// Facts says whether the literal is a number other than 0, or JSON text.
func (l Literal) Facts(t *types.Type, _ []*Expr) Facts {
	f := Facts{Cheap: true}
	switch {
	case l.Null:
	case t.Kind == types.Decimal:
		f.NonZero = strings.Trim(l.Text, "0.") != ""
	case t.Numeric():
		f.NonZero = l.Int != 0 || l.Double != 0
	case t.Kind == types.String && json.Valid([]byte(l.Text)):
		f.JSON = IsJSON
	}
	return f
}
