package trigger

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
)

// scanner walks over JSON. It is strict about structure, which it needs, and careless about what it skips.
type scanner struct {
	text []byte
	pos  int
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; c {
		case ' ', '\n', '\r', '\t':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) expect(c byte) error {
	if got := s.peek(); got != c {
		return fmt.Errorf("%q where %q should be", got, c)
	}
	s.pos++
	return nil
}

// end expects nothing more.
func (s *scanner) end() error {
	if c := s.peek(); s.pos < len(s.text) {
		return fmt.Errorf("%q behind the end", c)
	}
	return nil
}

// object calls field for every key; field reads the value.
func (s *scanner) object(field func(key []byte) error) error {
	return s.list('{', '}', func() error {
		key, err := s.string()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		return field(key)
	})
}

// array calls element for every element, to read it.
func (s *scanner) array(element func() error) error { return s.list('[', ']', element) }

func (s *scanner) list(open, closing byte, element func() error) error {
	if err := s.expect(open); err != nil {
		return err
	}
	if s.peek() == closing {
		s.pos++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.peek() == closing {
			s.pos++
			return nil
		}
		if err := s.expect(','); err != nil {
			return err
		}
	}
}

// string reads a string and returns its bytes, which are a piece of the text.
func (s *scanner) string() ([]byte, error) {
	if err := s.expect('"'); err != nil {
		return nil, err
	}
	start := s.pos
	n := bytes.IndexByte(s.text[start:], '"')
	if n < 0 {
		return nil, errors.New("a string without an end")
	}
	if bytes.IndexByte(s.text[start:start+n], '\\') < 0 {
		s.pos = start + n + 1
		return s.text[start : start+n], nil
	}
	return s.escaped(start)
}

// escaped reads a string with escapes in it, which AWS Lambda does not write, but may.
func (s *scanner) escaped(start int) ([]byte, error) {
	for i := start; i < len(s.text); i++ {
		switch s.text[i] {
		case '\\':
			i++
		case '"':
			s.pos = i + 1
			var text string
			if err := json.Unmarshal(s.text[start-1:i+1], &text); err != nil {
				return nil, err
			}
			return []byte(text), nil
		}
	}
	return nil, errors.New("a string without an end")
}

// seconds reads seconds since 1970 and returns milliseconds, without the rounding of a float.
func (s *scanner) seconds() (int64, error) {
	s.peek()
	start := s.pos
	s.scalar()
	text := s.text[start:s.pos]
	whole, fraction, _ := bytes.Cut(text, []byte("."))
	if ms, ok := milliseconds(whole, fraction); ok {
		return ms, nil
	}
	f, err := strconv.ParseFloat(string(text), 64) // such as 1.545084650987E9
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e12 {
		return 0, fmt.Errorf("%q is no time in seconds", text)
	}
	return int64(math.Floor(f*1000 + 0.0001)), nil
}

func milliseconds(whole, fraction []byte) (int64, bool) {
	if len(whole) == 0 || len(whole) > 11 {
		return 0, false
	}
	var n int64
	for _, c := range whole {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	for i := range fraction {
		if fraction[i] < '0' || fraction[i] > '9' {
			return 0, false
		}
	}
	for i := range 3 {
		n *= 10
		if i < len(fraction) {
			n += int64(fraction[i] - '0')
		}
	}
	return n, true
}

// scalar moves behind a number or a word.
func (s *scanner) scalar() {
	for s.pos < len(s.text) {
		switch s.text[s.pos] {
		case ',', ':', '}', ']', '{', '[', '"', ' ', '\n', '\r', '\t':
			return
		}
		s.pos++
	}
}

// skip moves behind a value, by its quotes and brackets alone.
func (s *scanner) skip() error {
	for depth := 0; ; {
		switch c := s.peek(); c {
		case '"':
			if _, err := s.string(); err != nil {
				return err
			}
		case '{', '[':
			depth++
			s.pos++
		case '}', ']':
			depth--
			s.pos++
		case ',', ':':
			s.pos++
		default:
			start := s.pos
			if s.scalar(); s.pos == start {
				return fmt.Errorf("%q where a value should be", c)
			}
		}
		if depth == 0 {
			return nil
		}
		if depth < 0 {
			return errors.New("a bracket that was not opened")
		}
	}
}
