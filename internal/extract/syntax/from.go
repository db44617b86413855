package syntax

import "strings"

func (p *parser) from() *From {
	start := p.peek()
	if start.is("UNNEST") {
		p.failAt(start, "UNNEST needs a table before it whose records hold the array",
			"write FROM t CROSS JOIN UNNEST(t.items) AS i (..)")
	}
	f := &From{First: p.source()}
	for {
		j, ok := p.join()
		if !ok {
			break
		}
		f.Joins = append(f.Joins, j)
	}
	f.Span = p.spanFrom(start.pos)
	return f
}

// joins are the words that begin a join, longest first.
var joins = []struct {
	words []string
	kind  JoinKind
}{
	{[]string{"CROSS", "JOIN"}, CrossJoin}, {[]string{"INNER", "JOIN"}, InnerJoin}, {[]string{"JOIN"}, InnerJoin},
	{[]string{"LEFT", "OUTER", "JOIN"}, LeftJoin}, {[]string{"LEFT", "JOIN"}, LeftJoin},
	{[]string{"RIGHT", "OUTER", "JOIN"}, RightJoin}, {[]string{"RIGHT", "JOIN"}, RightJoin},
	{[]string{"FULL", "OUTER", "JOIN"}, FullJoin}, {[]string{"FULL", "JOIN"}, FullJoin},
}

// join reads one more source, if there is one.
func (p *parser) join() (j Join, ok bool) {
	start := p.peek()
	if p.take(",") {
		j.Kind, ok = CommaJoin, true
	}
	j.Natural = p.takeWord("NATURAL")
	for _, w := range joins {
		if !ok && p.takeWord(w.words...) {
			j.Kind, ok = w.kind, true
		}
	}
	if !ok {
		if j.Natural {
			p.failAt(p.peek(), "expected JOIN after NATURAL, not "+p.peek().describe(), closest(p.peek(), "JOIN"))
		}
		return j, false
	}
	j.Source = p.source()
	needsOn := j.Kind != CommaJoin && j.Kind != CrossJoin && !j.Natural
	switch {
	case p.takeWord("ON"):
		j.On = p.expression()
	case p.takeWord("USING"):
		j.Using = p.names("the name of a column")
	case needsOn && j.Source.Unnest != nil:
		p.expectWord("ON", "TRUE after "+string(j.Kind)+" UNNEST(..)")
	case needsOn:
		p.expectWord("ON", "after "+string(j.Kind))
	}
	j.Span = p.spanFrom(start.pos)
	return j, true
}

// source reads a table, a query, a table function or an array, with its alias.
func (p *parser) source() (s Source) {
	start := p.peek()
	s.Lateral = p.takeWord("LATERAL")
	switch t := p.peek(); {
	case t.is("TABLE") && p.ahead(1).isPunct("("):
		s.Function = p.tableFunction()
	case t.is("UNNEST"):
		p.next()
		p.expect("(", "after UNNEST")
		s.Unnest = &Unnest{Array: p.expression()}
		p.expect(")", "after the array of UNNEST")
		s.Unnest.Ordinality = p.takeWord("WITH", "ORDINALITY")
	case t.isPunct("("):
		p.next()
		s.Query = p.query()
		p.expect(")", "after the query")
	default:
		n := p.name("the name of a table or view")
		s.Table = &n
		if t := p.peek(); t.isPunct(".") {
			p.failAt(t, "an extractor has no catalogs or databases", "write the name of a table or view of this file")
		}
	}
	p.sourceClause(&s)
	s.Alias, s.Columns = p.alias()
	if s.Clause == "" {
		p.sourceClause(&s)
	}
	s.Span = p.spanFrom(start.pos)
	return s
}

// sourceClause reads what only Flink knows after a source.
func (p *parser) sourceClause(s *Source) {
	t := p.peek()
	switch {
	case p.takeWord("FOR", "SYSTEM_TIME", "AS", "OF"):
		s.Clause = "FOR SYSTEM_TIME"
		p.binary(precAdd)
	case t.is("TABLESAMPLE"):
		p.next()
		s.Clause = t.upper
		p.next()
		p.parenthesesOf(t.upper)
	case t.is("MATCH_RECOGNIZE"):
		p.next()
		s.Clause = t.upper
		p.parenthesesOf(t.upper)
	default:
		return
	}
	s.ClauseAt = Span{t.pos, t.end}
}

// parenthesesOf passes over (..).
func (p *parser) parenthesesOf(what string) {
	p.expect("(", "after "+what)
	p.skipTo(")")
	p.expect(")", "at the end of "+what+" (..)")
}

// tableFunction reads TABLE(name(TABLE input [PARTITION BY ..] [ORDER BY ..], DESCRIPTOR(time), ..)), whose arguments
// may have names.
func (p *parser) tableFunction() *TableFunction {
	start := p.next()
	p.expect("(", "after TABLE")
	t := p.next()
	f := &TableFunction{Name: Ident{Span{t.pos, t.end}, strings.ToUpper(t.text)}}
	if t.kind != word && t.kind != quoted {
		p.failAt(t, "expected the name of a table function, not "+t.describe(), "")
	}
	p.expect("(", "after "+f.Name.Name)
	for !p.peek().isPunct(")") {
		if p.ahead(1).isPunct("=>") {
			p.next()
			p.next()
		}
		switch {
		case p.takeWord("TABLE"):
			n := p.name("the name of a table or view")
			f.Input = &n
			if p.takeWord("PARTITION") {
				p.expectWord("BY", "after PARTITION")
				if p.peek().isPunct("(") {
					p.names("the name of a column")
				} else {
					p.name("the name of a column")
				}
			}
		case p.takeWord("DESCRIPTOR"):
			names := p.names("the name of a column")
			f.Time = &names[0]
		default:
			p.expression()
		}
		if !p.take(",") {
			break
		}
	}
	p.expect(")", "or , in "+f.Name.Name+"(..)")
	p.expect(")", "after TABLE(..)")
	f.Span = p.spanFrom(start.pos)
	return f
}

// alias reads [AS] name [(columns)].
func (p *parser) alias() (*Ident, []Ident) {
	if !p.takeWord("AS") && !p.peek().isName() {
		return nil, nil
	}
	a := p.name("an alias")
	var columns []Ident
	if p.peek().isPunct("(") {
		columns = p.names("the name of a column")
	}
	return &a, columns
}
