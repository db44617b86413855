package syntax

import "strings"

// call reads name(..), with the functions that have a syntax of their own.
func (p *parser) call() Expr {
	t := p.next()
	c := &Call{Name: Ident{Span{t.pos, t.end}, strings.ToUpper(t.text)}}
	p.expect("(", "after "+c.Name.Name)
	switch c.Name.Name {
	case "CAST", "TRY_CAST":
		return p.cast(t)
	case "ROW":
		items := p.arguments()
		p.expect(")", "or , in ROW(..)")
		return &Row{p.spanFrom(t.pos), items}
	case "EXTRACT":
		c.Word = p.unit()
		p.expectWord("FROM", "in EXTRACT(unit FROM x)")
		c.Args = []Expr{p.expression()}
	case "TIMESTAMPDIFF", "TIMESTAMPADD":
		c.Word = p.unit()
		p.expect(",", "after the unit of "+c.Name.Name)
		c.Args = p.expressions()
	case "POSITION":
		if s := p.peek(); s.isPunct("(") {
			p.failAt(s, "Flink cannot read a parenthesis directly after POSITION(", "write LOCATE(needle, text)")
		}
		c.Args = []Expr{p.binary(precAdd)}
		for x := c.Args[0]; ; {
			switch y := x.(type) {
			case *Field:
				x = y.X
				continue
			case *Index:
				p.failAt(t, "Flink cannot read [ in the first operand of POSITION", "write LOCATE(needle, text)")
			}
			break
		}
		p.expectWord("IN", "in POSITION(needle IN text)")
		c.Args = append(c.Args, p.binary(precAdd))
		if p.takeWord("FROM") {
			c.Args = append(c.Args, p.binary(precAdd))
		}
	case "OVERLAY":
		c.Args = []Expr{p.expression()}
		for i, w := range []string{"PLACING", "FROM", "FOR"} {
			if i == 2 && !p.peek().is("FOR") {
				break
			}
			p.expectWord(w, "in OVERLAY(text PLACING x FROM start FOR length)")
			c.Args = append(c.Args, p.expression())
		}
	case "TRIM":
		p.trim(c)
	case "SUBSTRING":
		p.substring(c)
	case "FLOOR", "CEIL", "CEILING":
		c.Args = []Expr{p.expression()}
		if p.takeWord("TO") {
			c.Word = p.unit()
		} else if p.take(",") {
			c.Args = append(c.Args, p.expressions()...)
		}
	case "JSON_VALUE", "JSON_QUERY", "JSON_EXISTS":
		p.jsonPathCall(c)
	case "JSON_OBJECT":
		p.jsonObject(c)
	case "JSON_ARRAY":
		c.JSON = &JSONClauses{}
		if !p.peek().isPunct(")") && !p.atNullClause() {
			c.Args = p.expressions()
		}
		p.nullClause(c.JSON)
	default:
		p.plainArguments(c)
	}
	if s := p.peek(); s.isPunct("=>") {
		p.failAt(s, "arguments are given by position", "")
	}
	p.expect(")", "or , in "+c.Name.Name+"(..)")
	c.Span = p.spanFrom(t.pos)
	p.afterCall(c)
	return c
}

// plainArguments reads arguments, or those of an aggregate: *, DISTINCT x.
func (p *parser) plainArguments(c *Call) {
	if p.take("*") {
		c.Aggregate = true
		return
	}
	if p.takeWord("DISTINCT") {
		c.Aggregate = true
	} else {
		p.takeWord("ALL")
	}
	c.Args = p.arguments()
}

// afterCall reads what makes a call an aggregate: WITHIN GROUP (..), FILTER (WHERE ..), OVER (..).
func (p *parser) afterCall(c *Call) {
	if t := p.peek(); p.takeWord("WITHIN") {
		c.Aggregate, c.Within = true, Span{t.pos, t.end}
		p.expectWord("GROUP", "after WITHIN")
		p.parenthesesOf("WITHIN GROUP")
	}
	if p.takeWord("FILTER") {
		c.Aggregate = true
		p.expect("(", "after FILTER")
		p.expectWord("WHERE", "in FILTER (WHERE condition)")
		c.Filter = p.expression()
		p.expect(")", "after the condition of FILTER")
	}
	_ = p.takeWord("IGNORE", "NULLS") || p.takeWord("RESPECT", "NULLS")
	if t := p.peek(); p.takeWord("OVER") {
		w := p.window()
		w.Span = Span{t.pos, t.end}
		c.Over = &w
	}
}

func (p *parser) arguments() []Expr {
	if p.peek().isPunct(")") {
		return nil
	}
	return p.expressions()
}

func (p *parser) cast(t token) Expr {
	c := &Cast{Try: strings.EqualFold(t.text, "TRY_CAST"), X: p.expression()}
	p.expectWord("AS", "in "+strings.ToUpper(t.text)+"(x AS type)")
	c.Type = p.typeName()
	p.expect(")", "after the type of "+strings.ToUpper(t.text))
	c.Span = p.spanFrom(t.pos)
	return c
}

// unit reads a unit of time.
func (p *parser) unit() string {
	t := p.next()
	switch t.upper {
	case "MILLISECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "DOW", "ISODOW", "DOY",
		"EPOCH",
		"MICROSECOND", "NANOSECOND", "DECADE", "CENTURY", "MILLENNIUM", "ISOYEAR":
		return t.upper
	}
	p.failAt(t, "expected a unit of time, not "+t.describe(),
		closest(t, "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "MILLISECOND"))
	return ""
}

// trim reads TRIM([[BOTH | LEADING | TRAILING] [characters] FROM] text) as arguments (text[, characters]).
func (p *parser) trim(c *Call) {
	side := ""
	for _, w := range []string{"BOTH", "LEADING", "TRAILING"} {
		if p.takeWord(w) {
			side = w
			break
		}
	}
	if side != "" && p.takeWord("FROM") {
		c.From, c.Word, c.Args = true, side, []Expr{p.expression()}
		return
	}
	x := p.expression()
	if p.takeWord("FROM") {
		if side == "" {
			side = "BOTH"
		}
		c.From, c.Word, c.Args = true, side, []Expr{p.expression(), x}
		return
	}
	if side != "" {
		p.expectWord("FROM", "in TRIM("+side+" .. FROM text)")
	}
	c.Word, c.Args = "BOTH", []Expr{x}
	if p.take(",") {
		c.Args = append(c.Args, p.expressions()...)
	}
}

// substring reads SUBSTRING(text FROM start [FOR length]) and SUBSTRING(text, start[, length]).
func (p *parser) substring(c *Call) {
	c.Args = []Expr{p.expression()}
	if p.takeWord("FROM") {
		c.Args = append(c.Args, p.expression())
		if p.takeWord("FOR") {
			c.Args = append(c.Args, p.expression())
		}
		return
	}
	for p.take(",") {
		c.Args = append(c.Args, p.expression())
	}
}

// jsonPathCall reads JSON_VALUE, JSON_QUERY and JSON_EXISTS (json, path clauses).
func (p *parser) jsonPathCall(c *Call) {
	c.JSON = &JSONClauses{}
	c.Args = []Expr{p.expression()}
	p.expect(",", "after the JSON text of "+c.Name.Name)
	c.Args = append(c.Args, p.expression())
	if p.takeWord("RETURNING") {
		c.JSON.Returning = p.typeName()
	}
	for _, w := range []string{"WITHOUT", "WITH"} {
		if !p.takeWord(w) {
			continue
		}
		c.JSON.Wrapper = "UNCONDITIONAL"
		if w == "WITHOUT" {
			c.JSON.Wrapper = "WITHOUT"
		} else if p.takeWord("CONDITIONAL") {
			c.JSON.Wrapper = "CONDITIONAL"
		} else {
			p.takeWord("UNCONDITIONAL")
		}
		p.takeWord("ARRAY")
		p.expectWord("WRAPPER", "after WITH or WITHOUT")
	}
	for !p.peek().isPunct(")") {
		p.jsonBehaviour(c)
	}
}

// jsonBehaviour reads NULL | ERROR | DEFAULT x | EMPTY ARRAY | EMPTY OBJECT | TRUE | FALSE | UNKNOWN, ON EMPTY | ON
// ERROR.
func (p *parser) jsonBehaviour(c *Call) {
	t := p.next()
	what := t.upper
	var def Expr
	switch what {
	case "NULL", "ERROR", "TRUE", "FALSE", "UNKNOWN":
	case "DEFAULT":
		def = p.expression()
	case "EMPTY":
		s := p.next()
		if !s.is("ARRAY") && !s.is("OBJECT") {
			p.failAt(s, "expected ARRAY or OBJECT after EMPTY, not "+s.describe(), closest(s, "ARRAY", "OBJECT"))
		}
		what = "EMPTY " + s.upper
	default:
		p.failAt(t, "expected a clause such as DEFAULT 'x' ON EMPTY, or \")\", in "+c.Name.Name+", not "+t.describe(),
			closest(t, "NULL", "ERROR", "DEFAULT", "EMPTY", "RETURNING", "WITH"))
	}
	p.expectWord("ON", "after "+what)
	switch s := p.next(); {
	case s.is("EMPTY"):
		c.JSON.OnEmpty, c.JSON.EmptyDefault = what, def
	case s.is("ERROR"):
		c.JSON.OnError, c.JSON.ErrorDefault = what, def
	default:
		p.failAt(s, "expected EMPTY or ERROR after ON, not "+s.describe(), closest(s, "EMPTY", "ERROR"))
	}
}

// jsonObject reads JSON_OBJECT([KEY] 'k' VALUE v, 'k' : v, .. [NULL | ABSENT ON NULL]).
func (p *parser) jsonObject(c *Call) {
	c.JSON = &JSONClauses{}
	for !p.peek().isPunct(")") && !p.atNullClause() {
		p.takeWord("KEY")
		if t := p.peek(); t.kind != str {
			p.failAt(t, "a key of JSON_OBJECT is a 'text', not "+t.describe(), "write JSON_OBJECT('name' VALUE x)")
		}
		c.JSON.Keys = append(c.JSON.Keys, p.literalText("a key"))
		if t := p.peek(); !p.takeWord("VALUE") && !p.take(":") {
			p.failAt(t, "expected VALUE after a key of JSON_OBJECT, not "+t.describe(), closest(t, "VALUE"))
		}
		c.Args = append(c.Args, p.expression())
		if !p.take(",") {
			break
		}
	}
	p.nullClause(c.JSON)
}

func (p *parser) atNullClause() bool {
	return (p.peek().is("NULL") || p.peek().is("ABSENT")) && p.ahead(1).is("ON")
}

func (p *parser) nullClause(j *JSONClauses) {
	if p.atNullClause() {
		j.OnNull = p.next().upper
		p.next()
		p.expectWord("NULL", "after ON")
	}
}
