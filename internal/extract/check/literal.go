package check

import (
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/datetime"
	"github.com/railtwin/digitaltwin/internal/extract/syntax"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

func (c *checker) literal(x *syntax.Literal) *ir.Expr {
	switch x.Kind {
	case syntax.NullLiteral:
		return c.null(nullType)
	case syntax.BoolLiteral:
		if x.Text == "UNKNOWN" {
			return c.null(boolType)
		}
		l := ir.Literal{}
		if x.Text == "TRUE" {
			l.Int = 1
		}
		return c.g.Call(l, boolType)
	case syntax.NumberLiteral:
		return c.number(x)
	case syntax.StringLiteral:
		return c.text(x.Text)
	case syntax.IntervalLiteral:
		return c.interval(x)
	}
	return c.timeLiteral(x, map[syntax.LiteralKind]*types.Type{
		syntax.DateLiteral: {Kind: types.Date}, syntax.TimeLiteral: {Kind: types.Time},
		syntax.TimestampLiteral: {Kind: types.Timestamp, Precision: fractionDigits(x.Text)},
	}[x.Kind], x.Text)
}

// fractionDigits counts the digits of the second after the point, which are those of the type.
func fractionDigits(time string) int {
	_, fraction, _ := strings.Cut(time, ".")
	return len(fraction)
}

// number types a literal: a whole number is INT, BIGINT or DECIMAL by its size, one with a point is
// DECIMAL, one with an exponent DOUBLE.
func (c *checker) number(x *syntax.Literal) *ir.Expr {
	if strings.ContainsAny(x.Text, "eE") {
		v, err := strconv.ParseFloat(x.Text, 64)
		if err != nil {
			c.reject(x, "this number does not fit into a DOUBLE", "")
			return nil
		}
		return c.g.Call(ir.Literal{Double: v}, doubleType)
	}
	if !strings.Contains(x.Text, ".") {
		if v, err := strconv.ParseInt(x.Text, 10, 64); err == nil {
			return c.whole(v)
		}
	}
	whole, fraction, _ := strings.Cut(x.Text, ".")
	whole = strings.TrimLeft(whole, "0")
	t := &types.Type{Kind: types.Decimal, Precision: max(len(whole)+len(fraction), 1), Scale: len(fraction)}
	if t.Precision > 38 {
		c.reject(x, "this number has more than 38 digits", "write it with an exponent, as a DOUBLE: 1e40")
		return nil
	}
	text := whole
	if text == "" {
		text = "0"
	}
	if fraction != "" {
		text += "." + fraction
	}
	return c.g.Call(ir.Literal{Text: text}, t)
}

var unitMillis = map[string]int64{"SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}

func (c *checker) interval(x *syntax.Literal) *ir.Expr {
	if unitMillis[x.Unit.Name] == 0 {
		c.needsFlink(x, "the Go engine counts an INTERVAL in SECOND, MINUTE, HOUR or DAY", "")
		return nil
	}
	text := strings.TrimSpace(x.Text)
	v, err := strconv.ParseFloat(text, 64)
	whole := x.Unit.Name != "SECOND"
	if err != nil || whole && strings.ContainsAny(text, ".eE") || strings.ContainsAny(text, "eExXnN") {
		c.reject(x, "'"+x.Text+"' is not a number of "+strings.ToLower(x.Unit.Name)+"s", "write INTERVAL '90' SECOND")
		return nil
	}
	ms := int64(v*float64(unitMillis[x.Unit.Name]) + 0.5)
	if v < 0 {
		ms = -int64(-v*float64(unitMillis[x.Unit.Name]) + 0.5)
	}
	return c.g.Call(ir.Literal{Int: ms}, intervalType)
}

// timeLiteral reads the text of DATE '..', TIME '..' and TIMESTAMP '..'.
func (c *checker) timeLiteral(n syntax.Node, t *types.Type, text string) *ir.Expr {
	switch t.Kind {
	case types.Date:
		if days, ok := datetime.ParseDateLiteral([]byte(text)); ok {
			return c.g.Call(ir.Literal{Int: days}, t)
		}
		c.reject(n, "'"+text+"' is not a date", "write DATE '2026-11-23'")
		return nil
	case types.Timestamp:
		if ms, ns, ok := datetime.ParseTimestampLiteral([]byte(text)); ok {
			return c.g.Call(ir.Literal{Time: code.Instant{Ms: ms, Ns: ns}}, t)
		}
		c.reject(n, "'"+text+"' is not a timestamp", "write TIMESTAMP '2026-11-23 10:15:30'")
		return nil
	}
	c.needsFlink(n, "the Go engine has no literal of "+t.String(), "")
	return nil
}

// comparedText reads a text that is compared with a DATE, TIMESTAMP or TIMESTAMP_LTZ, which Flink casts to that type.
func (c *checker) comparedText(n syntax.Node, t *types.Type, text string) *ir.Expr {
	if t.Kind == types.Date {
		if days, ok := datetime.CastDate([]byte(text)); ok {
			return c.g.Call(ir.Literal{Int: days}, t)
		}
		c.reject(n, "'"+text+"' is not a date", "write DATE '2026-11-23'")
		return nil
	}
	if ms, ns, ok := datetime.CastTimestamp([]byte(text), t.Precision); ok {
		return c.g.Call(ir.Literal{Time: code.Instant{Ms: ms, Ns: ns}}, t)
	}
	c.reject(n, "'"+text+"' is not a timestamp", "write TIMESTAMP '2026-11-23 10:15:30'")
	return nil
}

// timeLiterals reads a text literal that is compared with a DATE or TIMESTAMP as one.
func (c *checker) timeLiterals(n syntax.Node, a, b *ir.Expr) (*ir.Expr, *ir.Expr, bool) {
	asTime := func(e, other *ir.Expr) (*ir.Expr, bool) {
		l, ok := e.Literal()
		if !ok || l.Null || e.Type.Kind != types.String || !isTime(other.Type) && other.Type.Kind != types.Date {
			return e, true
		}
		t := c.comparedText(n, other.Type, l.Text)
		return t, t != nil
	}
	x, ok := asTime(a, b)
	y, ok2 := asTime(b, a)
	return x, y, ok && ok2
}

// text is the constant s.
func (c *checker) text(s string) *ir.Expr { return c.g.Call(ir.Literal{Text: s}, stringType) }
