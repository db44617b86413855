package number

import "math"

// The functions below reckon with pairs of doubles and round once, at the end. Java's differ from
// that by at most one unit in the last place, and seldom; Go's own by up to fifty.

// Exp is EXP(x).
func Exp(x float64) float64 {
	if x-x != 0 {
		return math.Exp(x)
	}
	return exp(pair{hi: x})
}

// Ln is LN(x): NaN below 0, -Infinity of 0.
func Ln(x float64) float64 {
	if x <= 0 || x-x != 0 {
		return math.Log(x)
	}
	return ln(x).hi
}

// Log10 is LOG10(x), exact for powers of ten.
func Log10(x float64) float64 {
	if x <= 0 || x-x != 0 {
		return math.Log10(x)
	}
	return ln(x).times(pair{0.4342944819032518, 1.098319650216765e-17}).hi
}

// Power is POWER(x, y) as Java defines it: NaN as exponent is NaN even of 1, and so is 1 or -1 to an
// infinity.
func Power(x, y float64) float64 {
	switch {
	case y == 2:
		return x * x
	case y != y || math.Abs(x) == 1 && math.IsInf(y, 0):
		return math.NaN()
	case y == 0 || x == 0 || x-x != 0 || y-y != 0 || x < 0 && y != math.Trunc(y):
		return math.Pow(x, y)
	}
	power := exp(ln(math.Abs(x)).times(pair{hi: y}))
	if x < 0 && math.Mod(y, 2) != 0 {
		return -power
	}
	return power
}

// pair is the sum of two doubles, the second at most half a unit in the last place of the first.
type pair struct{ hi, lo float64 }

// sum returns a + b for |a| >= |b|.
func sum(a, b float64) pair {
	s := a + b
	return pair{s, b - (s - a)}
}

func (p pair) plus(q pair) pair {
	s := p.hi + q.hi
	t := s - p.hi
	return sum(s, (p.hi-(s-t))+(q.hi-t)+(p.lo+q.lo))
}

func (p pair) times(q pair) pair {
	m := p.hi * q.hi
	if m-m != 0 {
		return pair{hi: m}
	}
	return sum(m, math.FMA(p.hi, q.hi, -m)+(float64(p.hi*q.lo)+float64(p.lo*q.hi)))
}

func (p pair) over(q pair) pair {
	d := p.hi / q.hi
	rest := p.plus(q.times(pair{hi: -d}))
	return sum(d, rest.hi/q.hi)
}

var ln2 = pair{0.6931471805599453, 2.3190468138462996e-17}

// ln returns the logarithm of a positive x = m * 2^e, m near 1: that of m is 2 artanh((m-1)/(m+1)),
// whose series has a quotient below 0.03.
func ln(x float64) pair {
	m, e := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m *= 2
		e--
	}
	s := pair{hi: m - 1}.over(sum(1, m))
	if m > 1 {
		s = pair{hi: m - 1}.over(sum(m, 1))
	}
	square := s.times(s)
	series := pair{}
	for k := 33; k >= 1; k -= 2 {
		series = series.times(square).plus(pair{hi: 1}.over(pair{hi: float64(k)}))
	}
	return s.times(series).times(pair{hi: 2}).plus(ln2.times(pair{hi: float64(e)}))
}

// exp returns e^p as 2^n times the power series of what is left of p, which is below 0.35.
func exp(p pair) float64 {
	if p.hi > 710 {
		return math.Inf(1)
	}
	if p.hi < -750 {
		return 0
	}
	n := math.Round(p.hi / ln2.hi)
	rest := p.plus(ln2.times(pair{hi: -n}))
	series := pair{hi: 1}
	for k := 22.0; k >= 1; k-- {
		series = series.times(rest).over(pair{hi: k}).plus(pair{hi: 1})
	}
	return math.Ldexp(series.hi, int(n))
}
