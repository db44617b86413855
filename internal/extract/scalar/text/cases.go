package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// AppendUpper is UPPER(s): Java's rules of the root locale, with ß as SS.
func AppendUpper(dst, s []byte) []byte {
	for i, c := range s {
		if c >= utf8.RuneSelf {
			return appendUpper(dst, s[i:])
		}
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendUpper(dst, s []byte) []byte {
	for len(s) > 0 {
		r, size := utf8.DecodeRune(s)
		s = s[size:]
		if long := longUpper[r]; long != "" {
			dst = append(dst, long...)
		} else if caseless(r) {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = utf8.AppendRune(dst, unicode.ToUpper(r))
		}
	}
	return dst
}

// AppendLower is LOWER(s): Java's rules of the root locale, with the Greek sigma that ends a word.
func AppendLower(dst, s []byte) []byte {
	for i, c := range s {
		if c >= utf8.RuneSelf {
			return appendLower(dst, s, i)
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendLower(dst, s []byte, i int) []byte {
	for i < len(s) {
		r, size := utf8.DecodeRune(s[i:])
		switch {
		case r == 'İ':
			dst = append(dst, "i\u0307"...)
		case r == 'Σ' && endsWord(s[:i], s[i+size:]):
			dst = append(dst, "\u03c2"...)
		case caseless(r):
			dst = utf8.AppendRune(dst, r)
		default:
			dst = utf8.AppendRune(dst, unicode.ToLower(r))
		}
		i += size
	}
	return dst
}

// endsWord reports whether a letter with case stands before in the same word, and none behind.
func endsWord(before, behind []byte) bool {
	return reachesCased(before, utf8.DecodeLastRune, func(s []byte, n int) []byte { return s[:len(s)-n] }) &&
		!reachesCased(behind, utf8.DecodeRune, func(s []byte, n int) []byte { return s[n:] })
}

// reachesCased goes through s, from the side that decode takes, to the end of the word, and reports
// whether there is a letter with case on the way.
func reachesCased(s []byte, decode func([]byte) (rune, int), drop func([]byte, int) []byte) bool {
	last := 'a' // what was met last, without marks: at first a letter
	for len(s) > 0 {
		r, size := decode(s)
		s = drop(s, size)
		switch {
		case cased(r):
			return true
		case mark(r):
			continue
		}
		next, rest := rune(-1), s
		for len(rest) > 0 {
			n, size := decode(rest)
			if !mark(n) {
				next = n
				break
			}
			rest = drop(rest, size)
		}
		if !inWord(r, last, next) {
			return false
		}
		last = r
	}
	return false
}

// inWord reports whether r, between two others, is within a word: by the rules of Java's own word
// breaking, which keep don't and well-known together.
func inWord(r, last, next rune) bool {
	switch {
	case letter(r) || unicode.IsNumber(r):
		return true
	case r == '"' || r == '\'' || r == '.':
		return letter(last) && letter(next) || unicode.IsNumber(last) && unicode.IsNumber(next)
	case r == '\u00AD' || r == '\u2027' || unicode.In(r, unicode.Pd, unicode.Pc):
		return letter(last) && letter(next)
	case r == ',' || r == '\u066B':
		return unicode.IsNumber(last) && unicode.IsNumber(next)
	}
	return false
}

func mark(r rune) bool { return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) }

func letter(r rune) bool { return unicode.In(r, unicode.L, unicode.Mc) }

func cased(r rune) bool {
	return unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt, unicode.Other_Lowercase, unicode.Other_Uppercase)
}

// caseless reports whether r got its case only after Unicode 13, which Java 17 has.
func caseless(r rune) bool {
	return r >= 0x10570 && r <= 0x105BC || r >= 0xA7C0 && r <= 0xA7D9 && !(r >= 0xA7C2 && r <= 0xA7CA) || r == 0x2C2F ||
		r == 0x2C5F
}

// longUpper holds the letters whose upper case is more than one.
var longUpper = func() map[rune]string {
	m := map[rune]string{}
	for _, w := range strings.Fields(longUpperWords) {
		r, size := utf8.DecodeRuneInString(w)
		m[r] = w[size:]
	}
	return m
}()

// longUpperWords are those letters, each with its upper case behind it, as Unicode lists them in
// SpecialCasing.txt.
const longUpperWords = "\u00dfSS \u0149\u02bcN \u01f0J\u030c \u0390\u0399\u0308\u0301 \u03b0\u03a5\u0308\u0301 " +
	"\u0587\u0535\u0552 \u1e96H\u0331 \u1e97T\u0308 \u1e98W\u030a \u1e99Y\u030a \u1e9aA\u02be " +
	"\u1f50\u03a5\u0313 \u1f52\u03a5\u0313\u0300 \u1f54\u03a5\u0313\u0301 \u1f56\u03a5\u0313\u0342 " +
	"\u1f80\u1f08\u0399 \u1f81\u1f09\u0399 \u1f82\u1f0a\u0399 \u1f83\u1f0b\u0399 \u1f84\u1f0c\u0399 " +
	"\u1f85\u1f0d\u0399 \u1f86\u1f0e\u0399 \u1f87\u1f0f\u0399 \u1f88\u1f08\u0399 \u1f89\u1f09\u0399 " +
	"\u1f8a\u1f0a\u0399 \u1f8b\u1f0b\u0399 \u1f8c\u1f0c\u0399 \u1f8d\u1f0d\u0399 \u1f8e\u1f0e\u0399 " +
	"\u1f8f\u1f0f\u0399 \u1f90\u1f28\u0399 \u1f91\u1f29\u0399 \u1f92\u1f2a\u0399 \u1f93\u1f2b\u0399 " +
	"\u1f94\u1f2c\u0399 \u1f95\u1f2d\u0399 \u1f96\u1f2e\u0399 \u1f97\u1f2f\u0399 \u1f98\u1f28\u0399 " +
	"\u1f99\u1f29\u0399 \u1f9a\u1f2a\u0399 \u1f9b\u1f2b\u0399 \u1f9c\u1f2c\u0399 \u1f9d\u1f2d\u0399 " +
	"\u1f9e\u1f2e\u0399 \u1f9f\u1f2f\u0399 \u1fa0\u1f68\u0399 \u1fa1\u1f69\u0399 \u1fa2\u1f6a\u0399 " +
	"\u1fa3\u1f6b\u0399 \u1fa4\u1f6c\u0399 \u1fa5\u1f6d\u0399 \u1fa6\u1f6e\u0399 \u1fa7\u1f6f\u0399 " +
	"\u1fa8\u1f68\u0399 \u1fa9\u1f69\u0399 \u1faa\u1f6a\u0399 \u1fab\u1f6b\u0399 \u1fac\u1f6c\u0399 " +
	"\u1fad\u1f6d\u0399 \u1fae\u1f6e\u0399 \u1faf\u1f6f\u0399 \u1fb2\u1fba\u0399 \u1fb3\u0391\u0399 " +
	"\u1fb4\u0386\u0399 \u1fb6\u0391\u0342 \u1fb7\u0391\u0342\u0399 \u1fbc\u0391\u0399 \u1fc2\u1fca\u0399 " +
	"\u1fc3\u0397\u0399 \u1fc4\u0389\u0399 \u1fc6\u0397\u0342 \u1fc7\u0397\u0342\u0399 \u1fcc\u0397\u0399 " +
	"\u1fd2\u0399\u0308\u0300 \u1fd3\u0399\u0308\u0301 \u1fd6\u0399\u0342 \u1fd7\u0399\u0308\u0342 " +
	"\u1fe2\u03a5\u0308\u0300 \u1fe3\u03a5\u0308\u0301 \u1fe4\u03a1\u0313 \u1fe6\u03a5\u0342 " +
	"\u1fe7\u03a5\u0308\u0342 \u1ff2\u1ffa\u0399 \u1ff3\u03a9\u0399 \u1ff4\u038f\u0399 \u1ff6\u03a9\u0342 " +
	"\u1ff7\u03a9\u0342\u0399 \u1ffc\u03a9\u0399 \ufb00FF \ufb01FI \ufb02FL \ufb03FFI \ufb04FFL \ufb05ST " +
	"\ufb06ST \ufb13\u0544\u0546 \ufb14\u0544\u0535 \ufb15\u0544\u053b \ufb16\u054e\u0546 " +
	"\ufb17\u0544\u053d"
