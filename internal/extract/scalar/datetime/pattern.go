package datetime

import (
	"fmt"
	"strings"
)

// pattern is a compiled pattern of java.time.format.DateTimeFormatter.
type pattern []element

// element is a part of a pattern: a literal text, a number, or an optional section.
type element struct {
	literal  string
	optional pattern

	field     field
	min, max  int // digits
	signed    bool
	exceeding bool // more digits than min need a +, as for yyyy
	fraction  bool // the first digits of nanoseconds
	reserved  int  // digits that the fixed-width numbers right behind this one take
}

func (e *element) number() bool { return e.max > 0 }

// fixed reports whether the number has as many digits wherever it stands.
func (e *element) fixed() bool { return e.min == e.max && !e.signed }

// patternCompiler reads a pattern text from the left.
type patternCompiler struct {
	text string
	i    int
}

// compilePattern compiles the part of Java's pattern letters that the Go engine takes.
func compilePattern(text string) (pattern, error) {
	c := &patternCompiler{text: text}
	p, err := c.section(false)
	if err == nil && c.i < len(text) {
		err = fmt.Errorf("the pattern '%s' has a ] without [", text)
	}
	if err == nil && len(p) == 0 {
		err = fmt.Errorf("the pattern is empty; write the parts of the text, such as yyyy-MM-dd HH:mm:ss")
	}
	return p, err
}

// section reads up to the closing bracket, or the end.
func (c *patternCompiler) section(inner bool) (p pattern, err error) {
	base := -1 // the number that adjacent numbers take their digits from
	for c.i < len(c.text) {
		ch := c.text[c.i]
		switch {
		case ch == ']':
			if inner {
				c.i++
			}
			return p, nil
		case ch == '[':
			c.i++
			o, err := c.section(true)
			if err != nil {
				return nil, err
			}
			if len(o) > 0 {
				p = append(p, element{optional: o})
				base = -1
			}
		case ch == '\'':
			literal, err := c.quoted()
			if err != nil {
				return nil, err
			}
			p = append(p, element{literal: literal})
			base = -1
		case ch == '{' || ch == '}' || ch == '#':
			return nil, fmt.Errorf("%c is reserved in a pattern; write '%c' in quotes", ch, ch)
		case ch|0x20 >= 'a' && ch|0x20 <= 'z':
			e, err := c.letters()
			if err != nil {
				return nil, err
			}
			if base >= 0 && e.fixed() {
				p[base].reserved += e.max
			} else {
				base = len(p)
			}
			p = append(p, e)
		default:
			p = append(p, element{literal: c.text[c.i : c.i+1]})
			c.i++
			base = -1
		}
	}
	return p, nil
}

// quoted reads a text in quotes, in which a doubled quote stands for one, as it does outside.
func (c *patternCompiler) quoted() (string, error) {
	var b strings.Builder
	for c.i++; c.i < len(c.text); c.i++ {
		if c.text[c.i] == '\'' {
			if c.i+1 == len(c.text) || c.text[c.i+1] != '\'' {
				break
			}
			c.i++
		}
		b.WriteByte(c.text[c.i])
	}
	if c.i >= len(c.text) {
		return "", fmt.Errorf("the pattern '%s' ends within a quoted text", c.text)
	}
	c.i++
	if b.Len() == 0 {
		return "'", nil
	}
	return b.String(), nil
}

const patternLetters = "the parts that both engines know are yyyy, MM, dd, HH, mm, ss, SSS (1 to 9 digits) and texts " +
	"in quotes"

// letters reads one run of a letter.
func (c *patternCompiler) letters() (element, error) {
	start := c.i
	for c.i < len(c.text) && c.text[c.i] == c.text[start] {
		c.i++
	}
	run := c.text[start:c.i]
	switch run {
	case "yyyy":
		return element{field: yearOfEra, min: 4, max: 19, signed: true, exceeding: true}, nil
	case "uuuu":
		return element{field: year, min: 4, max: 19, signed: true, exceeding: true}, nil
	case "M", "d", "H", "m", "s":
		return element{field: letterFields[run[0]], min: 1, max: 19, signed: true}, nil
	case "MM", "dd", "HH", "mm", "ss":
		return element{field: letterFields[run[0]], min: 2, max: 2}, nil
	}
	switch run[0] {
	case 'S':
		if len(run) <= 9 {
			return element{field: nanoOfSecond, min: len(run), max: len(run), fraction: true}, nil
		}
	case 'X', 'x', 'Z', 'z', 'V', 'O', 'v':
		return element{}, fmt.Errorf("the pattern has %s, and Flink ignores the offset that it reads there, which gives a "+
			"wrong instant", run)
	}
	return element{}, fmt.Errorf("the pattern has %s; %s", run, patternLetters)
}

var letterFields = map[byte]field{'M': month, 'd': dayOfMonth, 'H': hourOfDay, 'm': minuteOfHour, 's': secondOfMinute}
