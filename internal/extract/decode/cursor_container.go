package decode

import "github.com/railtwin/digitaltwin/internal/extract/row"

// fields decodes an object into the fields of col. As soon as it has met as many declared names as
// there are fields it looks at no more of them, duplicates included.
func (c *cursor) fields(col *column, cells []row.Cell) *failure {
	if c.tok != startObject {
		return c.misfit("an object")
	}
	arity, seen := len(col.fields), 0
	if f := c.advance(); f != nil {
		return f
	}
	for c.tok != endObject {
		if seen >= arity {
			if f := c.nextField(); f != nil {
				return f
			}
			continue
		}
		name, there, f := c.currentText()
		if f != nil {
			return f
		}
		index, declared := col.index[string(name)]
		declared = declared && there
		if f := c.advance(); f != nil {
			return f
		}
		if !declared {
			if f := c.nextField(); f != nil {
				return f
			}
			continue
		}
		field := col.fields[index]
		c.path = append(c.path, step{name: field.name})
		if f := c.value(field, cells); f != nil {
			return f
		}
		c.path = c.path[:len(c.path)-1]
		if f := c.advance(); f != nil {
			return f
		}
		seen++
	}
	if seen < arity && c.opts.failOnMissing {
		return &failure{offset: c.start, detail: "a declared field is missing, and fail-on-missing-field is set"}
	}
	return nil
}

// nextField skips the value at the cursor and goes to what follows it.
func (c *cursor) nextField() *failure {
	if c.tok == noToken {
		return c.astray()
	}
	if c.tok == startObject || c.tok == startArray {
		for open := 1; open > 0; {
			if f := c.advance(); f != nil {
				return f
			}
			switch c.tok {
			case startObject, startArray:
				open++
			case endObject, endArray:
				open--
			}
		}
	}
	return c.advance()
}

func (c *cursor) array(col *column, cell *row.Cell) *failure {
	if c.tok != startArray {
		return c.misfit("an array")
	}
	begin := len(c.rec.Arenas[col.arena])
	for n := 0; ; n++ {
		if f := c.advance(); f != nil {
			return f
		}
		switch {
		case c.tok == endArray:
			*cell = row.Cell{Valid: true, N: int64(begin), Aux: int32(n)}
			return nil
		case c.ended():
			return c.runaway()
		}
		at := col.grow(c.rec)
		c.path = append(c.path, step{index: n})
		if f := c.value(col.elem, c.rec.Arenas[col.arena][at:at+col.width]); f != nil {
			return f
		}
		c.path = c.path[:len(c.path)-1]
	}
}

// entries decodes an object into a MAP. Of several entries with one key the last one wins, in the
// place of the first.
func (c *cursor) entries(col *column, cell *row.Cell) *failure {
	if c.tok != startObject {
		return c.misfit("an object")
	}
	keys := make(map[string]int)
	begin := len(c.rec.Arenas[col.arena])
	for {
		if f := c.advance(); f != nil {
			return f
		}
		switch {
		case c.tok == endObject:
			*cell = row.Cell{Valid: true, N: int64(begin), Aux: int32(len(keys))}
			return nil
		case c.ended():
			return c.runaway()
		}
		at := col.grow(c.rec)
		key := &c.rec.Arenas[col.arena][at]
		if f := c.key(key); f != nil {
			return f
		}
		// A NULL key is a key like any other, but not the empty text.
		id := "k" + string(key.Text)
		if !key.Valid {
			id = ""
		}
		if first, again := keys[id]; again {
			clear(c.rec.Arenas[col.arena][at:])
			c.rec.Arenas[col.arena] = c.rec.Arenas[col.arena][:at]
			at = first
		} else {
			keys[id] = at
		}
		if f := c.advance(); f != nil {
			return f
		}
		c.path = append(c.path, step{ofMap: true, key: key.Text})
		if f := c.value(col.elem, c.rec.Arenas[col.arena][at:at+col.width]); f != nil {
			return f
		}
		c.path = c.path[:len(c.path)-1]
	}
}

// key takes the token at the cursor, most often a name, for the key of an entry.
func (c *cursor) key(cell *row.Cell) *failure {
	if c.tok == noToken || c.tok == nullToken {
		return nil
	}
	var f *failure
	if c.tok == startObject || c.tok == startArray {
		f = c.treeText(cell)
	} else {
		f = c.string(cell)
	}
	if f != nil && c.opts.ignore && !f.fatal {
		c.note(f)
		return nil
	}
	return f
}
