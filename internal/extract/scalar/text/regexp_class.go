package text

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// set is a set of characters as ranges: from, to, from, to ..
type set struct {
	ranges  []rune
	negated bool
}

func (s set) String() string {
	var b strings.Builder
	b.WriteByte('[')
	if s.negated {
		b.WriteByte('^')
	}
	for i := 0; i < len(s.ranges); i += 2 {
		fmt.Fprintf(&b, `\x{%X}-\x{%X}`, s.ranges[i], s.ranges[i+1])
	}
	b.WriteByte(']')
	return b.String()
}

// The sets behind a letter, in ASCII as Java has them without UNICODE_CHARACTER_CLASS. Ranges are in
// order, as inverse needs them.
var letterSets = map[rune][]rune{
	'd': {'0', '9'},
	's': {'\t', '\r', ' ', ' '},
	'w': {'0', '9', 'A', 'Z', '_', '_', 'a', 'z'},
}

var namedSets = map[string][]rune{
	"Lower": {'a', 'z'}, "Upper": {'A', 'Z'}, "ASCII": {0, 0x7F}, "Alpha": {'A', 'Z', 'a', 'z'}, "Digit": {'0', '9'},
	"Alnum": {'0', '9', 'A', 'Z', 'a', 'z'}, "Punct": {'!', '/', ':', '@', '[', '`', '{', '~'}, "Graph": {'!', '~'},
	"Print": {' ', '~'}, "Blank": {'\t', '\t', ' ', ' '}, "Cntrl": {0, 0x1F, 0x7F, 0x7F},
	"XDigit": {'0', '9', 'A', 'F', 'a', 'f'}, "Space": {'\t', '\r', ' ', ' '},
}

func inverse(ranges []rune) (out []rune) {
	next := rune(0)
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] > next {
			out = append(out, next, ranges[i]-1)
		}
		next = ranges[i+1] + 1
	}
	return append(out, next, utf8.MaxRune)
}

// class reads a class behind its [.
func (t *translator) class() (set, error) {
	var s set
	s.negated = t.take("^")
	for first := true; ; first = false {
		switch {
		case t.i == len(t.in):
			return s, errors.New("there is a [ without ]")
		case t.peek("]") && first:
			return s, errors.New(`there is a ] first in a class; write \]`)
		case t.take("]"):
			return s, nil
		case t.peek("["):
			return s, fmt.Errorf(`there is a class within a class, which %w; for the character itself write \[`, ErrRE2)
		case t.peek("&&"):
			return s, fmt.Errorf("there is an && in a class, which %w; write the characters that are left", ErrRE2)
		}
		c, ranges, err := t.member()
		if err != nil {
			return s, err
		}
		if ranges != nil {
			s.ranges = append(s.ranges, ranges...)
			continue
		}
		to := c
		if t.peek("-") && t.i+1 < len(t.in) && t.in[t.i+1] != ']' {
			t.i++
			if to, ranges, err = t.member(); err != nil {
				return s, err
			}
			if ranges != nil || to < c {
				return s, errors.New(`there is a range in a class that does not end with a greater character; for the character - itself write \-`)
			}
		}
		s.add(c, to, t.ignoreCase)
	}
}

// add adds a range, and its ASCII letters in the other case if case is ignored.
func (s *set) add(from, to rune, ignoreCase bool) {
	s.ranges = append(s.ranges, from, to)
	if !ignoreCase {
		return
	}
	const other = 'a' - 'A'
	if a, b := max(from, 'a'), min(to, 'z'); a <= b {
		s.ranges = append(s.ranges, a-other, b-other)
	}
	if a, b := max(from, 'A'), min(to, 'Z'); a <= b {
		s.ranges = append(s.ranges, a+other, b+other)
	}
}

// member reads a character of a class, or a set.
func (t *translator) member() (rune, []rune, error) {
	c := t.in[t.i]
	t.i++
	switch c {
	case '\\':
		return t.escaped()
	case '[':
		return 0, nil, fmt.Errorf(`there is a class within a class, which %w; for the character itself write \[`, ErrRE2)
	case '&':
		if t.peek("&") {
			return 0, nil, fmt.Errorf("there is an && in a class, which %w; write the characters that are left", ErrRE2)
		}
	}
	return c, nil, nil
}

// escape reads an escape outside of a class.
func (t *translator) escape() (int, error) {
	switch {
	case t.take(`\A`):
		t.out.WriteString(beginMark)
		return 0, nil
	case t.take(`\z`):
		t.out.WriteString(`\z`)
		return 0, nil
	}
	t.i++
	c, ranges, err := t.escaped()
	if err != nil {
		return 0, err
	}
	if ranges != nil {
		t.out.WriteString(set{ranges: ranges}.String())
	} else {
		t.literal(c)
	}
	return 1, nil
}

// escaped reads what stands behind a backslash: a character, or a set.
func (t *translator) escaped() (rune, []rune, error) {
	if t.i == len(t.in) {
		return 0, nil, errors.New(`there is a backslash at the end; for the character itself write \\`)
	}
	c := t.in[t.i]
	t.i++
	switch c {
	case 't':
		return '\t', nil, nil
	case 'n':
		return '\n', nil, nil
	case 'r':
		return '\r', nil, nil
	case 'f':
		return '\f', nil, nil
	case 'a':
		return '\a', nil, nil
	case 'e':
		return 0x1B, nil, nil
	case 'd', 's', 'w':
		return 0, letterSets[c], nil
	case 'D', 'S', 'W':
		return 0, inverse(letterSets[c|0x20]), nil
	case 'x':
		if t.take("{") {
			return t.hex(1, 6, "}")
		}
		return t.hex(2, 2, "")
	case 'u':
		return t.hex(4, 4, "")
	case 'p', 'P':
		return t.named(c == 'P')
	case 'b', 'B':
		return 0, nil, fmt.Errorf(`there is a word boundary \%c, which Java finds around letters of all scripts and RE2 of ASCII; write the characters that may stand there`, c)
	case 'k', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return 0, nil, fmt.Errorf(`there is a back-reference \%c, which %w`, c, ErrRE2)
	}
	if c < utf8.RuneSelf && (c|0x20 >= 'a' && c|0x20 <= 'z' || c == '0') {
		return 0, nil, fmt.Errorf(`there is an escape \%c that the Go engine does not take; write the characters that it stands for`, c)
	}
	return c, nil, nil
}

func (t *translator) hex(low, high int, end string) (rune, []rune, error) {
	start := t.i
	for t.i < len(t.in) && t.i-start < high && t.in[t.i] < utf8.RuneSelf && hexValue(byte(t.in[t.i])) >= 0 {
		t.i++
	}
	n, err := strconv.ParseUint(string(t.in[start:t.i]), 16, 32)
	if t.i-start < low || err != nil || !t.take(end) || !utf8.ValidRune(rune(n)) {
		return 0, nil, errors.New(`there is an escape that is not \xhh, \x{h..h} or \uhhhh of a character`)
	}
	return rune(n), nil, nil
}

// named reads {Alpha} and the like.
func (t *translator) named(negated bool) (rune, []rune, error) {
	name, _, closed := strings.Cut(string(t.in[t.i:]), "}")
	if !closed && strings.HasPrefix(name, "{") {
		return 0, nil, fmt.Errorf(`there is no } behind \p%s`, name)
	}
	ranges, ok := namedSets[strings.TrimPrefix(name, "{")]
	if !ok || name[0] != '{' || (t.ignoreCase && (name == "{Lower" || name == "{Upper")) {
		return 0, nil, fmt.Errorf(`there is a \p%s}, which depends on the version of Unicode, or on case; write \p{Alpha}, or the characters as a class`, name)
	}
	t.i += utf8.RuneCountInString(name) + 1
	if negated {
		ranges = inverse(ranges)
	}
	return 0, ranges, nil
}

func hexValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
