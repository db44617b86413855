package decode

// skipValue returns the index behind the value at i, which must be valid like any other: what nobody
// asked for can make a record broken too.
func skipValue(p []byte, i, depth int) int {
	switch c := p[i]; c {
	case '"':
		end, _ := scanString(p, i+1)
		if end < 0 {
			return bail
		}
		return end + 1
	case '{':
		return skipObject(p, i+1, depth+1)
	case '[':
		return skipArray(p, i+1, depth+1)
	case 't':
		return literal(p, i, "true")
	case 'f':
		return literal(p, i, "false")
	case 'n':
		return literal(p, i, "null")
	}
	return skipNumber(p, i)
}

func skipObject(p []byte, i, depth int) int {
	if depth > maxSkipDepth {
		return bail
	}
	c := p[i]
	if c <= ' ' {
		i = skipBlanks(p, i)
		c = p[i]
	}
	if c == '}' {
		return i + 1
	}
	for {
		if c != '"' {
			return bail
		}
		end, _ := scanString(p, i+1)
		if end < 0 || end-i > maxNameBytes {
			return bail
		}
		i = end + 1
		if p[i] != ':' {
			i = skipBlanks(p, i)
			if p[i] != ':' {
				return bail
			}
		}
		i++
		if p[i] <= ' ' {
			i = skipBlanks(p, i)
		}
		if i = skipValue(p, i, depth); i < 0 {
			return bail
		}
		if c = p[i]; c <= ' ' {
			i = skipBlanks(p, i)
			c = p[i]
		}
		if c != ',' {
			break
		}
		i++
		if c = p[i]; c <= ' ' {
			i = skipBlanks(p, i)
			c = p[i]
		}
	}
	if c != '}' {
		return bail
	}
	return i + 1
}

func skipArray(p []byte, i, depth int) int {
	if depth > maxSkipDepth {
		return bail
	}
	i = skipBlanks(p, i)
	if p[i] == ']' {
		return i + 1
	}
	for {
		if i = skipValue(p, i, depth); i < 0 {
			return bail
		}
		c := p[i]
		if c <= ' ' {
			i = skipBlanks(p, i)
			c = p[i]
		}
		if c == ']' {
			return i + 1
		}
		if c != ',' {
			return bail
		}
		i = skipBlanks(p, i+1)
	}
}
