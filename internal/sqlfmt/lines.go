package sqlfmt

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// line is one line of a statement.
type line struct {
	items  []*item
	blank  bool  // a blank line before it
	indent int   // in characters
	pad    []int // blanks more before each item than one has there
}

// clauses begin a line where a query is broken.
var clauses = []string{"SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "INTERSECT",
	"EXCEPT", "CROSS", "JOIN", "INNER", "FULL"}

// clause reports whether item n begins a clause.
func clause(items []*item, n int) bool {
	i := items[n]
	if i.is("LEFT", "RIGHT") {
		return n+1 < len(items) && items[n+1].is("JOIN", "OUTER")
	}
	if i.is("JOIN") && n > 0 && items[n-1].is("CROSS", "LEFT", "RIGHT", "INNER", "OUTER", "FULL") {
		return false
	}
	if i.is("FROM") && n > 0 && items[n-1].is("DISTINCT") {
		return false // IS DISTINCT FROM
	}
	return i.is(clauses...)
}

// breakLines sets the line breaks that the author is not asked for.
func breakLines(items []*item) {
	var before *item
	begins := true // with this item, which is none at the end of a line, a statement or the comment before it begins
	var statement, last *item
	for n, i := range items {
		trailing := before != nil && before.isPunct(";") && i.kind == comment && i.breaks == 0
		switch {
		case before == nil:
			i.breaks = 0
		case trailing:
		case begins:
			i.breaks = max(i.breaks, 1, apartFrom(last, next(items, n), before))
		case before.lineComment():
			i.breaks = max(i.breaks, 1)
		case i.isPunct(","), i.isPunct(";"):
			if i.breaks > 0 && n+1 < len(items) && items[n+1].kind != comment {
				items[n+1].breaks = max(items[n+1].breaks, 1)
			}
			i.breaks = 0
		case i.isPunct("."), before.isPunct("."):
			i.breaks = 0
		case ownLine(items, n), statement.is("INSERT") && i.depth == 0 && i.is("SELECT", "WITH"):
			i.breaks = max(i.breaks, 1)
		case before.opens != 0, before.is("SELECT"):
			i.breaks = min(i.breaks, 1)
		}
		if !trailing {
			begins = false
		}
		if statement == nil && i.kind != comment {
			statement = i
		}
		if i.isPunct(";") || i.is("BEGIN") {
			begins, statement, last = true, nil, statement
		}
		before = i
	}
}

// apartFrom returns how many line breaks stand at least between two statements: those of SET may follow each other line
// by line.
func apartFrom(last, statement, before *item) int {
	if last.is("SET") && statement.is("SET") || statement.is("END") || before.is("BEGIN") {
		return 1
	}
	return 2
}

// ownLine reports whether item n begins a line in any text: UNION ALL, and what follows it.
func ownLine(items []*item, n int) bool {
	set := func(i *item) bool { return i.is("UNION", "INTERSECT", "EXCEPT") }
	before := items[n-1]
	switch {
	case set(items[n]):
		return true
	case set(before):
		return !items[n].is("ALL", "DISTINCT")
	}
	return before.is("ALL", "DISTINCT") && n > 1 && set(items[n-2])
}

// next returns the first item from n on that is no comment.
func next(items []*item, n int) *item {
	for _, i := range items[n:] {
		if i.kind != comment {
			return i
		}
	}
	return &item{}
}

// statements cuts items after each semicolon, and the comment at the end of its line.
func statements(items []*item) (out [][]*item) {
	start := 0
	for n, i := range items {
		ends := i.isPunct(";") || i.is("BEGIN")
		if n+1 < len(items) && items[n+1].kind == comment && items[n+1].breaks == 0 {
			ends = false
		}
		if i.kind == comment && n > 0 && items[n-1].isPunct(";") && i.breaks == 0 {
			ends = true
		}
		if ends {
			out, start = append(out, items[start:n+1]), n+1
		}
	}
	if start < len(items) {
		out = append(out, items[start:])
	}
	return out
}

// split cuts a statement into lines.
func split(items []*item) (lines []*line) {
	start := 0
	cut := func(end int) {
		if end == start {
			return
		}
		l := &line{items: items[start:end], blank: items[start].breaks > 1 && start > 0}
		lines = append(lines, shorten(l)...)
		start = end
	}
	for n, i := range items {
		if i.breaks > 0 {
			cut(n)
		}
	}
	cut(len(items))
	return lines
}

// shorten breaks a line that is too long, at its outermost places.
func shorten(l *line) []*line {
	if width(l.items) <= Width || l.items[0].kind == comment {
		return []*line{l}
	}
	depth := -1
	var at []int
	for n := 1; n < len(l.items); n++ {
		i := l.items[n]
		comma := l.items[n-1].isPunct(",")
		if i.kind == comment || !comma && !clause(l.items, n) && !i.is("AND", "OR") {
			continue
		}
		if i.is("AND") && between(l.items, n) {
			continue
		}
		if depth < 0 || i.depth < depth {
			depth, at = i.depth, nil
		}
		if i.depth == depth {
			at = append(at, n)
		}
	}
	if clausesOnly := slices.DeleteFunc(slices.Clone(at),
		func(n int) bool { return !clause(l.items, n) }); len(clausesOnly) > 0 {
		at = clausesOnly
	} else {
		at = fill(l.items, at)
	}
	var out []*line
	start := 0
	for _, n := range append(at, len(l.items)) {
		out = append(out, &line{items: l.items[start:n], blank: l.blank && start == 0})
		start = n
	}
	return out
}

// fill leaves out the places that a line of 120 characters needs not.
func fill(items []*item, at []int) (out []int) {
	start := 0
	for n, place := range at {
		end := len(items)
		if n+1 < len(at) {
			end = at[n+1]
		}
		if width(items[start:end])+indentOfLists > 120 {
			out, start = append(out, place), place
		}
	}
	if len(out) == 0 && len(at) > 0 {
		out = at[len(at)-1:]
	}
	return out
}

// between reports whether the AND at n is that of BETWEEN.
func between(items []*item, n int) bool {
	for n--; n >= 0; n-- {
		if items[n].is("BETWEEN") {
			return true
		}
		if items[n].is("AND", "OR", "WHERE", "ON") {
			return false
		}
	}
	return false
}

// width is the length of items in one line without what stands before them.
func width(items []*item) int {
	n := 0
	for k, i := range items {
		if i.kind == comment && k == len(items)-1 {
			break
		}
		if k > 0 && blank(items, k) {
			n++
		}
		n += utf8.RuneCountInString(i.text)
	}
	return n
}

// write writes the lines, without a line break after the last.
func write(b *strings.Builder, lines []*line) {
	for n, l := range lines {
		if n > 0 {
			b.WriteByte('\n')
			if l.blank {
				b.WriteByte('\n')
			}
		}
		b.WriteString(strings.Repeat(" ", l.indent))
		for k, i := range l.items {
			switch {
			case k == 0:
			case i.kind == comment && k == len(l.items)-1 && i.lineComment():
				b.WriteString("    ")
			case blank(l.items, k):
				b.WriteString(" ")
			}
			if l.pad != nil {
				b.WriteString(strings.Repeat(" ", l.pad[k]))
			}
			b.WriteString(i.text)
		}
	}
}
