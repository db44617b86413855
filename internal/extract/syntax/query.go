package syntax

// query reads select { UNION ALL select } [ORDER BY ..], with parentheses and WITH.
func (p *parser) query() Query {
	defer p.enter()()
	start := p.peek().pos
	if p.takeWord("WITH") {
		return p.with(start)
	}
	branches := []Query{p.branch()}
	for {
		t := p.peek()
		switch {
		case t.is("UNION"):
			p.next()
			if !p.takeWord("ALL") {
				p.reject(t, "UNION without ALL changes rows that were already delivered, and Flink refuses that",
					"write UNION ALL; the newest reading wins, duplicates do no harm")
				p.takeWord("DISTINCT")
			}
			branches = append(branches, p.branch())
			continue
		case t.is("INTERSECT"), t.is("EXCEPT"), t.is("MINUS"):
			p.next()
			p.reject(t, t.upper+" changes rows that were already delivered, and Flink refuses that",
				"filter with WHERE")
			p.takeWord("ALL")
			branches = append(branches, p.branch())
			continue
		}
		break
	}
	q := branches[0]
	if len(branches) > 1 {
		q = &Union{p.spanFrom(start), branches}
	}
	return p.ordered(start, q)
}

func (p *parser) with(start int) Query {
	w := &With{}
	if t := p.peek(); t.is("RECURSIVE") {
		p.failAt(t, "Flink has no recursive queries", "")
	}
	for {
		v := CreateView{Name: p.name("the name of a view")}
		v.Pos = v.Name.Pos
		if p.peek().isPunct("(") {
			v.Columns = p.names("the name of a column")
		}
		p.expectWord("AS", "before the query of "+v.Name.Name)
		p.expect("(", "before the query of "+v.Name.Name)
		v.Query = p.query()
		p.expect(")", "after the query of "+v.Name.Name)
		v.End = p.lastEnd()
		w.Views = append(w.Views, v)
		if !p.take(",") {
			break
		}
	}
	w.Body = p.query()
	w.Span = p.spanFrom(start)
	return w
}

// branch reads a query without UNION. One that could not be read leaves an empty SELECT.
func (p *parser) branch() (q Query) {
	start := p.peek().pos
	if !p.attempt(afterSelect, func() { q = p.queryTerm() }) {
		q = &Select{Span: p.spanFrom(start)}
	}
	return q
}

func (p *parser) queryTerm() Query {
	t := p.peek()
	switch {
	case p.take("("):
		q := p.query()
		p.expect(")", "after the query")
		return q
	case t.is("SELECT"):
		return p.selectQuery()
	case t.is("VALUES"):
		p.next()
		rows := p.expressions()
		return &Values{p.spanFrom(t.pos), rows}
	case t.is("TABLE"):
		p.failAt(t, "TABLE name is not taken as a query", "write SELECT * FROM name")
	}
	p.failAt(t, "expected SELECT, not "+t.describe(), closest(t, "SELECT", "WITH"))
	return nil
}

// ordered reads what may follow a query: ORDER BY, LIMIT, OFFSET and FETCH.
func (p *parser) ordered(start int, q Query) Query {
	t := p.peek()
	o := &Ordered{Body: q, At: Span{t.pos, t.end}}
	for {
		switch t := p.peek(); {
		case t.is("ORDER"):
			p.next()
			o.By = p.orderBy()
			continue
		case t.is("LIMIT"):
			p.next()
			o.Limit = p.expression()
			continue
		case t.is("OFFSET"):
			p.next()
			o.Offset = p.expression()
			_ = p.takeWord("ROWS") || p.takeWord("ROW")
			continue
		case t.is("FETCH"):
			p.next()
			_ = p.takeWord("FIRST") || p.takeWord("NEXT")
			o.Limit = p.expression()
			_ = p.takeWord("ROWS") || p.takeWord("ROW")
			p.expectWord("ONLY", "at the end of FETCH")
			continue
		}
		break
	}
	if o.By == nil && o.Limit == nil && o.Offset == nil {
		return q
	}
	o.Span = p.spanFrom(start)
	return o
}

// orderBy reads BY x [ASC | DESC] [NULLS FIRST | LAST], ..
func (p *parser) orderBy() (out []Order) {
	p.expectWord("BY", "after ORDER")
	for {
		o := Order{X: p.expression()}
		if o.Desc = p.takeWord("DESC"); !o.Desc {
			p.takeWord("ASC")
		}
		if p.takeWord("NULLS") {
			_ = p.takeWord("FIRST") || p.takeWord("LAST")
		}
		out = append(out, o)
		if !p.take(",") {
			return out
		}
	}
}
