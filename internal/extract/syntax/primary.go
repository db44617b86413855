package syntax

func (p *parser) primary() Expr {
	t := p.peek()
	span := Span{t.pos, t.end}
	switch t.kind {
	case number:
		p.next()
		return &Literal{Span: span, Kind: NumberLiteral, Text: t.text}
	case str:
		p.next()
		text := t.text
		for p.at(str) { // 'a' 'b' is one text
			text += p.next().text
		}
		return &Literal{Span: p.spanFrom(t.pos), Kind: StringLiteral, Text: text}
	case quoted:
		if p.ahead(1).isPunct("(") {
			return p.call()
		}
		return p.nameExpr()
	case punct:
		if t.text == "(" {
			return p.parenthesised()
		}
		if t.text == "?" {
			p.failAt(t, "an extractor has no parameters", "")
		}
	case word:
		return p.wordExpr(t, span)
	case bad:
		panic(giveUp{})
	}
	p.failAt(t, "expected an expression, not "+t.describe(), "")
	return nil
}

func (p *parser) parenthesised() Expr {
	if beginsQuery(p.ahead(1)) {
		return p.subquery(p.peek(), "")
	}
	start := p.next().pos
	list := p.expressions()
	p.expect(")", "to close what ( opened")
	if len(list) > 1 {
		return &Row{p.spanFrom(start), list}
	}
	return list[0]
}

// nameExpr reads a name with its qualifiers and fields. The name itself must be free to be one.
func (p *parser) nameExpr() Expr {
	n := &Name{Parts: []Ident{p.name("a column")}}
	for p.peek().isPunct(".") && (p.ahead(1).isName() || p.ahead(1).kind == word) {
		p.next()
		n.Parts = append(n.Parts, p.name("the name of a field"))
	}
	n.Span = Span{n.Parts[0].Pos, n.Parts[len(n.Parts)-1].End}
	return n
}

// wordExpr reads an expression that begins with an unquoted word.
func (p *parser) wordExpr(t token, span Span) Expr {
	switch t.upper {
	case "NULL":
		p.next()
		return &Literal{Span: span, Kind: NullLiteral}
	case "TRUE", "FALSE", "UNKNOWN":
		p.next()
		return &Literal{Span: span, Kind: BoolLiteral, Text: t.upper}
	case "CASE":
		return p.caseExpr()
	case "INTERVAL":
		return p.interval()
	case "DATE", "TIME", "TIMESTAMP":
		if p.ahead(1).kind == str {
			p.next()
			text := p.next()
			kinds := map[string]LiteralKind{"DATE": DateLiteral, "TIME": TimeLiteral, "TIMESTAMP": TimestampLiteral}
			return &Literal{Span: p.spanFrom(t.pos), Kind: kinds[t.upper], Text: text.text}
		}
	case "ARRAY", "MAP":
		if p.ahead(1).isPunct("[") {
			return p.collection(t)
		}
	case "EXISTS", "UNIQUE":
		if p.ahead(1).isPunct("(") {
			p.next()
			return p.subquery(t, "EXISTS")
		}
	}
	if niladic[t.upper] && !p.ahead(1).isPunct("(") {
		p.next()
		return &Call{Span: span, Name: Ident{span, t.upper}}
	}
	if p.ahead(1).isPunct("(") {
		return p.call()
	}
	return p.nameExpr()
}

// niladic are the functions that are called without parentheses.
var niladic = map[string]bool{
	"CURRENT_TIMESTAMP": true, "CURRENT_DATE": true, "CURRENT_TIME": true, "LOCALTIME": true, "LOCALTIMESTAMP": true,
	"CURRENT_USER": true, "SESSION_USER": true, "SYSTEM_USER": true, "USER": true,
	"CURRENT_CATALOG": true, "CURRENT_PATH": true, "CURRENT_ROLE": true, "CURRENT_SCHEMA": true,
}

func (p *parser) collection(t token) Expr {
	p.next()
	p.next()
	var items []Expr
	if !p.peek().isPunct("]") {
		items = p.expressions()
	}
	p.expect("]", "or , in "+t.upper+"[..]")
	if t.upper == "MAP" {
		return &Map{p.spanFrom(t.pos), items}
	}
	return &Array{p.spanFrom(t.pos), items}
}

func (p *parser) caseExpr() Expr {
	c := &Case{}
	start := p.next().pos
	if !p.peek().is("WHEN") {
		c.Operand = p.expression()
	}
	for p.takeWord("WHEN") {
		w := When{Cond: p.expression()}
		p.expectWord("THEN", "after the condition of WHEN")
		w.Then = p.expression()
		c.Whens = append(c.Whens, w)
	}
	if len(c.Whens) == 0 {
		t := p.peek()
		p.failAt(t, "expected WHEN in CASE, not "+t.describe(), closest(t, "WHEN"))
	}
	if p.takeWord("ELSE") {
		c.Else = p.expression()
	}
	p.expectWord("END", "at the end of CASE")
	c.Span = p.spanFrom(start)
	return c
}

// interval reads INTERVAL ['-'] 'text' unit [TO unit].
func (p *parser) interval() Expr {
	start := p.next().pos
	sign := ""
	if p.take("-") {
		sign = "-"
	}
	text := p.literalText("the length of an INTERVAL")
	unit := p.next()
	switch unit.upper {
	case "SECOND", "MINUTE", "HOUR", "DAY", "MONTH", "YEAR":
	case "WEEK", "QUARTER":
		p.failAt(unit, "Flink reads an INTERVAL of "+unit.upper+" wrongly",
			"write INTERVAL '7' DAY for a week, INTERVAL '3' MONTH for a quarter")
	default:
		p.failAt(unit, "expected SECOND, MINUTE, HOUR or DAY after INTERVAL, not "+unit.describe(),
			closest(unit, "SECOND", "MINUTE", "HOUR", "DAY"))
	}
	name := unit.upper
	if p.peek().isPunct("(") {
		name += "(..)"
		p.parenthesesOf(name)
	}
	if p.takeWord("TO") {
		name += " TO " + p.unit()
	}
	return &Literal{Span: p.spanFrom(start), Kind: IntervalLiteral, Text: sign + text.Value,
		Unit: Ident{Span{unit.pos, unit.end}, name}}
}
