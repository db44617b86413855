package java

import (
	"testing"
	"unicode"
	"unicode/utf16"
)

// Ensure that integers are read as Java reads them, up to their bounds and in any script.
func TestParseInt(t *testing.T) {
	for _, tt := range []struct {
		text string
		bits int
		n    int64
		ok   bool
	}{
		{"0", 32, 0, true}, {"+12", 32, 12, true}, {"-0", 32, 0, true},
		{"2147483647", 32, 2147483647, true}, {"2147483648", 32, 0, false},
		{"-2147483648", 32, -2147483648, true}, {"-2147483649", 32, 0, false},
		{"9223372036854775807", 64, 9223372036854775807, true}, {"9223372036854775808", 64, 0, false},
		{"-9223372036854775808", 64, -9223372036854775808, true}, {"99999999999999999999999", 64, 0, false},
		{"１２", 32, 12, true}, {"1٢३", 32, 123, true}, {"𝟏", 32, 0, false}, {"²", 32, 0, false},
		{"", 32, 0, false}, {"-", 32, 0, false}, {"+-1", 32, 0, false}, {" 1", 32, 0, false}, {"1_0", 32, 0, false},
		{"1L", 64, 0, false},
	} {
		if n, ok := ParseInt([]byte(tt.text), tt.bits); n != tt.n || ok != tt.ok {
			t.Errorf("%q with %d bits: got %d %v", tt.text, tt.bits, n, ok)
		}
	}
}

// Ensure that every decimal digit of the first plane has its value, and nothing else is one.
func TestDigit(t *testing.T) {
	for r := rune(0); r <= 0xFFFF; r++ {
		if utf16.IsSurrogate(r) {
			continue
		}
		v, size := Digit([]byte(string(r)))
		if (v >= 0) != unicode.Is(unicode.Nd, r) || size != len(string(r)) {
			t.Errorf("%U: value %d, size %d", r, v, size)
		}
	}
}

// Ensure that blanks are trimmed as String.trim does, and that lengths count UTF-16 units.
func TestTrimAndLength(t *testing.T) {
	if got := string(Trim([]byte(" \t\x00a b\u00a0\r\n\x1f"))); got != "a b\u00a0" {
		t.Errorf("trimmed to %q", got)
	}
	if got := string(Trim([]byte(" \n"))); got != "" {
		t.Errorf("trimmed to %q", got)
	}
	for _, s := range []string{"", "abc", "é２", "a😀b", "\u2028"} {
		if got, want := Length([]byte(s)), len(utf16.Encode([]rune(s))); got != want {
			t.Errorf("%q has %d units, got %d", s, want, got)
		}
	}
}

// Ensure that what is whitespace in Java is, and nothing more.
func TestIsWhitespace(t *testing.T) {
	got := ""
	for r := rune(0); r <= 0x10FFFF; r++ {
		if IsWhitespace(r) {
			got += string(r)
		}
	}
	if want := "\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a" +
		"\u2028\u2029\u205f\u3000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
