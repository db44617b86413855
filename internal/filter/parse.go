package filter

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The limits of a filter.
const (
	MaxLength     = 4096 // bytes
	MaxConditions = 50
	maxDepth      = 16   // of parentheses and negations
	maxName       = 1024 // bytes of the name of a metric
)

// Error says what is wrong with a filter, and where.
type Error struct {
	Column int // in characters, the first one is 1
	Detail string
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Detail) }

// Parse reads a filter. The error is an [*Error].
func Parse(text string) (*Filter, error) {
	p := &parser{text: text, f: &Filter{}}
	switch {
	case len(text) > MaxLength:
		return nil, p.fail(MaxLength, "it is longer than %d bytes", MaxLength)
	case !utf8.ValidString(text):
		return nil, &Error{1, "it is not valid UTF-8"}
	}
	root, err := p.any(0)
	if err != nil {
		return nil, err
	}
	if c := p.peek(); c != 0 {
		return nil, p.fail(p.at, "unexpected %q. Conditions are separated by ; (and) or | (or)", c)
	}
	p.f.root = root
	slices.Sort(p.f.metrics)
	p.f.metrics = slices.Compact(p.f.metrics)
	return p.f, nil
}

type parser struct {
	text       string
	at         int // bytes
	conditions int
	f          *Filter
}

func (p *parser) fail(at int, format string, args ...any) error {
	return &Error{utf8.RuneCountInString(p.text[:at]) + 1, fmt.Sprintf(format, args...)}
}

// peek returns the next character that is no blank; 0 at the end.
func (p *parser) peek() rune {
	for strings.HasPrefix(p.text[p.at:], " ") {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	c, _ := utf8.DecodeRuneInString(p.text[p.at:])
	return c
}

// take reports whether the text goes on with a word, and goes over it.
func (p *parser) take(word string) bool {
	p.peek()
	if strings.HasPrefix(p.text[p.at:], word) {
		p.at += len(word)
		return true
	}
	return false
}

// any reads alternatives.
func (p *parser) any(depth int) (node, error) {
	return p.joined('|', func() (node, error) { return p.joined(';', func() (node, error) { return p.one(depth) }) })
}

// joined reads parts with a character between them.
func (p *parser) joined(between rune, part func() (node, error)) (node, error) {
	var all []node
	for {
		n, err := part()
		if err != nil {
			return nil, err
		}
		all = append(all, n)
		if p.peek() != between {
			break
		}
		p.at++
	}
	switch {
	case len(all) == 1:
		return all[0], nil
	case between == '|':
		return anyOf(all), nil
	}
	return allOf(all), nil
}

// one reads a condition, or a group in parentheses.
func (p *parser) one(depth int) (node, error) {
	if depth > maxDepth {
		return nil, p.fail(p.at, "more than %d levels", maxDepth)
	}
	switch p.peek() {
	case '!':
		p.at++
		n, err := p.one(depth + 1)
		if err != nil {
			return nil, err
		}
		return not{n}, nil
	case '(':
		p.at++
		n, err := p.any(depth + 1)
		if err != nil {
			return nil, err
		}
		if !p.take(")") {
			return nil, p.fail(p.at, "a ) is missing")
		}
		return n, nil
	}
	begin := p.at
	if p.conditions++; p.conditions > MaxConditions {
		return nil, p.fail(begin, "more than %d conditions", MaxConditions)
	}
	quoted := p.peek() == '"'
	name, err := p.name("a condition such as speed>80, speed or stale(speed)")
	if err != nil {
		return nil, err
	}
	if p.peek() == '(' {
		if name != "stale" || quoted {
			return nil, p.fail(begin, "there is no function %q. Use stale(metric)", name)
		}
		return p.stale()
	}
	p.f.metrics = append(p.f.metrics, name)
	for _, operator := range []string{"==", "!=", "<=", ">=", "=", "<", ">"} {
		if p.take(operator) {
			value, err := p.value(operator)
			if err != nil {
				return nil, err
			}
			if operator == "==" {
				operator = "="
			}
			return compare{name, operator, value}, nil
		}
	}
	return exists(name), nil
}

// stale reads what is in the parentheses of stale().
func (p *parser) stale() (node, error) {
	p.at++
	if p.take(")") {
		p.f.all = true
		return stale{any: true}, nil
	}
	name, err := p.name("the name of a metric, or )")
	if err != nil {
		return nil, err
	}
	if !p.take(")") {
		return nil, p.fail(p.at, "a ) is missing after stale(%s", name)
	}
	p.f.metrics = append(p.f.metrics, name)
	return stale{metric: name}, nil
}

// name reads the name of a metric.
func (p *parser) name(want string) (name string, err error) {
	c := p.peek()
	begin := p.at
	switch c {
	case 0:
		return "", p.fail(begin, "it ends where %s is expected", want)
	case '"':
		name, err = p.quoted()
	default:
		if name = p.bare(); name == "" {
			err = p.fail(begin, "unexpected %q where %s is expected. A name with such a character stands in quotes", c, want)
		}
	}
	if err == nil && (name == "" || len(name) > maxName) {
		err = p.fail(begin, "a name has 1 to %d bytes", maxName)
	}
	return name, err
}

// special are the characters that no word without quotes holds.
const special = `;|!=<>()",'`

func isBare(c rune) bool {
	return !strings.ContainsRune(special, c) && !unicode.IsSpace(c) && !unicode.IsControl(c)
}

// bare reads a word without quotes; "" where there is none.
func (p *parser) bare() string {
	rest := p.text[p.at:]
	end := strings.IndexFunc(rest, func(c rune) bool { return !isBare(c) })
	if end < 0 {
		end = len(rest)
	}
	p.at += end
	return rest[:end]
}

// quoted reads a JSON string.
func (p *parser) quoted() (s string, err error) {
	begin := p.at
	for i := begin + 1; i < len(p.text); i++ {
		switch p.text[i] {
		case '\\':
			i++
		case '"':
			p.at = i + 1
			text := p.text[begin:p.at]
			if err := json.Unmarshal([]byte(text), &s); err != nil {
				return "", p.fail(begin, "%s is not a text as JSON has it", text)
			}
			return s, nil
		}
	}
	return "", p.fail(begin, "the quotes that begin here have no end")
}

// value reads what a metric is compared with.
func (p *parser) value(operator string) (literal, error) {
	var l literal
	switch c := p.peek(); c {
	case 0, ';', '|', ')':
		return l, p.fail(p.at, "a value is missing after %s", operator)
	case '\'':
		return l, p.fail(p.at, `a text stands in double quotes: "parking"`)
	case '"':
		s, err := p.quoted()
		if err != nil {
			return l, err
		}
		l = textLiteral(s)
	default:
		begin := p.at
		word := p.bare()
		switch first, _ := utf8.DecodeRuneInString(word); {
		case word == "":
			return l, p.fail(begin, "unexpected %q where a value is expected", c)
		case word == "true" || word == "false" || word == "null":
			l = literal{text: word, kind: isWord}
		case unicode.IsLetter(first):
			l = textLiteral(word)
		default:
			number, err := strconv.ParseFloat(word, 64)
			if err != nil || kindOf(word) != isNumber || !json.Valid([]byte(word)) {
				return l, p.fail(begin, `%s is not a number. A text that does not begin with a letter stands in quotes: "%s"`, word,
					word)
			}
			l = literal{text: word, kind: isNumber, number: number}
		}
		if l.kind == isWord && operator != "=" && operator != "==" && operator != "!=" {
			return l, p.fail(begin, "%s compares with = and != only", word)
		}
	}
	return l, nil
}

func textLiteral(s string) literal { return literal{text: quote(s), kind: isText, plain: s} }

// quote returns s as a JSON string.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("BUG: a text is no JSON: " + err.Error())
	}
	return string(b)
}

// appendName appends the name of a metric as a filter has it.
func appendName(b []byte, name string) []byte {
	if strings.IndexFunc(name, func(c rune) bool { return !isBare(c) }) >= 0 {
		return append(b, quote(name)...)
	}
	return append(b, name...)
}
