package syntax

// statement reads one statement and what ends it. A statement set gives several.
func (p *parser) statement() (out []Statement) {
	first := p.i
	if t := p.peek(); t.is("EXECUTE") || t.is("BEGIN") {
		return p.statementSet()
	}
	read := p.attempt(never, func() {
		switch t := p.peek(); {
		case t.is("SET"):
			out = append(out, p.set())
		case t.is("CREATE"):
			out = append(out, p.create())
		case t.is("INSERT"):
			out = append(out, p.insert())
		default:
			p.refuseStatement(t)
		}
		p.endStatement()
	})
	if !read {
		p.skipStatement()
		if len(out) == 0 {
			out = append(out, &Bad{p.spanFrom(p.tokens[first].pos), declared(p.tokens[first:p.i])})
		}
	}
	return out
}

func never(token) bool { return false }

// skipStatement moves past the next semicolon.
func (p *parser) skipStatement() {
	for !p.at(eof) && !p.take(";") {
		p.next()
	}
}

// declared finds the name that an unreadable CREATE statement would have declared.
func declared(tokens []token) string {
	if len(tokens) == 0 || !tokens[0].is("CREATE") {
		return ""
	}
	for i, t := range tokens {
		if !t.is("TABLE") && !t.is("VIEW") {
			continue
		}
		for _, n := range tokens[i+1:] {
			if n.is("IF") || n.is("NOT") || n.is("EXISTS") {
				continue
			}
			if n.kind == quoted || n.kind == word {
				return n.text
			}
			break
		}
		break
	}
	return ""
}

const extractorHolds = "an extractor holds SET 'twin.*', CREATE TABLE, CREATE VIEW and INSERT INTO digitaltwin"

func (p *parser) refuseStatement(t token) {
	switch t.upper {
	case "SELECT", "WITH", "VALUES":
		p.failAt(t, "a query on its own delivers nothing",
			"write INSERT INTO digitaltwin (component, metric, `value`, unit, event_time) before it, or CREATE VIEW name AS")
	case "RESET":
		p.failAt(t, "an extractor cannot reset the engine's configuration", "only SET 'twin.*' is taken")
	case "ALTER", "DROP", "USE", "LOAD", "UNLOAD", "ADD", "REMOVE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "TRUNCATE",
		"DELETE", "UPDATE", "ANALYZE", "CALL", "COMPILE", "STOP", "MERGE":
		p.failAt(t, t.upper+" has no place in an extractor",
			extractorHolds)
	}
	p.failAt(t, "expected a statement, not "+t.describe(),
		joinHints(closest(t, "SET", "CREATE", "INSERT", "EXECUTE"), extractorHolds))
}

func (p *parser) set() Statement {
	start := p.next().pos
	if t := p.peek(); t.kind == word {
		p.failAt(t, "the key of SET stands in quotes", "write SET 'twin.interval' = '10 s'")
	}
	s := &Set{Key: p.literalText("the key")}
	p.expect("=", "after the key of SET")
	if t := p.peek(); t.kind != str {
		p.failAt(t, "the value of SET stands in quotes", "write '"+t.text+"'")
	}
	s.Value = p.literalText("the value")
	s.Span = p.spanFrom(start)
	return s
}

func (p *parser) create() Statement {
	start := p.next().pos
	if t := p.peek(); t.is("OR") && !p.ahead(2).is("STREAM") && !p.ahead(2).is("PUMP") {
		p.failAt(t, "CREATE OR REPLACE has no meaning in a file that begins empty", "write CREATE")
	}
	p.takeWord("OR", "REPLACE")
	temporary := p.takeWord("TEMPORARY")
	switch t := p.peek(); {
	case p.takeWord("TABLE"):
		if temporary {
			p.failAt(t, "a temporary table cannot be bound to its stream", "leave TEMPORARY out")
		}
		return p.createTable(start)
	case p.takeWord("VIEW"):
		return p.createView(start)
	case t.is("FUNCTION"), t.is("SYSTEM"), t.is("CATALOG"), t.is("DATABASE"), t.is("MODEL"), t.is("MATERIALIZED"):
		p.failAt(t, "CREATE "+t.upper+" has no place in an extractor, on Flink neither", extractorHolds)
	case t.is("STREAM"), t.is("PUMP"):
		p.failAt(t, "CREATE "+t.upper+" is the language of the former Kinesis Data Analytics for SQL",
			"a STREAM becomes CREATE TABLE (the source) or CREATE VIEW, a PUMP becomes INSERT INTO digitaltwin")
	default:
		p.failAt(t, "expected TABLE or VIEW after CREATE, not "+t.describe(), closest(t, "TABLE", "VIEW", "TEMPORARY"))
	}
	return nil
}

func (p *parser) createTable(start int) Statement {
	p.takeWord("IF", "NOT", "EXISTS")
	c := &CreateTable{Name: p.name("the name of a table")}
	p.expect("(", "before the columns of "+c.Name.Name)
	for {
		if p.peek().is("WATERMARK") {
			p.attempt(inList, func() { c.Watermark = p.watermark() })
		} else {
			c.Columns = append(c.Columns, p.columnOrNone())
		}
		if !p.take(",") {
			break
		}
	}
	p.expect(")", "or , after a column of "+c.Name.Name)
	if p.takeWord("COMMENT") {
		p.literalText("the comment")
	}
	for _, w := range []string{"PARTITIONED", "DISTRIBUTED", "LIKE", "AS"} {
		if t := p.peek(); t.is(w) {
			p.failAt(t, w+" has no place in the declaration of a source",
				"a source has columns and WITH ('format' = ..)")
		}
	}
	if p.takeWord("WITH") {
		p.expect("(", "before the options")
		for {
			p.attempt(inList, func() { c.Options = append(c.Options, p.option()) })
			if !p.take(",") {
				break
			}
		}
		p.expect(")", "or , after an option")
	}
	c.Span = p.spanFrom(start)
	return c
}

func (p *parser) option() Option {
	o := Option{Key: p.literalText("the key of an option")}
	p.expect("=", "after the key of an option")
	o.Value = p.literalText("the value of an option")
	o.Span = Span{o.Key.Pos, o.Value.End}
	if t := p.peek(); !t.isPunct(",") && !t.isPunct(")") {
		p.failAt(t, "expected \")\" or , after an option, not "+t.describe(), "")
	}
	return o
}

// watermark reads WATERMARK FOR column AS expression.
func (p *parser) watermark() *Watermark {
	start := p.next()
	p.expectWord("FOR", "after WATERMARK")
	w := &Watermark{Column: p.name("the column of event time")}
	p.expectWord("AS", "after the column of WATERMARK")
	w.Expr = p.expression()
	w.Span = Span{start.pos, start.end}
	return w
}

// columnOrNone reads a column; of one that could not be read only the name is known, if that.
func (p *parser) columnOrNone() (c Column) {
	name := p.peek()
	if !p.attempt(inList, func() { c = p.column() }) {
		c = Column{Span: Span{name.pos, name.end}, Name: Ident{Span{name.pos, name.end}, name.text}}
	}
	return c
}

func (p *parser) column() Column {
	start := p.peek()
	switch {
	case start.is("PRIMARY"), start.is("CONSTRAINT"), start.is("UNIQUE"):
		p.failAt(start, "a stream of records has no key",
			"leave the constraint out; component and metric are the key of the twin")
	}
	c := Column{Name: p.name("the name of a column")}
	if p.takeWord("AS") {
		c.Expr = p.expression()
	} else {
		c.Type = p.typeName()
		if t := p.peek(); t.is("METADATA") {
			p.failAt(t, "METADATA columns silence the Kinesis source of Flink",
				"the platform keeps arrival time, shard and sequence itself: see ?fields=source of the API")
		}
	}
	if p.takeWord("COMMENT") {
		p.literalText("the comment")
	}
	if t := p.peek(); !t.isPunct(",") && !t.isPunct(")") {
		p.failAt(t, "expected \")\" or , after a column, not "+t.describe(), "")
	}
	c.Span = p.spanFrom(start.pos)
	return c
}

func (p *parser) createView(start int) Statement {
	p.takeWord("IF", "NOT", "EXISTS")
	v := &CreateView{Name: p.name("the name of a view")}
	if p.peek().isPunct("(") {
		v.Columns = p.names("the name of a column")
	}
	if p.takeWord("COMMENT") {
		p.literalText("the comment")
	}
	p.expectWord("AS", "before the query of the view "+v.Name.Name)
	v.Query = p.query()
	v.Span = p.spanFrom(start)
	return v
}

func (p *parser) insert() Statement {
	start := p.next().pos
	if t := p.peek(); t.is("OVERWRITE") {
		p.failAt(t, "the twin is never overwritten: the newest reading wins", "write INSERT INTO digitaltwin")
	}
	p.expectWord("INTO", "after INSERT")
	ins := &Insert{Target: p.name("the sink digitaltwin")}
	if p.peek().isPunct("(") && !p.ahead(1).is("SELECT") && !p.ahead(1).is("WITH") && !p.ahead(1).isPunct("(") {
		p.next()
		ins.Broken = !p.attempt(never, func() {
			ins.Columns = p.nameList("the name of a column")
			if t := p.peek(); !t.isPunct(")") {
				p.failAt(t, "expected \")\" or , after the name of a column, not "+t.describe(), reservedHint(t))
			}
		})
		p.expect(")", "after the names")
	}
	ins.Query = p.query()
	ins.Span = p.spanFrom(start)
	return ins
}

// statementSet reads EXECUTE STATEMENT SET BEGIN insert; .. END. A broken INSERT does not hide the others.
func (p *parser) statementSet() (out []Statement) {
	start := p.peek().pos
	read := p.attempt(never, func() {
		if t := p.peek(); t.is("BEGIN") {
			p.failAt(t, "a statement set begins with EXECUTE STATEMENT SET BEGIN", "")
		}
		p.next()
		p.expectWord("STATEMENT", "after EXECUTE")
		p.expectWord("SET", "after STATEMENT")
		p.expectWord("BEGIN", "after STATEMENT SET")
		for {
			for p.take(";") {
			}
			if t := p.peek(); t.is("END") {
				p.next()
				p.endStatement()
				return
			} else if !t.is("INSERT") {
				p.failAt(t, "a statement set holds INSERT statements and ends with END, not "+t.describe(),
					closest(t, "INSERT", "END"))
			}
			out = append(out, p.statementInSet())
		}
	})
	if !read {
		p.skipStatement()
		out = append(out, &Bad{Span: p.spanFrom(start)})
	}
	return out
}

// statementInSet reads one INSERT of a set.
func (p *parser) statementInSet() (out Statement) {
	start := p.peek().pos
	read := p.attempt(never, func() {
		out = p.insert()
		if t := p.peek(); !p.take(";") {
			p.failAt(t, "expected ; after an INSERT of a statement set, not "+t.describe(), "")
		}
	})
	if !read {
		p.skipStatement()
		if out == nil {
			out = &Bad{Span: p.spanFrom(start)}
		}
	}
	return out
}
