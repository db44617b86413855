package syntax

// giveUp ends the reading of something after its first diagnostic: what follows would be guesses. The nearest
// [parser.attempt] goes on after it.
type giveUp struct{}

// attempt runs read, and reports whether it came to its end. Where it gives up, reading goes on at the first token
// after the mistake that resume takes, or that closes what encloses it.
func (p *parser) attempt(resume func(token) bool, read func()) (ok bool) {
	first, depth := p.i, p.depth
	defer func() {
		switch r := recover(); r.(type) {
		case nil:
		case giveUp:
			p.depth, p.incomplete = depth, true
			p.i = p.resumeAt(first, resume)
			p.resumed = p.i
		default:
			panic(r)
		}
	}()
	read()
	return true
}

// resumeAt finds where to go on after a mistake at the current token, in something that began at token first.
func (p *parser) resumeAt(first int, resume func(token) bool) int {
	open := 0
	for i := first; ; i++ {
		t := p.tokens[i]
		switch {
		case t.kind == eof || t.isPunct(";"):
			return p.unclosed(i, resume)
		case i >= p.i && open <= 0 && (resume(t) || t.isPunct(")")):
			return i
		case t.isPunct("("), t.isPunct("["), t.isPunct("<"):
			open++
		case t.isPunct(")"), t.isPunct("]"), t.isPunct(">"):
			open = max(open-1, 0) // as an operator < closes nothing
		}
	}
}

// unclosed finds the keyword to go on at where a parenthesis was left open, so that everything up to end, the end of
// the statement, seems to be within it.
func (p *parser) unclosed(end int, resume func(token) bool) int {
	for i := p.i; i < end; i++ {
		if t := p.tokens[i]; t.kind == word && resume(t) {
			return i
		}
	}
	return end
}

// inList is where the next element of a list begins.
func inList(t token) bool { return t.isPunct(",") }

// inItems is where the next item of a SELECT begins, or what follows the items.
func inItems(t token) bool { return t.isPunct(",") || t.is("FROM") || afterFrom(t) }

// afterFrom is a clause after FROM.
func afterFrom(t token) bool {
	return t.is("WHERE") || t.is("GROUP") || t.is("HAVING") || t.is("WINDOW") || t.is("QUALIFY") || afterSelect(t)
}

// afterSelect is what follows a SELECT.
func afterSelect(t token) bool {
	switch t.upper {
	case "UNION", "INTERSECT", "EXCEPT", "MINUS", "ORDER", "LIMIT", "OFFSET", "FETCH":
		return t.kind == word
	}
	return false
}
