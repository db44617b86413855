package sqlfmt

import (
	"unicode/utf8"
)

// indentOfLists is the column of the items of a SELECT: after the keyword.
const indentOfLists = len("SELECT ")

// level is a bracket, a CASE or the statement itself that is open at the beginning of a line.
type level struct {
	opened byte // ( [ < or c of CASE; 0 for the statement
	indent int  // of the line that opened it
	column int  // of what follows the opening
	ends   bool // nothing follows the opening on its line
	clause string
	when   int // column of the first WHEN of a CASE, 0 where it begins a line
}

// base is where the lines of a level begin.
func (l *level) base() int {
	switch {
	case l.opened == 0:
		return 0
	case l.ends, l.opened == '<':
		return l.indent + 2
	}
	return l.column
}

// indent sets the indentation of the lines of a statement.
func indent(lines []*line) {
	levels := []*level{{}}
	first := true // nothing but comments so far
	for _, l := range lines {
		l.indent = indentOf(levels, first, l.items)
		first = first && next(l.items, 0).text == ""
		column := l.indent
		for k, i := range l.items {
			if k > 0 && blank(l.items, k) {
				column++
			}
			end := column + utf8.RuneCountInString(i.text)
			top := last(levels)
			switch {
			case i.kind == comment:
			case i.opens != 0:
				ends := k == len(l.items)-1 || l.items[k+1].lineComment()
				levels = append(levels, &level{opened: i.opens, indent: l.indent, column: end, ends: ends})
			case i.closes != 0:
				for len(levels) > 1 && last(levels).opened != i.closes {
					levels = levels[:len(levels)-1] // a CASE that has no END
				}
				if len(levels) > 1 {
					levels = levels[:len(levels)-1]
				}
			case i.is("CASE"):
				levels = append(levels, &level{opened: 'c', indent: l.indent, column: end + 1,
					ends: k == len(l.items)-1})
			case i.is("END") && top.opened == 'c':
				levels = levels[:len(levels)-1]
			case i.is("WHEN") && top.opened == 'c' && top.when == 0:
				top.when = column
			case clause(l.items, k):
				top.clause = i.upper
			}
			column = end
		}
	}
	// A comment on a line of its own stands as what follows it.
	for n := len(lines) - 2; n >= 0; n-- {
		if l := lines[n]; l.items[0].kind == comment {
			l.indent = lines[n+1].indent
		}
	}
}

// indentOf returns where a line begins.
func indentOf(levels []*level, first bool, items []*item) int {
	top, i := last(levels), items[0]
	switch {
	case first:
		return 0
	case i.closes != 0 && (top.ends || top.opened == '<'):
		return top.indent
	case i.closes != 0:
		return max(top.column-1, 0)
	case top.opened == 'c' && i.is("WHEN", "ELSE", "END"):
		if top.when > 0 {
			return top.when
		}
		return top.indent + 2
	case top.opened == 'c':
		return top.column
	case clause(items, 0):
		return top.base()
	case i.is("ON", "AND", "OR") && top.clause != "SELECT" && top.clause != "":
		return top.base() + 2
	case top.clause == "SELECT":
		return top.base() + indentOfLists
	case top.clause == "UNION" || top.clause == "" && (top.opened != 0 || i.is("AS", "WITH", "BEGIN", "END")):
		return top.base()
	}
	return top.base() + 2
}
