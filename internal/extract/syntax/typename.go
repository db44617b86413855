package syntax

import "strconv"

// typeWords begin the types that columns are declared with.
var typeWords = map[string]bool{
	"STRING": true, "VARCHAR": true, "CHAR": true, "BOOLEAN": true, "INT": true, "INTEGER": true, "BIGINT": true,
	"SMALLINT": true, "TINYINT": true,
	"DOUBLE": true, "FLOAT": true, "REAL": true, "DECIMAL": true, "NUMERIC": true, "DATE": true, "TIME": true,
	"TIMESTAMP": true, "TIMESTAMP_LTZ": true,
	"BYTES": true, "ROW": true, "ARRAY": true, "MAP": true,
}

// typeName reads a type as it is written; package check decides which are taken.
func (p *parser) typeName() *TypeName {
	defer p.enter()()
	t := p.peek()
	if t.kind != word {
		p.failAt(t, "expected a type, not "+t.describe(), "")
	}
	p.next()
	n := &TypeName{Name: t.upper}
	switch t.upper {
	case "ROW":
		p.rowFields(n)
	case "ARRAY":
		p.expect("<", "after ARRAY")
		n.Elem = p.typeName()
		p.closeAngle()
	case "MULTISET":
		p.failAt(t, "MULTISET cannot be read from a record", "declare an ARRAY")
	case "MAP":
		p.expect("<", "after MAP")
		n.Key = p.typeName()
		p.expect(",", "after the key type of MAP")
		n.Elem = p.typeName()
		p.closeAngle()
	case "DOUBLE":
		p.takeWord("PRECISION")
	case "TIMESTAMP", "TIME":
		p.parameters(n)
		switch {
		case p.takeWord("WITH", "LOCAL", "TIME", "ZONE"):
			n.Name += "_LTZ"
		case p.takeWord("WITH", "TIME", "ZONE"):
			p.failAt(t, "Flink has no "+t.upper+" WITH TIME ZONE",
				"declare TIMESTAMP_LTZ(3), or STRING for times with an offset")
		default:
			p.takeWord("WITHOUT", "TIME", "ZONE")
		}
	default:
		p.parameters(n)
	}
	if p.takeWord("NOT", "NULL") {
		n.NotNull = true
	} else {
		p.takeWord("NULL")
	}
	if p.peek().is("ARRAY") { // the suffix form: INT ARRAY
		p.failAt(p.peek(), "an array is written ARRAY<type>", "")
	}
	n.Span = p.spanFrom(t.pos)
	return n
}

// rowFields reads ROW<name type 'comment', ..> or ROW(name type, ..).
func (p *parser) rowFields(n *TypeName) {
	closing := ">"
	if p.take("(") {
		closing = ")"
	} else {
		p.expect("<", "after ROW")
	}
	for {
		f := TypeField{Name: p.name("the name of a field")}
		f.Type = p.typeName()
		if p.at(str) {
			p.next()
		}
		n.Fields = append(n.Fields, f)
		if !p.take(",") {
			break
		}
	}
	if closing == ">" {
		p.closeAngle()
		return
	}
	p.expect(")", "or , after a field")
}

// closeAngle takes a >, also where the lexer joined it with what follows.
func (p *parser) closeAngle() {
	t := p.peek()
	if t.isPunct(">=") { // ARRAY<INT>= cannot be anything else
		p.tokens[p.i] = token{kind: punct, text: "=", pos: t.pos + 1, end: t.end}
		return
	}
	if !p.take(">") {
		p.failAt(t, `expected ">" or "," in a type, not `+t.describe(), "")
	}
}

func (p *parser) parameters(n *TypeName) {
	if !p.take("(") {
		return
	}
	for {
		t := p.peek()
		v, err := strconv.Atoi(t.text)
		if t.kind != number || err != nil {
			p.failAt(t, "expected a whole number as the length or precision of "+n.Name+", not "+t.describe(), "")
		}
		p.next()
		n.Parameters = append(n.Parameters, v)
		if !p.take(",") {
			break
		}
	}
	p.expect(")", "after the precision of "+n.Name)
}
