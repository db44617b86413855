package function

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/code"
)

// LikePattern is a compiled pattern of LIKE: the literal texts between its %, in which a wildcard _
// stands for any one character.
type LikePattern struct {
	parts [][]likeRune
}

// likeRune is a character, or any one.
type likeRune struct {
	r   rune
	any bool
}

// CompileLike compiles a pattern; escape is 0 for none.
func CompileLike(pattern string, escape rune) (*LikePattern, error) {
	p := &LikePattern{parts: [][]likeRune{nil}}
	escaped := false
	for _, r := range pattern {
		last := len(p.parts) - 1
		switch {
		case escaped:
			if r != '%' && r != '_' && r != escape {
				return nil, errors.New("the escape character of LIKE stands before %, _ or itself only")
			}
			p.parts[last] = append(p.parts[last], likeRune{r: r})
			escaped = false
		case escape != 0 && r == escape:
			escaped = true
		case r == '%':
			p.parts = append(p.parts, nil)
		default:
			p.parts[last] = append(p.parts[last], likeRune{r, r == '_'})
		}
	}
	if escaped {
		return nil, errors.New("the pattern of LIKE ends with its escape character")
	}
	return p, nil
}

// Match reports whether the whole of s fits the pattern.
func (p *LikePattern) Match(s []byte) bool {
	first := p.parts[0]
	n, ok := fits(s, first)
	if !ok {
		return false
	}
	s = s[n:]
	if len(p.parts) == 1 {
		return len(s) == 0
	}
	last := p.parts[len(p.parts)-1]
	for _, part := range p.parts[1 : len(p.parts)-1] { // each where it fits first
		for {
			n, ok := fits(s, part)
			if ok {
				s = s[n:]
				break
			}
			if len(s) == 0 {
				return false
			}
			s = s[runeSize(s):]
		}
	}
	back := len(s)
	for range last { // the last part fits at the very end
		if back == 0 {
			return false
		}
		_, size := utf8.DecodeLastRune(s[:back])
		back -= size
	}
	n, ok = fits(s[back:], last)
	return ok && back+n == len(s)
}

// fits reports whether s begins with part, and how many bytes it takes.
func fits(s []byte, part []likeRune) (int, bool) {
	i := 0
	for _, p := range part {
		if i == len(s) {
			return 0, false
		}
		r, size := utf8.DecodeRune(s[i:])
		if !p.any && r != p.r {
			return 0, false
		}
		i += size
	}
	return i, true
}

func runeSize(s []byte) int {
	_, size := utf8.DecodeRune(s)
	return size
}

// Like is x LIKE pattern.
func Like(x code.Code, p *LikePattern) code.Code {
	if prefix, ok := p.prefix(); ok {
		return code.Code{Bool: func(f *code.Frame) code.Tri {
			s, ok := x.Text(f)
			if !ok {
				return code.Unknown
			}
			return code.TriOf(bytes.HasPrefix(s, prefix))
		}}
	}
	return code.Code{Bool: func(f *code.Frame) code.Tri {
		s, ok := x.Text(f)
		if !ok {
			return code.Unknown
		}
		return code.TriOf(p.Match(s))
	}}
}

// prefix returns the text of a pattern that is nothing but text%.
func (p *LikePattern) prefix() ([]byte, bool) {
	if len(p.parts) != 2 || len(p.parts[1]) > 0 {
		return nil, false
	}
	var out []byte
	for _, r := range p.parts[0] {
		if r.any {
			return nil, false
		}
		out = utf8.AppendRune(out, r.r)
	}
	return out, true
}
