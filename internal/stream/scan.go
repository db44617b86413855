package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// scanner reads the JSON of one line. Texts without an escape are slices of the line.
type scanner struct {
	text string
	pos  int
}

// peek skips white space and returns the next byte, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\r':
		default:
			return c
		}
	}
	return 0
}

func (s *scanner) expect(c byte) error {
	if s.peek() != c {
		return fmt.Errorf("%s where a %q should be", s.found(), c)
	}
	s.pos++
	return nil
}

// found names what stands at the position, for a message.
func (s *scanner) found() string {
	if s.peek() == 0 && s.pos >= len(s.text) {
		return "the end"
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.pos:])
	return fmt.Sprintf("%q", r)
}

// object reads an object that is the whole rest of the line, and calls field at the value of each key.
func (s *scanner) object(field func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	if s.peek() == '}' {
		s.pos++
		return s.end()
	}
	for {
		key, err := s.string()
		if err != nil {
			return fmt.Errorf("a key: %w", err)
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := field(key); err != nil {
			return err
		}
		if s.peek() == ',' {
			s.pos++
			continue
		}
		if err := s.expect('}'); err != nil {
			return err
		}
		return s.end()
	}
}

// array reads an array, and calls element at each element of it.
func (s *scanner) array(element func() error) error {
	if err := s.expect('['); err != nil {
		return err
	}
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.peek() != ',' {
			return s.expect(']')
		}
		s.pos++
	}
}

func (s *scanner) end() error {
	if s.peek(); s.pos < len(s.text) {
		return fmt.Errorf("%s after the object", s.found())
	}
	return nil
}

// null reads the literal null if it is what comes next.
func (s *scanner) null() bool {
	if s.peek() != 'n' || !strings.HasPrefix(s.text[s.pos:], "null") {
		return false
	}
	s.pos += len("null")
	return true
}

// optional reads a string, or null as "".
func (s *scanner) optional() (string, error) {
	if s.null() {
		return "", nil
	}
	return s.string()
}

// position reads stream/shard/sequence, of which only the stream may contain slashes.
func (s *scanner) position() (twin.Position, error) {
	text, err := s.optional()
	if err != nil || text == "" {
		return twin.Position{}, err
	}
	j := strings.LastIndexByte(text, '/')
	i := strings.LastIndexByte(text[:max(j, 0)], '/')
	if i < 0 {
		return twin.Position{}, fmt.Errorf("%q is not stream/shard/sequence", text)
	}
	return twin.Position{Stream: text[:i], Shard: text[i+1 : j], Sequence: text[j+1:]}, nil
}

// unsigned reads an integer of at most so many bits, 32 or fewer, or null as 0.
func (s *scanner) unsigned(bits int) (uint64, error) {
	if s.null() {
		return 0, nil
	}
	start, n, most := s.pos, uint64(0), uint64(1)<<bits-1
	for ; s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9' && n <= most; s.pos++ {
		n = n*10 + uint64(s.text[s.pos]-'0')
	}
	digits := s.pos - start
	if digits == 0 || n > most || digits > 1 && s.text[start] == '0' {
		return 0, fmt.Errorf("not an integer from 0 to %d", most)
	}
	return n, nil
}

// string reads a string.
func (s *scanner) string() (string, error) {
	if s.peek() != '"' {
		return "", fmt.Errorf("%s where a string should be", s.found())
	}
	s.pos++
	for start := s.pos; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; {
		case c == '"':
			s.pos++
			return s.text[start : s.pos-1], nil
		case c == '\\':
			return s.unescape(append(make([]byte, 0, 2*(s.pos-start)+32), s.text[start:s.pos]...))
		case c < ' ':
			return "", fmt.Errorf("the control character %q within a string", c)
		}
	}
	return "", errors.New("a string without an end")
}

// unescape reads the rest of a string onto b.
func (s *scanner) unescape(b []byte) (string, error) {
	for s.pos < len(s.text) {
		c := s.text[s.pos]
		s.pos++
		switch {
		case c == '"':
			return string(b), nil
		case c == '\\':
			var err error
			if b, err = s.escape(b); err != nil {
				return "", err
			}
		case c < ' ':
			s.pos--
			return "", fmt.Errorf("the control character %q within a string", c)
		default:
			b = append(b, c)
		}
	}
	return "", errors.New("a string without an end")
}

// escape reads what follows a backslash onto b.
func (s *scanner) escape(b []byte) ([]byte, error) {
	if s.pos >= len(s.text) {
		return nil, errors.New("a string without an end")
	}
	c := s.text[s.pos]
	s.pos++
	switch c {
	case '"', '\\', '/':
		return append(b, c), nil
	case 'b':
		return append(b, '\b'), nil
	case 'f':
		return append(b, '\f'), nil
	case 'n':
		return append(b, '\n'), nil
	case 'r':
		return append(b, '\r'), nil
	case 't':
		return append(b, '\t'), nil
	case 'u':
		r, ok := hex4(s.text[s.pos:])
		if !ok {
			return nil, errors.New(`a \u without four hexadecimal digits`)
		}
		s.pos += 4
		if utf16.IsSurrogate(r) {
			var low rune
			if strings.HasPrefix(s.text[s.pos:], `\u`) {
				low, _ = hex4(s.text[s.pos+2:])
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				s.pos += 6
			}
		}
		return utf8.AppendRune(b, r), nil // half a pair becomes U+FFFD, as in encoding/json
	}
	s.pos--
	return nil, fmt.Errorf(`the escape \%c`, c)
}

func hex4(t string) (r rune, ok bool) {
	if len(t) < 4 {
		return 0, false
	}
	for _, c := range []byte(t[:4]) {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// skip reads any value: the end is found by its brackets and quotes, then encoding/json judges it.
func (s *scanner) skip() error {
	s.peek()
	start, depth := s.pos, 0
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; c {
		case '"':
			if _, err := s.string(); err != nil {
				return err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']', ',':
			if depth == 0 {
				return s.valid(start)
			}
			if c != ',' {
				depth--
			}
		}
		s.pos++
	}
	return s.valid(start)
}

func (s *scanner) valid(start int) error {
	if text := s.text[start:s.pos]; !json.Valid([]byte(text)) {
		s.pos = start
		return errors.New("what stands here is not JSON")
	}
	return nil
}
