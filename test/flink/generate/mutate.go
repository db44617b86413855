package generate

import (
	"bytes"
	"slices"
	"strings"
)

// span is one JSON value, key or member within a record.
type span struct {
	kind       spanKind
	start, end int
}

type spanKind uint8

const (
	scalar    spanKind = iota
	container          // an object or array
	member             // "key": value
	element            // of an array
)

// spans finds the values, members and elements of a JSON text, as far as it is one.
func spans(b []byte) []span {
	type open struct {
		start, item int // of the container, and of its current member or element
		object, key bool
	}
	var out []span
	var stack []open
	closeItem := func(end int) {
		if n := len(stack); n > 0 && stack[n-1].item >= 0 {
			k := element
			if stack[n-1].object {
				k = member
			}
			out = append(out, span{k, stack[n-1].item, end})
			stack[n-1].item = -1
		}
	}
	begin := func(i int) {
		if n := len(stack); n > 0 && stack[n-1].item < 0 {
			stack[n-1].item = i
		}
	}
	for i := 0; i < len(b); {
		switch c := b[i]; c {
		case ' ', '\t', '\r', '\n', ':':
			i++
		case '{', '[':
			begin(i)
			stack = append(stack, open{start: i, item: -1, object: c == '{', key: true})
			i++
		case '}', ']', ',':
			if len(stack) == 0 {
				return out
			}
			closeItem(i)
			top := &stack[len(stack)-1]
			top.key = true
			i++
			if c != ',' {
				out = append(out, span{container, top.start, i})
				stack = stack[:len(stack)-1]
			}
		default:
			begin(i)
			end := tokenEnd(b, i)
			if n := len(stack); n > 0 && stack[n-1].object && stack[n-1].key {
				stack[n-1].key = false
			} else {
				out = append(out, span{scalar, i, end})
			}
			i = end
		}
	}
	return out
}

func tokenEnd(b []byte, i int) int {
	if b[i] == '"' {
		for i++; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case '"':
				return i + 1
			}
		}
		return len(b)
	}
	for i < len(b) && !bytes.ContainsRune([]byte(" \t\r\n,:{}[]\""), rune(b[i])) {
		i++
	}
	return i
}

// Trim keeps the first n elements of every array, so that a large record becomes a quick one.
func Trim(record []byte, n int) []byte {
	type array struct{ count int }
	var out []byte
	var stack []array
	skipping := func() bool { return slices.ContainsFunc(stack, func(a array) bool { return a.count >= n }) }
	for i := 0; i < len(record); {
		c := record[i]
		end := i + 1
		if c == '"' {
			end = tokenEnd(record, i)
		}
		switch c {
		case '[':
			if !skipping() {
				out = append(out, c)
			}
			stack = append(stack, array{})
		case '{':
			if !skipping() {
				out = append(out, c)
			}
			stack = append(stack, array{count: -1 << 30}) // members do not count
		case ']', '}':
			stack = stack[:max(len(stack)-1, 0)]
			if !skipping() {
				out = append(out, c)
			}
		case ',':
			if len(stack) > 0 {
				stack[len(stack)-1].count++
			}
			if !skipping() {
				out = append(out, c)
			}
		default:
			if !skipping() {
				out = append(out, record[i:end]...)
			}
		}
		i = end
	}
	return out
}

// Mutate spoils a record in one to three ways; the record itself stays as it is.
func (g *Generator) Mutate(record []byte) []byte {
	out := bytes.Clone(record)
	for range 1 + g.rand.IntN(3) {
		out = g.spoil(out)
	}
	return out
}

func (g *Generator) spoil(b []byte) []byte {
	if len(b) == 0 {
		return []byte(g.one("{}", "[]", "null", `""`, "0", "\n"))
	}
	all := spans(b)
	pick := func(kinds ...spanKind) (span, bool) {
		var of []span
		for _, s := range all {
			if slices.Contains(kinds, s.kind) {
				of = append(of, s)
			}
		}
		if len(of) == 0 {
			return span{}, false
		}
		return of[g.rand.IntN(len(of))], true
	}
	replace := func(s span, with string) []byte {
		return slices.Concat(b[:s.start], []byte(with), b[s.end:])
	}
	at := g.rand.IntN(len(b))
	switch g.rand.IntN(14) {
	case 0:
		return b[:at]
	// one byte, but not 0xff: Jackson pads names with it, and may take such a name for another one that it has seen
	case 1:
		out := bytes.Clone(b)
		out[at] = g.one("\"", "{", "}", "[", "]", ",", ":", "\\", "\x00", "\xfe", "\xc0", "\xed", "\x80", "0", "e", "-", ".",
			"n", " ", "\n")[0]
		return out
	case 2: // a part gone
		return replace(span{start: at, end: min(len(b), at+1+g.rand.IntN(8))}, "")
	case 3: // a part twice
		end := min(len(b), at+1+g.rand.IntN(20))
		return slices.Concat(b[:end], b[at:])
	case 4, 5, 6: // a value of another type
		if s, ok := pick(scalar, container); ok {
			var v strings.Builder
			g.misfit(&v)
			return replace(s, v.String())
		}
	case 7: // a value, wrapped
		if s, ok := pick(scalar, container); ok {
			v := string(b[s.start:s.end])
			return replace(s, g.one("["+v+"]", `{"x":`+v+"}", "["+v+","+v+"]", `"`+strings.Trim(v, `"`)+`"`))
		}
	case 8, 9: // a member or element gone, or twice
		if s, ok := pick(member, element); ok {
			v := string(b[s.start:s.end])
			if g.chance(50) {
				return replace(s, v+","+v)
			}
			rest := b[s.end:]
			if len(rest) > 0 && rest[0] == ',' {
				rest = rest[1:]
			}
			return slices.Concat(b[:s.start], rest)
		}
	case 10: // the name of one member, the value of another
		if s, ok := pick(member); ok {
			if v, ok := pick(scalar, container); ok {
				key := b[s.start:tokenEnd(b, s.start)]
				return replace(s, string(b[s.start:s.end])+","+string(key)+":"+string(b[v.start:v.end]))
			}
		}
	case 11: // an unknown member
		if s, ok := pick(member); ok {
			var v strings.Builder
			g.misfit(&v)
			return replace(s, `"unknown":`+v.String()+","+string(b[s.start:s.end]))
		}
	case 12: // too deep, too long, and texts that are hard to read
		if s, ok := pick(scalar, container); ok {
			n := []int{3, 20, 900, 1100}[g.rand.IntN(4)]
			return replace(s, g.one(
				strings.Repeat("[", n)+strings.Repeat("]", n), strings.Repeat(`{"a":`, n)+"1"+strings.Repeat("}", n),
				strings.Repeat("9", n), "0."+strings.Repeat("3", n), `"`+strings.Repeat("x", n)+`"`,
				`"\ud83d"`, `"\ude00\ud83d"`, `"\u0000"`, "\"\xc0\xaf\"", "\"\xff\"", "\"\xf0\x9f\"", "\"\xed\xa0\x80\"",
				"\"\xf4\x90\x80\x80\"", "\"a\tb\nc\"",
				"NaN", "tru", "01", "+1", ".5", "1.", "'a'", "/* */1"))
		}
	case 13: // around the whole
		return g.around(b)
	}
	return b[:at]
}

func (g *Generator) around(b []byte) []byte {
	s := string(b)
	return []byte(g.one(
		"\xef\xbb\xbf"+s, "\n "+s, s+" x", s+"}", s+s, s+"\n"+s, "["+s+"]", "["+s+","+s+"]", "[1,"+s+",null,[],"+s+"]",
		"[["+s+"]]", "["+s, `{"x":`+s+"}", "\xff"+s, s+"\xff"))
}

// Smaller returns records that lack one member, element or value of the given one, or end earlier.
func Smaller(record []byte) (out [][]byte) {
	for _, s := range spans(record) {
		switch s.kind {
		case member, element:
			rest, before := record[s.end:], record[:s.start]
			if len(rest) > 0 && rest[0] == ',' {
				rest = rest[1:]
			} else {
				before = bytes.TrimSuffix(before, []byte(","))
			}
			out = append(out, slices.Concat(before, rest))
		case container:
			if s.end-s.start > 2 {
				out = append(out, slices.Concat(record[:s.start+1], record[s.end-1:]))
			}
			if s.start > 0 {
				out = append(out, slices.Concat(record[:s.start], []byte("0"), record[s.end:]))
			}
		case scalar:
			if s.end-s.start > 1 {
				out = append(out, slices.Concat(record[:s.start], []byte("0"), record[s.end:]))
			}
		}
	}
	if n := len(record); n > 0 {
		out = append(out, record[:n/2], record[:n-1], record[1:])
	}
	return out
}
