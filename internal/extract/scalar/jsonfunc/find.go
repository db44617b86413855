package jsonfunc

// Values are parts of a text that [valid] has checked: the functions here look only for what they need.

// skip returns the end of the value that begins at i.
func skip(b []byte, i int) int {
	switch b[i] {
	case '"':
		return skipText(b, i)
	case '{', '[':
		for depth := 0; ; {
			switch b[i] {
			case '"':
				i = skipText(b, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(b) && !blank(b[i]) && b[i] != ',' && b[i] != ']' && b[i] != '}' {
		i++
	}
	return i
}

func skipText(b []byte, i int) int {
	for i++; b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// each calls yield with the raw key, in its quotes, and the value of every member of an object, or with
// nil and every element of an array, until yield returns false.
func each(container []byte, yield func(key, value []byte) bool) {
	next := func(i int) int {
		for blank(container[i]) || container[i] == ',' || container[i] == ':' {
			i++
		}
		return i
	}
	for i := next(1); container[i] != '}' && container[i] != ']'; i = next(i) {
		var key []byte
		if container[0] == '{' {
			end := skipText(container, i)
			key = container[i:end]
			i = next(end)
		}
		end := skip(container, i)
		if !yield(key, container[i:end]) {
			return
		}
		i = end
	}
}

// memberOf returns the last member of an object with a name, nil if there is none.
func memberOf(object []byte, name string) (found []byte) {
	each(object, func(key, value []byte) bool {
		if sameText(key, name) {
			found = value
		}
		return true
	})
	return found
}

// elementOf returns an element of an array, nil if there is none.
func elementOf(array []byte, index int) (found []byte) {
	if index < 0 {
		each(array, func([]byte, []byte) bool {
			index++
			return true
		})
		if index < 0 {
			return nil
		}
	}
	// Counted from the end, the index has now become one from the start.
	each(array, func(_, value []byte) bool {
		if index == 0 {
			found = value
		}
		index--
		return index >= 0
	})
	return found
}

// follow calls yield with every value that steps lead to. It returns false where a strict path finds
// that what it needs is not there, behind a definite beginning; further on it leaves it out. An index
// that is out of range is left out in either case, as Jayway's JsonPath does.
func (p *Path) follow(value []byte, steps []step, definite bool, yield func(value []byte)) bool {
	if len(steps) == 0 {
		yield(value)
		return true
	}
	s := steps[0]
	missing := p.Lax || !definite
	switch s.kind {
	case member:
		if value[0] != '{' {
			return missing
		}
		v := memberOf(value, s.name)
		if v == nil {
			return missing || len(steps) == 1
		}
		return p.follow(v, steps[1:], definite, yield)
	case element:
		if value[0] != '[' {
			return missing
		}
		v := elementOf(value, s.index)
		return v == nil || p.follow(v, steps[1:], definite, yield)
	}
	switch value[0] {
	case '[':
		each(value, func(_, v []byte) bool { return p.follow(v, steps[1:], false, yield) })
	case '{':
		for _, m := range membersOf(value) {
			p.follow(m.value, steps[1:], false, yield)
		}
	}
	return true
}
