package syntax

// The precedence levels of Calcite, from loose to tight.
const (
	precOr = iota + 1
	precAnd
	precNot
	precIs
	precCompare
	precRange // BETWEEN, IN, LIKE
	precAdd
	precMultiply // and ||
	precUnary
)

var binaryOps = map[string]int{
	"=": precCompare, "<>": precCompare, "<": precCompare, "<=": precCompare, ">": precCompare, ">=": precCompare,
	"+": precAdd, "-": precAdd, "*": precMultiply, "/": precMultiply, "%": precMultiply, "||": precMultiply,
}

func (p *parser) expression() Expr { return p.binary(precOr) }

// binary reads an expression whose operators bind at least as tightly as level.
func (p *parser) binary(level int) Expr {
	defer p.enter()()
	var x Expr
	switch t := p.peek(); {
	case t.is("NOT") && level <= precNot:
		p.next()
		y := p.binary(precNot)
		x = &Unary{p.spanFrom(t.pos), "NOT", y}
	case t.isPunct("-") || t.isPunct("+"):
		p.next()
		y := p.binary(precUnary)
		x = &Unary{p.spanFrom(t.pos), t.text, y}
	default:
		x = p.postfix()
	}
	start, _ := x.Range()
	for {
		t := p.peek()
		op, prec := t.text, 0
		switch { // said, and read as what is meant
		case t.isPunct("!=") && precCompare >= level:
			p.reject(t, "Flink has no operator !=", "write <>")
			op = "<>"
		case t.isPunct("=") && p.ahead(1).isPunct("=") && precCompare >= level:
			p.reject(t, "Flink has no operator ==", "write =")
			p.next()
		}
		switch {
		case t.kind == punct:
			prec = binaryOps[op]
		case t.is("OR"):
			op, prec = "OR", precOr
		case t.is("AND"):
			op, prec = "AND", precAnd
		case t.is("IS"):
			if precIs < level {
				return x
			}
			x = p.is(x, start)
			continue
		case t.is("BETWEEN"), t.is("IN"), t.is("LIKE"), t.is("SIMILAR"), t.is("ILIKE"), t.is("RLIKE"), t.is("NOT"):
			if precRange < level {
				return x
			}
			x = p.ranged(x, start)
			continue
		}
		if prec == 0 || prec < level {
			return x
		}
		p.next()
		y := p.operand(prec)
		x = &Binary{p.spanFrom(start), op, x, y}
	}
}

// operand reads the right operand of an operator; of a comparison also SOME, ANY or ALL (query).
func (p *parser) operand(prec int) Expr {
	t := p.peek()
	if prec == precCompare && (t.is("SOME") || t.is("ANY") || t.is("ALL")) && p.ahead(1).isPunct("(") {
		p.next()
		return p.subquery(t, t.upper)
	}
	return p.binary(prec + 1)
}

// subquery reads (query).
func (p *parser) subquery(start token, quantifier string) Expr {
	p.expect("(", "before a query")
	q := p.query()
	p.expect(")", "after the query")
	return &Subquery{p.spanFrom(start.pos), quantifier, q}
}

// beginsQuery reports whether t begins a query.
func beginsQuery(t token) bool { return t.is("SELECT") || t.is("WITH") || t.is("VALUES") }

func (p *parser) is(x Expr, start int) Expr {
	p.next()
	n := &Is{X: x, Not: p.takeWord("NOT")}
	t := p.next()
	switch t.upper {
	case "NULL", "TRUE", "FALSE", "UNKNOWN":
		n.What = t.upper
	case "DISTINCT":
		n.What = "DISTINCT"
		p.expectWord("FROM", "after IS DISTINCT")
		n.Y = p.binary(precRange)
	case "JSON":
		n.What = "JSON"
		for _, w := range []string{"VALUE", "OBJECT", "ARRAY", "SCALAR"} {
			if p.takeWord(w) {
				n.What = "JSON " + w
				break
			}
		}
	default:
		p.failAt(t, "expected NULL, TRUE, FALSE, UNKNOWN, JSON or DISTINCT FROM after IS, not "+t.describe(),
			closest(t, "NULL", "TRUE", "FALSE", "UNKNOWN", "JSON", "DISTINCT"))
	}
	n.Span = p.spanFrom(start)
	return n
}

// ranged reads what follows x: [NOT] BETWEEN, IN, LIKE.
func (p *parser) ranged(x Expr, start int) Expr {
	not := p.takeWord("NOT")
	t := p.next()
	switch t.upper {
	case "BETWEEN":
		symmetric := p.takeWord("SYMMETRIC")
		p.takeWord("ASYMMETRIC")
		low := p.binary(precAdd)
		p.expectWord("AND", "between the bounds of BETWEEN")
		high := p.binary(precAdd)
		return &Between{p.spanFrom(start), not, symmetric, x, low, high}
	case "IN":
		p.expect("(", "after IN")
		n := &In{Not: not, X: x}
		if beginsQuery(p.peek()) {
			n.Query = p.query()
		} else {
			n.List = p.expressions()
		}
		p.expect(")", "or , in the list of IN")
		n.Span = p.spanFrom(start)
		return n
	case "LIKE", "SIMILAR":
		if t.is("SIMILAR") {
			p.expectWord("TO", "after SIMILAR")
		}
		n := &Like{Not: not, Similar: t.is("SIMILAR"), X: x, Pattern: p.binary(precAdd)}
		if p.takeWord("ESCAPE") {
			n.Escape = p.binary(precAdd)
		}
		n.Span = p.spanFrom(start)
		return n
	case "ILIKE":
		p.failAt(t, "Flink has no ILIKE", "write LOWER(x) LIKE 'pattern'")
	case "RLIKE":
		p.failAt(t, "Flink has no RLIKE", "write REGEXP_EXTRACT(x, 'pattern') IS NOT NULL")
	}
	p.failAt(t, "expected BETWEEN, IN or LIKE after NOT, not "+t.describe(), closest(t, "BETWEEN", "IN", "LIKE"))
	return nil
}

func (p *parser) expressions() []Expr {
	var out []Expr
	for {
		out = append(out, p.expression())
		if !p.take(",") {
			return out
		}
	}
}

// postfix reads a primary with what directly follows it: [i] and .field.
func (p *parser) postfix() Expr {
	x := p.primary()
	start, _ := x.Range()
	for {
		switch {
		case p.take("["):
			i := p.expression()
			p.expect("]", "after the index")
			x = &Index{p.spanFrom(start), x, i}
		case p.peek().isPunct("."):
			p.next()
			f := p.name("the name of a field")
			x = &Field{p.spanFrom(start), x, f}
		default:
			return x
		}
	}
}
