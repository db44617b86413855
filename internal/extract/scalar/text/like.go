package text

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Like is a compiled pattern of LIKE. It is immutable.
type Like struct {
	segments []segment // between the percent signs; one without any
}

// segment is a text with underscores in it: the parts between them.
type segment struct {
	parts  [][]byte
	length int // code points, where there are underscores
}

// CompileLike compiles x LIKE pattern ESCAPE escape. Without ESCAPE, an empty escape, the backslash
// is an escape if the pattern has an underscore, and an ordinary character otherwise.
func CompileLike(pattern, escape string) (*Like, error) {
	l := &Like{}
	var esc rune = -1
	switch n := utf8.RuneCountInString(escape); {
	case n == 1:
		esc, _ = utf8.DecodeRuneInString(escape)
		plain, ok, err := plainLike(pattern, esc)
		if err != nil {
			return nil, err
		}
		if ok {
			for part := range strings.SplitSeq(plain, "%") {
				l.segments = append(l.segments, segment{parts: [][]byte{[]byte(part)}})
			}
			return l, nil
		}
	case n > 0:
		return nil, fmt.Errorf("ESCAPE takes one character, not '%s'", escape)
	case bytes.IndexByte([]byte(pattern), '_') >= 0:
		esc = '\\'
	}
	var s segment
	part := []byte{}
	endPart := func() {
		s.parts = append(s.parts, part)
		part = []byte{}
	}
	runes := []rune(pattern)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == esc:
			i++
			if i == len(runes) || runes[i] != '_' && runes[i] != '%' && runes[i] != esc {
				return nil, badEscape(r, pattern)
			}
			part = utf8.AppendRune(part, runes[i])
			s.length++
		case r == '%':
			endPart()
			l.segments = append(l.segments, s)
			s = segment{}
		case r == '_':
			endPart()
			s.length++
		default:
			part = utf8.AppendRune(part, r)
			s.length++
		}
	}
	endPart()
	l.segments = append(l.segments, s)
	return l, nil
}

// Match reports whether all of s matches.
func (l *Like) Match(s []byte) bool {
	head, tail := &l.segments[0], &l.segments[len(l.segments)-1]
	i := head.at(s, 0)
	if len(l.segments) == 1 || i < 0 {
		return i == len(s)
	}
	// The last segment has one place only; it goes first, and takes its text from the others.
	end := tail.start(s)
	if end < i || tail.at(s, end) != len(s) {
		return false
	}
	s = s[:end]
	for k := 1; k < len(l.segments)-1; k++ {
		if i = l.segments[k].find(s, i); i < 0 {
			return false
		}
	}
	return true
}

// at returns where the segment ends if it stands at i in s, or -1.
func (g *segment) at(s []byte, i int) int {
	for k, p := range g.parts {
		if k > 0 {
			r, size := utf8.DecodeRune(s[i:])
			if size == 0 || lineTerminator(r) {
				return -1
			}
			i += size
		}
		if !bytes.HasPrefix(s[i:], p) {
			return -1
		}
		i += len(p)
	}
	return i
}

// find returns where the first such segment at or after i ends, or -1.
func (g *segment) find(s []byte, i int) int {
	for {
		n := bytes.Index(s[i:], g.parts[0])
		if n < 0 {
			return -1
		}
		if end := g.at(s, i+n); end >= 0 {
			return end
		}
		_, size := utf8.DecodeRune(s[i+n:])
		if size == 0 {
			return -1
		}
		i += n + size
	}
}

// start returns where the segment must start to end with s, or -1.
func (g *segment) start(s []byte) int {
	if len(g.parts) == 1 {
		return len(s) - len(g.parts[0])
	}
	i := len(s)
	for range g.length {
		_, size := utf8.DecodeLastRune(s[:i])
		if size == 0 {
			return -1
		}
		i -= size
	}
	return i
}

// lineTerminator reports whether r is one of Java's.
func lineTerminator(r rune) bool {
	return r == '\n' || r == '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}
