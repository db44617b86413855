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
		return c.nullConstant(nullType)
	case syntax.BoolLiteral:
		if x.Text == "UNKNOWN" {
			return c.nullConstant(boolType)
		}
		return c.constant(x.Text, code.BoolConst(code.TriOf(x.Text == "TRUE")), ir.Literal{})
	case syntax.NumberLiteral:
		return c.number(x)
	case syntax.StringLiteral:
		return c.textConstant(x.Text)
	case syntax.IntervalLiteral:
		return c.interval(x)
	}
	return c.timeLiteral(x, map[syntax.LiteralKind]*types.Type{
		syntax.DateLiteral: {Kind: types.Date}, syntax.TimeLiteral: {Kind: types.Time},
		syntax.TimestampLiteral: {Kind: types.Timestamp, Precision: fractionDigits(x.Text)},
	}[x.Kind], x.Text)
}

// fractionDigits counts the digits of the second behind the point, which are those of the type.
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
		return c.constant(x.Text, code.DoubleConst(v), ir.Literal{Int: one(v != 0)})
	}
	if !strings.Contains(x.Text, ".") {
		if v, err := strconv.ParseInt(x.Text, 10, 64); err == nil {
			return c.intConstant(v)
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
	return c.constant(text, code.TextConst(t, []byte(text)), ir.Literal{Int: one(strings.Trim(text, "0.") != "")})
}

// one stands for the size of a number that is no whole one: 0 or not.
func one(notZero bool) int64 {
	if notZero {
		return 1
	}
	return 0
}

var unitMillis = map[string]int64{"SECOND": 1000, "MINUTE": 60_000, "HOUR": 3_600_000, "DAY": 86_400_000}

func (c *checker) interval(x *syntax.Literal) *ir.Expr {
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
	t := &types.Type{Kind: types.Interval}
	return c.constant("INTERVAL "+strconv.FormatInt(ms, 10), code.IntConst(t, ms), ir.Literal{Int: ms})
}

// timeLiteral reads the text of DATE '..', TIME '..' and TIMESTAMP '..'.
func (c *checker) timeLiteral(n syntax.Node, t *types.Type, text string) *ir.Expr {
	key := t.String() + " " + strconv.Quote(text)
	switch t.Kind {
	case types.Date:
		if days, ok := datetime.ParseDateLiteral([]byte(text)); ok {
			return c.constant(key, code.IntConst(t, days), ir.Literal{Text: text})
		}
		c.reject(n, "'"+text+"' is not a date", "write it as 2026-11-23")
		return nil
	case types.Timestamp:
		if ms, ns, ok := datetime.ParseTimestampLiteral([]byte(text)); ok {
			return c.constant(key, code.TimeConst(t, code.Instant{Ms: ms, Ns: ns}), ir.Literal{Text: text})
		}
		c.reject(n, "'"+text+"' is not a timestamp", "write it as 2026-11-23 10:15:30")
		return nil
	}
	c.reject(n, "a literal of "+t.String()+" is not supported", "")
	return nil
}

// comparedText reads a text that is compared with a DATE, TIMESTAMP or TIMESTAMP_LTZ, which Flink casts to that type.
func (c *checker) comparedText(n syntax.Node, t *types.Type, text string) *ir.Expr {
	key := "compared " + t.String() + " " + strconv.Quote(text)
	if t.Kind == types.Date {
		if days, ok := datetime.CastDate([]byte(text)); ok {
			return c.constant(key, code.IntConst(t, days), ir.Literal{Text: text})
		}
		c.reject(n, "'"+text+"' is not a date", "write it as 2026-11-23")
		return nil
	}
	if ms, ns, ok := datetime.CastTimestamp([]byte(text), t.Precision); ok {
		return c.constant(key, code.TimeConst(t, code.Instant{Ms: ms, Ns: ns}), ir.Literal{Text: text})
	}
	c.reject(n, "'"+text+"' is not a timestamp", "write it as 2026-11-23 10:15:30")
	return nil
}

// timeLiterals reads a text literal that is compared with a DATE or TIMESTAMP as one.
func (c *checker) timeLiterals(n syntax.Node, a, b *ir.Expr) (*ir.Expr, *ir.Expr, bool) {
	asTime := func(e, other *ir.Expr) (*ir.Expr, bool) {
		if e.Type.Kind != types.String || e.Literal == nil || e.Literal.Null || !isTime(other.Type) && other.Type.Kind != types.Date {
			return e, true
		}
		t := c.comparedText(n, other.Type, e.Literal.Text)
		return t, t != nil
	}
	x, ok := asTime(a, b)
	y, ok2 := asTime(b, a)
	return x, y, ok && ok2
}

// jointJSON is what is known of a value that is one of several.
func jointJSON(values []*ir.Expr) ir.JSONKind {
	out := ir.IsJSON
	for _, v := range values {
		switch {
		case v.Literal != nil && v.Literal.Null:
		case v.JSON == ir.NotJSON:
			return ir.NotJSON
		case v.JSON == ir.MayNotBeFinite:
			out = ir.MayNotBeFinite
		}
	}
	return out
}
