package datetime

// scanner reads a text from the left.
type scanner struct {
	b []byte
	i int
}

func (p *scanner) end() bool { return p.i == len(p.b) }

func (p *scanner) literal(c byte) bool {
	if p.i < len(p.b) && p.b[p.i] == c {
		p.i++
		return true
	}
	return false
}

// two reads two digits.
func (p *scanner) two() (int, bool) {
	if p.i+2 > len(p.b) {
		return 0, false
	}
	hi, lo := p.b[p.i]-'0', p.b[p.i+1]-'0'
	p.i += 2
	return 10*int(hi) + int(lo), hi <= 9 && lo <= 9
}

// digits reads at least low and at most high digits.
func (p *scanner) digits(low, high int) (n int64, ok bool) {
	start := p.i
	for p.i < len(p.b) && p.i-start < high && p.b[p.i]-'0' <= 9 {
		n = 10*n + int64(p.b[p.i]-'0')
		p.i++
	}
	return n, p.i-start >= low
}

// year reads what Java prints for a year with at least 4 digits: a + where there are more.
func (p *scanner) year(maxDigits int) (int64, bool) {
	if p.literal('+') {
		return p.digits(5, maxDigits)
	}
	if p.literal('-') {
		y, ok := p.digits(4, maxDigits)
		return -y, ok && y != 0
	}
	return p.digits(4, 4)
}

// nanoseconds reads 0 to 9 digits after a point.
func (p *scanner) nanoseconds() int64 {
	start := p.i
	n, _ := p.digits(0, 9)
	return n * power10[9-(p.i-start)]
}
