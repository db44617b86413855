package text

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Regexp is a compiled regular expression of java.util.regex, run by RE2 without backtracking. It is
// immutable.
type Regexp struct {
	// The expression depends on where it is used: a $ stands before a final line terminator too, which
	// for a text that ends with \r\n is that as a whole; and a ^ stands nowhere but at the start.
	start, startCRLF, inside, insideCRLF *regexp.Regexp

	groups   []int // the groups of RE2 that are the author's, from 0
	inRepeat []int // those within something that is repeated
	whole    []int // one of RE2's is the match: one for each alternative
	empty    bool  // the expression can match nothing
}

// ErrRE2 is wrapped by the error for what Java's patterns have and RE2 has not.
var ErrRE2 = errors.New("RE2 has not")

// CompileRegexp compiles a pattern. The error says what Java's patterns have that RE2 has not, or would
// read otherwise, and what to write instead.
func CompileRegexp(pattern string) (*Regexp, error) {
	t := &translator{in: []rune(pattern)}
	least, err := t.pattern()
	if err != nil {
		return nil, fmt.Errorf("%w in the pattern '%s'", err, pattern)
	}
	r := &Regexp{groups: t.groups, inRepeat: t.inRepeat, whole: t.whole, empty: least == 0}
	const never = `[^\x{0}-\x{10FFFF}]`
	for _, v := range []struct {
		to         **regexp.Regexp
		begin, end string
	}{
		{&r.start, `\A`, terminator + `?\z`}, {&r.startCRLF, `\A`, `(?:\r\n)?\z`},
		{&r.inside, never, terminator + `?\z`}, {&r.insideCRLF, never, `(?:\r\n)?\z`},
	} {
		text := strings.ReplaceAll(strings.ReplaceAll(t.out.String(), beginMark, v.begin), endMark, v.end)
		if *v.to, err = regexp.Compile(text); err != nil {
			return nil, fmt.Errorf("the pattern '%s' is too large: %w", pattern, err)
		}
	}
	return r, nil
}

// terminator is one of Java's line terminators of one character.
const terminator = `[\n\r\x{85}\x{2028}\x{2029}]`

// match finds the first match in s[from:] and returns its bounds, and all of RE2's groups.
func (r *Regexp) match(s []byte, from int) (start, end int, groups []int) {
	re := r.start
	switch crlf := bytes.HasSuffix(s[from:], []byte("\r\n")); {
	case crlf && from > 0:
		re = r.insideCRLF
	case crlf:
		re = r.startCRLF
	case from > 0:
		re = r.inside
	}
	groups = re.FindSubmatchIndex(s[from:])
	for _, g := range r.whole {
		if groups != nil && groups[2*g] >= 0 {
			return from + groups[2*g], from + groups[2*g+1], groups
		}
	}
	return -1, -1, nil
}

// Extractable returns an error if a group is not there, which would give NULL always, or if Java may
// leave something in it that is not of the match.
func (r *Regexp) Extractable(group int64) error {
	if group < 0 || group > int64(len(r.groups)) {
		return fmt.Errorf("the pattern has no group %d, but %d; 0 is the whole match", group, len(r.groups))
	}
	if slices.Contains(r.inRepeat, int(group-1)) {
		return fmt.Errorf("group %d is within a group that is repeated, where Java does not always keep the last match; "+
			"put what is wanted outside of the repetition", group)
	}
	return nil
}

// Extract is REGEXP_EXTRACT(s, pattern, group): the first match anywhere, or a group of it; NULL if
// there is no match, no such group, or nothing took part in it. See [Regexp.Extractable].
func (r *Regexp) Extract(s []byte, group int64) ([]byte, bool) {
	start, end, groups := r.match(s, 0)
	if start < 0 || group < 0 || group > int64(len(r.groups)) {
		return nil, false
	}
	if group > 0 {
		g := r.groups[group-1]
		if start, end = groups[2*g], groups[2*g+1]; start < 0 {
			return nil, false
		}
	}
	return s[start:end], true
}

// Replaceable returns an error if the expression cannot be used in [Regexp.AppendReplace].
func (r *Regexp) Replaceable() error {
	if r.empty {
		return errors.New("the pattern can match nothing, which would put the replacement between all characters; write + " +
			"for *, or what must be there")
	}
	return nil
}

// AppendReplace is REGEXP_REPLACE(s, pattern, replacement): every match is replaced, by the replacement
// as it is. The expression must be [Regexp.Replaceable].
func (r *Regexp) AppendReplace(dst, s, replacement []byte) []byte {
	from := 0
	for {
		start, end, _ := r.match(s, from)
		if start < 0 || end == start {
			return append(dst, s[from:]...)
		}
		dst = append(append(dst, s[from:start]...), replacement...)
		from = end
	}
}
