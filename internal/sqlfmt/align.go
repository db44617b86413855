package sqlfmt

import "unicode/utf8"

// apart is how many characters the cells of a column may differ in length; longer ones are not brought below each
// other.
const apart = 24

// align sets columns below each other: the types of a table, and the expressions of the branches of a UNION ALL. The
// values of SET statements, which lie in several statements, are aligned by [sets].
func align(lines []*line) {
	for _, l := range lines {
		l.pad = make([]int, len(l.items))
	}
	definitions(lines)
	var run []*line
	flush := func() {
		branches(run)
		run = nil
	}
	for n, l := range lines {
		switch {
		case branch(lines, n):
			run = append(run, l)
		case l.items[0].is("UNION"):
		default:
			flush()
		}
	}
	flush()
}

// branch reports whether line n is a whole SELECT.
func branch(lines []*line, n int) bool {
	items := lines[n].items
	if !items[0].is("SELECT") || level0(items, "FROM") < 0 {
		return false
	}
	if n+1 == len(lines) {
		return true
	}
	after := lines[n+1].items[0]
	return after.is("UNION") || after.closes != 0
}

// level0 finds a keyword of the query itself.
func level0(items []*item, keyword string) int {
	for n, i := range items {
		if i.depth == items[0].depth && i.is(keyword) && clause(items, n) {
			return n
		}
	}
	return -1
}

// branches aligns the cells of whole SELECTs.
func branches(run []*line) {
	cells := make([][]int, len(run)) // the first item of each cell but the first
	for n, l := range run {
		from := level0(l.items, "FROM")
		for k := 1; k < from; k++ {
			if l.items[k-1].isPunct(",") && l.items[k].depth == l.items[0].depth {
				cells[n] = append(cells[n], k)
			}
		}
		cells[n] = append(cells[n], from)
	}
	for start := 0; start < len(run); {
		end := start + 1
		for end < len(run) && len(cells[end]) == len(cells[start]) {
			end++
		}
		columns(run[start:end], cells[start:end], 0)
		start = end
	}
}

// columns aligns cell k and those after it, in groups of lines whose cells before it are alike in length.
func columns(run []*line, cells [][]int, k int) {
	if len(run) < 2 || k == len(cells[0]) {
		return
	}
	length := func(n int) int {
		begin := 0
		if k > 0 {
			begin = cells[n][k-1]
		}
		return width(run[n].items[begin:cells[n][k]])
	}
	for start := 0; start < len(run); {
		least, most := length(start), length(start)
		end := start + 1
		for ; end < len(run); end++ {
			w := length(end)
			if max(most, w)-min(least, w) > apart {
				break
			}
			least, most = min(least, w), max(most, w)
		}
		for n := start; n < end; n++ {
			run[n].pad[cells[n][k]] = most - length(n)
		}
		columns(run[start:end], cells[start:end], k+1)
		start = end
	}
}

// definitions aligns the types of the columns of CREATE TABLE, and of the fields of a ROW, where each stands on a line
// of its own.
func definitions(lines []*line) {
	type list struct {
		lines []*line
		mixed bool // a line holds several
	}
	var open []*list
	var done []*list
	var before *item
	table := 0 // 1 after CREATE TABLE, 2 in its brackets
	for _, l := range lines {
		for k, i := range l.items {
			if i.kind == comment {
				continue
			}
			top := last(open)
			if top != nil && (before.opens != 0 || before.isPunct(",")) && i.closes == 0 {
				if k > 0 {
					top.mixed = true
				} else if !i.is("WATERMARK", "PRIMARY", "CONSTRAINT", "UNIQUE") {
					top.lines = append(top.lines, l)
				}
			}
			switch {
			case i.is("TABLE") && before != nil && before.is("CREATE", "TEMPORARY"):
				table = 1
			case i.opens == '(' && table == 1:
				table = 2
				open = append(open, &list{})
			case i.opens == '<' && before.is("ROW") && table == 2:
				open = append(open, &list{})
			case i.opens != 0:
				open = append(open, nil)
			case i.closes != 0 && len(open) > 0:
				if top != nil {
					done = append(done, top)
				}
				if open = open[:len(open)-1]; len(open) == 0 {
					table = 0
				}
			}
			before = i
		}
	}
	for _, d := range done {
		if d.mixed {
			continue
		}
		most := 0
		for _, l := range d.lines {
			most = max(most, utf8.RuneCountInString(l.items[0].text))
		}
		for _, l := range d.lines {
			if len(l.items) > 1 {
				l.pad[1] = most - utf8.RuneCountInString(l.items[0].text)
			}
		}
	}
}

// sets aligns the values of SET statements that follow each other.
func sets(statements [][]*line) {
	var run []*line
	flush := func() {
		most := 0
		for _, l := range run {
			most = max(most, width(l.items[:2]))
		}
		for _, l := range run {
			l.pad[2] = most - width(l.items[:2])
		}
		run = nil
	}
	for _, lines := range statements {
		l := lines[len(lines)-1] // after its comments
		if len(l.items) < 3 || !l.items[0].is("SET") || !l.items[2].isPunct("=") {
			flush()
			continue
		}
		if lines[0].items[0].breaks > 1 {
			flush()
		}
		run = append(run, l)
	}
	flush()
}
