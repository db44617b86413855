package generate

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/function"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

func init() {
	for _, f := range function.All() {
		for _, k := range scalars {
			if f.Fixed == nil || f.Fixed.Kind == k {
				callable[k] = append(callable[k], f)
			}
		}
	}
}

// callable holds the engine's functions by the kind that they may give.
var callable = map[types.Kind][]*function.Function{}

// times are the kinds that hold a date.
var times = []types.Kind{types.Date, types.Timestamp, types.TimestampLTZ}

// null is a typed NULL for a parameter; k is the kind of the result.
func (g *Generator) null(p function.ParamKind, k types.Kind) string {
	t := p.Null().Kind
	if p == function.AnyValue || p == function.Anything || p == function.Number {
		t = k
	}
	if t == types.Decimal {
		return "CAST(NULL AS " + g.decimalType() + ")"
	}
	return "CAST(NULL AS " + (&types.Type{Kind: t, Precision: 3}).String() + ")"
}

// call makes a call of one of the engine's functions.
func (g *Generator) call(s *scope, k types.Kind, depth int) (string, bool) {
	of := callable[k]
	if len(of) == 0 {
		return "", false
	}
	f := of[g.rand.IntN(len(of))]
	sub := func(k types.Kind) string { return g.expr(s, k, depth-1) }
	n := len(f.Params) - g.rand.IntN(f.Optional+1)
	if f.Repeat {
		n += g.rand.IntN(3)
	}
	var args []string
	for i := range n {
		p := f.Kind(i)
		if p != function.Pattern && p != function.List && g.chance(4) {
			args = append(args, g.null(p, k))
			continue
		}
		switch p {
		case function.Text:
			args = append(args, sub(types.String))
		case function.Int:
			args = append(args, g.one("0", "1", "2", "-1", sub(types.Int)))
		case function.Whole:
			args = append(args, sub(g.kind([]types.Kind{types.Int, types.Int, types.BigInt})))
		case function.Number:
			of := k
			if !slices.Contains(numbers, k) {
				of = g.kind(numbers)
			}
			args = append(args, sub(of))
		case function.Real:
			args = append(args, sub(g.kind([]types.Kind{types.Double, types.Double, types.Int})))
		case function.Truth:
			args = append(args, sub(types.Boolean))
		case function.Moment:
			args = append(args, sub(g.kind([]types.Kind{types.Timestamp, types.TimestampLTZ})))
		case function.Pattern:
			args = append(args, g.one(g.format(), text(g.one("a", "x", "/", "-", "T", "00"))))
		case function.List:
			return g.collection(s), k == types.Int
		default:
			if name := f.Param(i); name == "time" || name == "from" || name == "to" { // of YEAR(x), EXTRACT and the like
				args = append(args, sub(g.kind(times)))
			} else {
				args = append(args, sub(k))
			}
		}
	}
	name := f.Name
	switch name {
	case "EXTRACT":
		return "EXTRACT(" + g.one(extractUnits...) + " FROM " + args[0] + ")", true
	case "TIMESTAMPDIFF":
		of := g.kind(times)
		return "TIMESTAMPDIFF(" + g.one(diffUnits...) + ", " + sub(of) + ", " + sub(of) + ")", true
	case "SPLIT_INDEX":
		args[1] = g.one("''", "'/'", args[1])
	case "TIMESTAMPADD":
		unit := g.one("SECOND", "MINUTE", "HOUR", "DAY")
		return "TIMESTAMPADD(" + unit + ", " + few(sub(types.Int)) + ", " + sub(k) + ")", true
	case "POSITION":
		return "POSITION(" + sub(types.String) + " IN " + sub(types.String) + ")", true
	case "SPLIT":
		return "", false
	}
	return name + "(" + strings.Join(args, ", ") + ")", true
}
