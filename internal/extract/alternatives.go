package extract

// Several tables on one source are alternatives: providers send records of several shapes, and each table declares one
// of them. Where one table reads a record without a problem and delivers from it, the record is no reject for a table
// that it gives nothing: it has another shape. A table that delivers takes its part of the record, so its problems
// stand.

// attempt is what one table made of a record.
type attempt struct {
	problems, more int // before it
	found          int // problems of this table
	delivered      bool
}

// try runs a record through a table, whose number is i.
func (p *Program) try(i int, record []byte, out *Output) attempt {
	a := attempt{problems: len(out.Problems), more: out.More}
	before, rows := out.Found(), len(out.out.Rows)
	if s := &out.sinks[i]; s.loop != nil {
		p.decoders[i].Decode(record, out.records[i], s)
	}
	a.found, a.delivered = out.Found()-before, len(out.out.Rows) > rows
	return a
}

// settle takes away the problems of tables for which the record has another shape.
func (o *Output) settle(attempts []attempt) {
	read := false
	for _, a := range attempts {
		read = read || a.delivered && a.found == 0
	}
	if !read {
		return
	}
	kept, more, from := 0, 0, 0 // kept so far of the problems; from is where those of the attempt begin
	for i, a := range attempts {
		to, toMore := len(o.Problems), o.More
		if i+1 < len(attempts) {
			to, toMore = attempts[i+1].problems, attempts[i+1].more
		}
		if a.delivered || a.found == 0 {
			kept += copy(o.Problems[kept:], o.Problems[from:to])
			more += toMore - a.more
		}
		from = to
	}
	o.Problems, o.More = o.Problems[:kept], more
}
