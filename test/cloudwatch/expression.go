package cloudwatch

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// evaluation is of one expression over series that all have the same periods.
type evaluation struct {
	start   time.Time
	period  time.Duration
	periods int
	series  map[string]Points

	tokens []string
}

var token = regexp.MustCompile(`\s*([A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|>=|<=|==|[-+*/()<>,\[\]])`)

// evaluate returns the value in each period.
func (e *evaluation) evaluate(expression string) (values Points, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("cloudwatch: %s: %v", expression, v)
		}
	}()
	for rest := strings.TrimSpace(expression); rest != ""; {
		at := token.FindStringSubmatchIndex(rest)
		if at == nil || at[0] != 0 {
			return nil, fmt.Errorf("cloudwatch: %s: unknown at %q", expression, rest)
		}
		e.tokens = append(e.tokens, rest[at[2]:at[3]])
		rest = strings.TrimSpace(rest[at[1]:])
	}
	values = e.binary(0)
	if len(e.tokens) > 0 {
		return nil, fmt.Errorf("cloudwatch: %s: too much from %q on", expression, e.tokens[0])
	}
	return values, nil
}

func (e *evaluation) next() string {
	if len(e.tokens) == 0 {
		panic("it ends too early")
	}
	t := e.tokens[0]
	e.tokens = e.tokens[1:]
	return t
}

func (e *evaluation) expect(t string) {
	if got := e.next(); got != t {
		panic(fmt.Sprintf("%q where %q should be", got, t))
	}
}

// operators are by what binds loosest first.
var operators = [][]string{{"OR"}, {"AND"}, {">", "<", ">=", "<=", "=="}, {"+", "-"}, {"*", "/"}}

func (e *evaluation) binary(level int) Points {
	if level == len(operators) {
		return e.operand()
	}
	left := e.binary(level + 1)
	for len(e.tokens) > 0 && slices.Contains(operators[level], e.tokens[0]) {
		operator := e.next()
		left = each(left, e.binary(level+1), func(a, b float64) float64 { return apply(operator, a, b) })
	}
	return left
}

// apply applies an operator. What is missing on one side is missing.
func apply(operator string, a, b float64) float64 {
	truth := func(is bool) float64 {
		if math.IsNaN(a) || math.IsNaN(b) {
			return math.NaN()
		}
		if is {
			return 1
		}
		return 0
	}
	switch operator {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "/":
		return a / b
	case ">":
		return truth(a > b)
	case "<":
		return truth(a < b)
	case ">=":
		return truth(a >= b)
	case "<=":
		return truth(a <= b)
	case "==":
		return truth(a == b)
	case "AND":
		return truth(a != 0 && b != 0)
	}
	return truth(a != 0 || b != 0)
}

func each(a, b Points, f func(a, b float64) float64) Points {
	out := make(Points, len(a))
	for i := range a {
		out[i] = f(a[i], b[i])
	}
	return out
}

// operand is a number, a series, a function or what is in brackets.
func (e *evaluation) operand() Points {
	t := e.next()
	if n, err := strconv.ParseFloat(t, 64); err == nil {
		return slices.Repeat(Points{n}, e.periods)
	}
	if t == "(" {
		v := e.binary(0)
		e.expect(")")
		return v
	}
	if len(e.tokens) > 0 && e.tokens[0] == "(" {
		return e.call(t)
	}
	series, ok := e.series[t]
	if !ok {
		panic("there is no series " + t)
	}
	return series
}

func (e *evaluation) call(function string) Points {
	e.expect("(")
	list := e.tokens[0] == "["
	if list {
		e.expect("[")
	}
	arguments := []Points{e.binary(0)}
	for e.tokens[0] == "," {
		e.expect(",")
		arguments = append(arguments, e.binary(0))
	}
	if list {
		e.expect("]")
	}
	e.expect(")")
	first := arguments[0]
	switch {
	case function == "MAX" && list:
		for _, more := range arguments[1:] {
			first = each(first, more, func(a, b float64) float64 {
				if math.IsNaN(a) || b > a {
					return b
				}
				return a
			})
		}
		return first
	case function == "FILL" && len(arguments) == 2:
		return each(first, arguments[1], func(v, fill float64) float64 {
			if math.IsNaN(v) {
				return fill
			}
			return v
		})
	case function == "IF" && len(arguments) == 3:
		out := make(Points, e.periods)
		for i, condition := range first {
			switch {
			case math.IsNaN(condition):
				out[i] = condition
			case condition != 0:
				out[i] = arguments[1][i]
			default:
				out[i] = arguments[2][i]
			}
		}
		return out
	case function == "DIFF" && len(arguments) == 1:
		out := make(Points, e.periods)
		before := math.NaN()
		for i, v := range first {
			out[i] = v - before
			if !math.IsNaN(v) {
				before = v
			}
		}
		return out
	case function == "HOUR" && len(arguments) == 1:
		out := make(Points, e.periods)
		for i, v := range first {
			out[i] = float64(e.start.Add(time.Duration(i) * e.period).UTC().Hour())
			if math.IsNaN(v) {
				out[i] = v
			}
		}
		return out
	}
	panic(fmt.Sprintf("the function %s of %d", function, len(arguments)))
}
