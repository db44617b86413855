package syntax

import (
	"fmt"

	"github.com/railtwin/digitaltwin/internal/extract/diag"
)

// query reads select { UNION ALL select }, with parentheses and WITH.
func (p *parser) query() Query {
	defer p.enter()()
	start := p.peek().pos
	if p.takeWord("WITH") {
		return p.with(start)
	}
	branches := []Query{p.queryTerm()}
	for {
		t := p.peek()
		switch {
		case t.is("UNION"):
			p.next()
			if !p.takeWord("ALL") {
				p.failAt(t, diag.Rejected, "UNION without ALL removes duplicates, which an append-only sink refuses", "write UNION ALL; the newest reading wins, duplicates do no harm")
			}
			branches = append(branches, p.queryTerm())
			continue
		case t.is("INTERSECT"), t.is("EXCEPT"), t.is("MINUS"):
			p.failAt(t, diag.Rejected, t.upper+" needs all rows at once, which an append-only sink refuses", "filter with WHERE")
		}
		break
	}
	if len(branches) == 1 {
		return branches[0]
	}
	return &Union{p.spanFrom(start), branches}
}

func (p *parser) with(start int) Query {
	w := &With{}
	if t := p.peek(); t.is("RECURSIVE") {
		p.failAt(t, diag.Rejected, "Flink has no recursive queries", "")
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
		p.expect(")", "behind the query of "+v.Name.Name)
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

func (p *parser) queryTerm() Query {
	t := p.peek()
	switch {
	case p.take("("):
		q := p.query()
		p.expect(")", "behind the query")
		return q
	case t.is("SELECT"):
		return p.selectQuery()
	case t.is("VALUES"):
		p.failAt(t, diag.NeedsFlink, "VALUES is a source of its own, which the Go engine does not run", "")
	case t.is("TABLE"):
		p.failAt(t, diag.Rejected, "TABLE name is not taken as a query", "write SELECT * FROM name")
	}
	p.failAt(t, diag.Rejected, "expected SELECT, not "+t.describe(), closest(t, "SELECT", "WITH"))
	return nil
}

func (p *parser) selectQuery() Query {
	start := p.peek().pos
	s := &Select{}
	s.Foreign = p.foreign(func() { p.selectInto(s) })
	s.Span = p.spanFrom(start)
	return s
}

// foreign runs read, which reads a query without UNION, and reports whether it met what only Flink
// runs. The rest of that query is passed over then, so that what stands around it is read all the same.
func (p *parser) foreign(read func()) (foreign bool) {
	first, depth := p.i, p.depth
	defer func() {
		r := recover()
		g, ok := r.(giveUp)
		switch {
		case r == nil:
		case ok && g.needsFlink:
			foreign, p.depth = true, depth
			p.i = p.endOfQuery(first)
		default:
			panic(r)
		}
	}()
	read()
	return false
}

// endOfQuery returns the first token behind the query without UNION that begins at token i.
func (p *parser) endOfQuery(i int) int {
	for depth := 0; ; i++ {
		switch t := p.tokens[i]; {
		case t.kind == eof || t.isPunct(";"):
			return i
		case t.isPunct("("):
			depth++
		case depth == 0 && (t.isPunct(")") || t.is("UNION") || t.is("INTERSECT") || t.is("EXCEPT") || t.is("MINUS")):
			return i
		case t.isPunct(")"):
			depth--
		}
	}
}

func (p *parser) selectInto(s *Select) {
	p.next()
	switch t := p.peek(); {
	case t.is("DISTINCT"):
		p.failAt(t, diag.Rejected, "SELECT DISTINCT remembers all rows, which an append-only sink refuses", "leave DISTINCT out: the newest reading wins, duplicates do no harm")
	case t.is("STREAM"):
		p.failAt(t, diag.Rejected, "SELECT STREAM is the language of the former Kinesis Data Analytics for SQL", "write SELECT")
	case t.is("ALL"):
		p.next()
	}
	for {
		s.Items = append(s.Items, p.item())
		if !p.take(",") {
			break
		}
	}
	if t := p.peek(); !t.is("FROM") {
		if alias := p.tokens[p.i-1]; closest(alias, "FROM") != "" {
			p.failAt(alias, diag.Rejected, "expected , or FROM behind a column of SELECT, not "+alias.describe(), closest(alias, "FROM"))
		}
		p.failAt(t, diag.Rejected, "expected , or FROM behind a column of SELECT, not "+t.describe(), joinHints(closest(t, "FROM"), reservedHint(t)))
	}
	p.next()
	s.From = p.from()
	if p.takeWord("WHERE") {
		s.Where = p.expression()
	}
	p.refuseClause(p.peek())
}

func reservedHint(t token) string {
	if t.kind == word && Reserved(t.upper) {
		return "if it is a name, quote it: `" + t.text + "`"
	}
	return ""
}

// clauses names what Flink has behind FROM and WHERE and the Go engine has not.
var clauses = map[string]string{
	"GROUP":           "GROUP BY aggregates over many records",
	"HAVING":          "HAVING filters aggregates",
	"ORDER":           "ORDER BY sorts many records",
	"LIMIT":           "LIMIT counts over many records",
	"OFFSET":          "OFFSET counts over many records",
	"FETCH":           "FETCH counts over many records",
	"WINDOW":          "WINDOW looks at many records",
	"QUALIFY":         "QUALIFY looks at many records",
	"MATCH_RECOGNIZE": "MATCH_RECOGNIZE finds patterns over many records",
	"JOIN":            "JOIN brings several tables together",
	"INNER":           "JOIN brings several tables together",
	"LEFT":            "LEFT JOIN brings several tables together",
	"RIGHT":           "RIGHT JOIN brings several tables together",
	"FULL":            "FULL JOIN brings several tables together",
	"NATURAL":         "NATURAL JOIN brings several tables together",
	"CROSS":           "CROSS JOIN of tables brings several tables together",
	"OVER":            "OVER looks at many records",
}

// refuseClause fails where t begins a clause that only Flink runs.
func (p *parser) refuseClause(t token) {
	if why, ok := clauses[t.upper]; ok && t.kind == word {
		p.failAt(t, diag.NeedsFlink, why, "the Go engine sees one record at a time")
	}
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
	if p.takeWord("AS") {
		a := p.name("the name of a column")
		it.Alias = &a
	} else if p.peek().isName() {
		a := p.name("the name of a column")
		it.Alias = &a
	}
	if t := p.peek(); t.is("OVER") {
		p.refuseClause(t)
	}
	it.Span = p.spanFrom(start.pos)
	return it
}

func (p *parser) from() *From {
	start := p.peek()
	f := &From{}
	switch {
	case start.is("TABLE"), start.is("LATERAL"):
		p.failAt(start, diag.NeedsFlink, start.upper+" (..) calls a table function or a window", "")
	case start.is("UNNEST"):
		p.failAt(start, diag.Rejected, "UNNEST needs a table before it whose records hold the array", "write FROM t CROSS JOIN UNNEST(t.items) AS i (..)")
	case start.isPunct("("):
		p.next()
		f.Query = p.query()
		p.expect(")", "behind the query")
	default:
		n := p.name("the name of a table or view")
		f.Table = &n
		if t := p.peek(); t.isPunct(".") {
			p.failAt(t, diag.Rejected, "an extractor has no catalogs or databases", "write the name of a table or view of this file")
		}
		if t := p.peek(); t.is("FOR") || t.is("TABLESAMPLE") {
			p.failAt(t, diag.NeedsFlink, t.upper+" behind a table looks at its history", "")
		}
	}
	f.Alias, f.Columns = p.alias()
	for p.unnest(f) {
	}
	p.refuseClause(p.peek())
	if t := p.peek(); t.isPunct(",") {
		p.failAt(t, diag.NeedsFlink, "a second table in FROM joins them", "unnest an array with CROSS JOIN UNNEST(..)")
	}
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

// unnest reads one more array beside the table, if there is one.
func (p *parser) unnest(f *From) bool {
	start := p.peek()
	u := Unnest{}
	switch {
	case p.peek().isPunct(",") && p.ahead(1).is("UNNEST"):
		p.next()
	case start.is("CROSS") && p.ahead(1).is("JOIN") && p.ahead(2).is("UNNEST"):
		p.i += 2
	case start.is("JOIN") && p.ahead(1).is("UNNEST"):
		p.next()
	case start.is("INNER") && p.ahead(1).is("JOIN") && p.ahead(2).is("UNNEST"):
		p.i += 2
	case start.is("LEFT") && p.ahead(1).is("JOIN") && p.ahead(2).is("UNNEST"):
		p.i += 2
		u.Left = true
	case start.is("LEFT") && p.ahead(1).is("OUTER") && p.ahead(2).is("JOIN") && p.ahead(3).is("UNNEST"):
		p.i += 3
		u.Left = true
	default:
		return false
	}
	comma := start.isPunct(",") || start.is("CROSS")
	p.next() // UNNEST
	p.expect("(", "behind UNNEST")
	u.Array = p.expression()
	p.expect(")", "behind the array of UNNEST")
	u.Ordinality = p.takeWord("WITH", "ORDINALITY")
	u.Alias, u.Columns = p.alias()
	if !comma {
		on := p.peek()
		p.expectWord("ON", fmt.Sprintf("TRUE behind %s JOIN UNNEST(..)", start.upper))
		if !p.takeWord("TRUE") {
			p.failAt(on, diag.Rejected, "the condition of a JOIN with UNNEST can only be ON TRUE", "write ON TRUE, and the condition into WHERE")
		}
	}
	u.Span = p.spanFrom(start.pos)
	f.Unnests = append(f.Unnests, u)
	return true
}
