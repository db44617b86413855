package syntax

func (p *parser) selectQuery() Query {
	start := p.next()
	s := &Select{}
	switch t := p.peek(); {
	case t.is("DISTINCT"):
		p.next()
		s.Distinct = Span{t.pos, t.end}
	case t.is("STREAM"):
		p.next()
		p.reject(t, "SELECT STREAM is the language of the former Kinesis Data Analytics for SQL", "write SELECT")
	case t.is("ALL"):
		p.next()
	}
	for {
		s.Items = append(s.Items, p.itemOrNone())
		if !p.take(",") {
			break
		}
	}
	p.attempt(afterFrom, func() {
		p.expectFrom(s)
		s.From = p.from()
		if t := p.peek(); !endsClause(t) {
			p.failAt(t, "expected the end of the query, or a clause such as WHERE, not "+t.describe(),
				joinHints(closest(t, "WHERE", "UNION", "FROM", "CROSS", "GROUP"), reservedHint(t)))
		}
	})
	p.clause(&s.Where, "WHERE")
	if t := p.peek(); p.takeWord("GROUP", "BY") {
		s.Group = &Group{Span: Span{t.pos, t.end}}
		p.attempt(afterFrom, func() { s.Group.Keys = p.groupKeys() })
	}
	p.clause(&s.Having, "HAVING")
	if p.takeWord("WINDOW") {
		p.attempt(afterFrom, func() { s.Windows = p.windows() })
	}
	p.clause(&s.Qualify, "QUALIFY")
	s.Span = p.spanFrom(start.pos)
	return s
}

// endsClause reports whether t may follow FROM or a condition.
func endsClause(t token) bool {
	return t.kind == eof || t.isPunct(";") || t.isPunct(")") || t.kind == bad || afterFrom(t)
}

// clause reads a condition after its keyword, if that is next.
func (p *parser) clause(x *Expr, keyword string) {
	start := p.peek()
	if !p.takeWord(keyword) {
		return
	}
	read := p.attempt(afterFrom, func() {
		*x = p.expression()
		if t := p.peek(); !endsClause(t) {
			p.failAt(t, "expected the end of the condition, not "+t.describe(),
				joinHints(closest(t, "AND", "OR", "UNION", "GROUP"), reservedHint(t)))
		}
	})
	if !read && *x == nil {
		*x = &Unreadable{p.spanFrom(start.pos)}
	}
}

// expectFrom reads FROM, also where it is mistyped and was taken for the alias of the last item.
func (p *parser) expectFrom(s *Select) {
	t := p.peek()
	if t.is("FROM") {
		p.next()
		return
	}
	last := &s.Items[len(s.Items)-1]
	if alias := p.tokens[max(p.i-1, 0)]; last.Alias != nil && closest(alias, "FROM") != "" {
		p.reject(alias, "expected , or FROM after a column of SELECT, not "+alias.describe(), closest(alias, "FROM"))
		last.Alias = nil
		return
	}
	p.failAt(t, "expected , or FROM after a column of SELECT, not "+t.describe(),
		joinHints(closest(t, "FROM"), reservedHint(t)))
}

func reservedHint(t token) string {
	if t.kind == word && Reserved(t.upper) {
		return "if it is a name, quote it: `" + t.text + "`"
	}
	return ""
}

// itemOrNone reads an item; of one that could not be read an [Unreadable] expression is left.
func (p *parser) itemOrNone() (it Item) {
	start := p.peek().pos
	read := p.attempt(inItems, func() {
		it = p.item()
		// What is no FROM here, expectFrom knows better.
		if t := p.peek(); !inItems(t) && !endsClause(t) && (it.Alias == nil || closest(p.tokens[p.i-1], "FROM") == "") {
			p.failAt(t, "expected , or FROM after a column of SELECT, not "+t.describe(),
				joinHints(closest(t, "FROM"), reservedHint(t)))
		}
	})
	if !read {
		it = Item{Span: p.spanFrom(start), Expr: &Unreadable{p.spanFrom(start)}}
	}
	return it
}

func (p *parser) item() Item {
	start := p.peek()
	if p.take("*") {
		return Item{Span: Span{start.pos, start.end}, Star: true}
	}
	if start.isName() && p.ahead(1).isPunct(".") && p.ahead(2).isPunct("*") {
		q := p.name("a qualifier")
		p.next()
		p.next()
		return Item{Span: p.spanFrom(start.pos), Star: true, Qualifier: &q}
	}
	it := Item{Expr: p.expression()}
	if p.takeWord("AS") || p.peek().isName() {
		a := p.name("the name of a column")
		it.Alias = &a
	}
	it.Span = p.spanFrom(start.pos)
	return it
}

// GroupingSets is the name of the call that stands for GROUPING SETS (..) among the keys of GROUP BY.
const GroupingSets = "GROUPING SETS"

// groupKeys reads what GROUP BY lists: expressions, ROLLUP(..) and CUBE(..), GROUPING SETS ((..), ..) and ().
func (p *parser) groupKeys() (out []Expr) {
	for {
		start := p.peek()
		switch {
		case start.isPunct("(") && p.ahead(1).isPunct(")"):
			p.next()
			p.next()
			out = append(out, &Row{p.spanFrom(start.pos), nil})
		case p.takeWord("GROUPING", "SETS"):
			p.expect("(", "after GROUPING SETS")
			sets := p.groupKeys()
			p.expect(")", "after GROUPING SETS")
			span := p.spanFrom(start.pos)
			out = append(out, &Call{Span: span, Name: Ident{span, GroupingSets}, Args: sets})
		default:
			out = append(out, p.expression())
		}
		if !p.take(",") {
			return out
		}
	}
}

// windows reads name AS (..), ..
func (p *parser) windows() (out []Window) {
	for {
		name := p.name("the name of a window")
		p.expectWord("AS", "after the name of a window")
		w := p.window()
		w.Name = name
		out = append(out, w)
		if !p.take(",") {
			return out
		}
	}
}

// window reads what follows OVER: a name, or ([name] [PARTITION BY ..] [ORDER BY ..] [ROWS ..]).
func (p *parser) window() (w Window) {
	start := p.peek()
	if !start.isPunct("(") {
		w.Name = p.name("the name of a window")
		w.Span = p.spanFrom(start.pos)
		return w
	}
	p.next()
	if p.peek().isName() {
		w.Name = p.name("the name of a window")
	}
	if p.takeWord("PARTITION") {
		p.expectWord("BY", "after PARTITION")
		w.Partition = p.expressions()
	}
	if p.takeWord("ORDER") {
		w.Order = p.orderBy()
	}
	if t := p.peek(); t.is("ROWS") || t.is("RANGE") {
		p.skipTo(")")
	}
	p.expect(")", "at the end of OVER (..)")
	w.Span = p.spanFrom(start.pos)
	return w
}

// skipTo passes over what only Flink reads, up to the parenthesis that closes it.
func (p *parser) skipTo(closing string) {
	for open := 0; ; p.next() {
		switch t := p.peek(); {
		case t.kind == eof || t.isPunct(";") || open == 0 && t.isPunct(closing):
			return
		case t.isPunct("("):
			open++
		case t.isPunct(")"):
			open--
		}
	}
}
