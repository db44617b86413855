package text

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The marks stand in the translated expression for ^ and $, which [CompileRegexp] fills in. Literals
// hold no control characters.
const (
	beginMark = "\x01"
	endMark   = "\x02"
)

// translator writes a pattern of Java in the syntax of RE2. Its methods return the least number of
// characters that what they read matches.
type translator struct {
	in  []rune
	i   int
	out strings.Builder

	captures           int // groups of RE2 so far
	groups, whole      []int
	inRepeat           []int // groups within something that is repeated
	names              []string
	ignoreCase, dotAll bool
}

func (t *translator) peek(s string) bool {
	return strings.HasPrefix(string(t.in[t.i:min(len(t.in), t.i+len(s))]), s)
}

func (t *translator) take(s string) bool {
	if t.peek(s) {
		t.i += utf8.RuneCountInString(s)
		return true
	}
	return false
}

// capture writes the beginning of a group and returns its number.
func (t *translator) capture() int {
	t.captures++
	t.out.WriteByte('(')
	return t.captures
}

// pattern reads flags and alternatives, and makes each alternative a group: a $ behind it may take a
// line terminator in, which is no part of the match.
func (t *translator) pattern() (int, error) {
	t.flags()
	least := -1
	for {
		t.whole = append(t.whole, t.capture())
		n, err := t.sequence()
		if err != nil {
			return 0, err
		}
		t.out.WriteByte(')')
		if t.take("$") || t.take(`\Z`) {
			t.out.WriteString(endMark)
		}
		if least < 0 || n < least {
			least = n
		}
		switch {
		case t.i == len(t.in):
			return least, nil
		case t.take("|"):
			t.out.WriteByte('|')
		case t.take(")"):
			return 0, errors.New("there is a ) without (")
		default:
			return 0, errors.New("there is a $ that is not at the end, where RE2 cannot see a final line terminator")
		}
	}
}

// flags reads (?i), (?s) or both at the start. What else begins with (? is a group, or refused there.
func (t *translator) flags() {
	for t.peek("(?i") || t.peek("(?s") {
		end := slices.Index(t.in[t.i:], ')')
		if end < 0 || strings.Trim(string(t.in[t.i+2:t.i+end]), "is") != "" {
			return
		}
		flags := string(t.in[t.i+2 : t.i+end])
		t.ignoreCase = t.ignoreCase || strings.Contains(flags, "i")
		t.dotAll = t.dotAll || strings.Contains(flags, "s")
		t.i += end + 1
	}
}

// alternatives reads what is within a group.
func (t *translator) alternatives() (int, error) {
	least := -1
	for {
		n, err := t.sequence()
		if err != nil {
			return 0, err
		}
		if least < 0 || n < least {
			least = n
		}
		if !t.take("|") {
			return least, nil
		}
		t.out.WriteByte('|')
	}
}

// sequence reads atoms with their quantifiers up to | or ) or $ or the end.
func (t *translator) sequence() (int, error) {
	total := 0
	for t.i < len(t.in) && !t.peek("|") && !t.peek(")") && !t.peek("$") && !t.peek(`\Z`) {
		anchor := t.peek("^") || t.peek(`\A`) || t.peek(`\z`)
		if t.take(`\Q`) {
			n, err := t.quote()
			if err != nil {
				return 0, err
			}
			total += n
			continue
		}
		groups, capturing := len(t.groups), t.peek("(") && !t.peek("(?:")
		n, err := t.atom()
		if err != nil {
			return 0, err
		}
		if t.peek("*") || t.peek("+") || t.peek("{") {
			if capturing {
				groups++
			}
			for ; groups < len(t.groups); groups++ {
				t.inRepeat = append(t.inRepeat, groups)
			}
		}
		if n, err = t.quantifier(n, anchor); err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// quote reads up to \E, or the end. A quantifier belongs to the last character, so none may follow.
func (t *translator) quote() (int, error) {
	n := 0
	for t.i < len(t.in) && !t.take(`\E`) {
		t.literal(t.in[t.i])
		t.i++
		n++
	}
	if t.i < len(t.in) && strings.ContainsRune("*+?{", t.in[t.i]) {
		return 0, fmt.Errorf(`there is a %c behind \E; write (?:\Q..\E)%[1]c`, t.in[t.i])
	}
	return n, nil
}

func (t *translator) atom() (int, error) {
	switch c := t.in[t.i]; c {
	case '(':
		return t.group()
	case '[':
		t.i++
		set, err := t.class()
		if err != nil {
			return 0, err
		}
		t.out.WriteString(set.String())
		return 1, nil
	case '\\':
		return t.escape()
	case '^':
		t.i++
		t.out.WriteString(beginMark)
		return 0, nil
	case '.':
		t.i++
		if t.dotAll {
			t.out.WriteString(`(?s:.)`)
		} else {
			t.out.WriteString(`[^` + terminator[1:])
		}
		return 1, nil
	case '*', '+', '?', '{':
		return 0, fmt.Errorf(`there is a %c with nothing before it; for the character itself write \%[1]c`, c)
	default:
		t.i++
		t.literal(c)
		return 1, nil
	}
}

func (t *translator) literal(c rune) {
	switch {
	case t.ignoreCase && (c|0x20 >= 'a' && c|0x20 <= 'z'):
		fmt.Fprintf(&t.out, "[%c%c]", c|0x20, c&^0x20)
	case c < 0x20 || c >= 0x7F:
		fmt.Fprintf(&t.out, `\x{%X}`, c)
	default:
		t.out.WriteString(regexp.QuoteMeta(string(c)))
	}
}

// group reads ( .. ), (?: .. ) or (?<name> .. ).
func (t *translator) group() (int, error) {
	t.i++
	switch {
	case t.take("?:"):
		t.out.WriteString("(?:")
	case t.peek("?=") || t.peek("?!") || t.peek("?<=") || t.peek("?<!"):
		return 0, fmt.Errorf("there is a look-around, which %w; take what is around into the pattern, and what is wanted "+
			"into a group", ErrRE2)
	case t.peek("?>"):
		return 0, fmt.Errorf("there is an atomic group (?>, which %w; write a (?: group", ErrRE2)
	case t.take("?<"):
		if err := t.name(); err != nil {
			return 0, err
		}
		t.groups = append(t.groups, t.capture())
	case t.peek("?"):
		return 0, errors.New("there are flags other than (?i) and (?s) at the start")
	default:
		t.groups = append(t.groups, t.capture())
	}
	least, err := t.alternatives()
	if err != nil {
		return 0, err
	}
	if t.peek("$") || t.peek(`\Z`) {
		return 0, errors.New("there is a $ within a group, where RE2 cannot see a final line terminator; write it at the " +
			"end of the pattern")
	}
	if !t.take(")") {
		return 0, errors.New("there is a ( without )")
	}
	t.out.WriteByte(')')
	return least, nil
}

// name reads the name of a group. It serves nothing here, but Java takes no name twice.
func (t *translator) name() error {
	n := slices.Index(t.in[t.i:], '>')
	if n < 1 {
		return errors.New("there is a group whose name does not end")
	}
	name := string(t.in[t.i : t.i+n])
	for i, c := range name {
		if l := c | 0x20; (l < 'a' || l > 'z') && (i == 0 || c < '0' || c > '9') {
			return fmt.Errorf("there is a group name %q that is not letters and digits", name)
		}
	}
	if slices.Contains(t.names, name) {
		return fmt.Errorf("there are two groups named %s", name)
	}
	t.names = append(t.names, name)
	t.i += n + 1
	return nil
}

// maxRepeat is RE2's.
const maxRepeat = 1000

// quantifier reads what may follow an atom that matches at least so many characters.
func (t *translator) quantifier(least int, anchor bool) (int, error) {
	if t.i == len(t.in) || !strings.ContainsRune("*+?{", t.in[t.i]) {
		return least, nil
	}
	if least == 0 {
		if anchor {
			return 0, errors.New("there is a quantifier behind ^, \\A or \\z")
		}
		return 0, errors.New("there is a quantifier behind a group that can match nothing, which the engines count " +
			"differently")
	}
	from := t.i
	switch t.in[t.i] {
	case '*', '?':
		least = 0
		t.i++
	case '+':
		t.i++
	case '{':
		n, err := t.counts()
		if err != nil {
			return 0, err
		}
		least *= n
	}
	t.take("?")
	if t.peek("+") {
		return 0, fmt.Errorf("there is a possessive quantifier, which %w; leave its + out", ErrRE2)
	}
	if t.i < len(t.in) && strings.ContainsRune("*?{", t.in[t.i]) {
		return 0, fmt.Errorf("there is a %c behind a quantifier", t.in[t.i])
	}
	t.out.WriteString(string(t.in[from:t.i]))
	return least, nil
}

// counts reads {n}, {n,} or {n,m} and returns n.
func (t *translator) counts() (int, error) {
	end := slices.Index(t.in[t.i:], '}')
	if end < 0 {
		return 0, errors.New(`there is a { without }; write \{ for the character itself`)
	}
	low, high, two := strings.Cut(string(t.in[t.i+1:t.i+end]), ",")
	t.i += end + 1
	n, ok := count(low)
	m := n
	if two && high != "" && ok {
		m, ok = count(high)
	}
	if !ok || m < n {
		return 0, fmt.Errorf("there is a quantifier that is not {n}, {n,} or {n,m} with numbers up to %d", maxRepeat)
	}
	return n, nil
}

func count(s string) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && s[0] != '+' && s[0] != '-' && n <= maxRepeat
}
