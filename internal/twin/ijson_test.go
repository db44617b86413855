package twin_test

import (
	"encoding/json"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a value is one JSON text, and one that every client reads alike.
func TestCheckValue(t *testing.T) {
	nested := func(levels int, open, inner, end string) string {
		return strings.Repeat(open, levels) + inner + strings.Repeat(end, levels)
	}
	keys := func(n int, last string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(`"k` + strconv.Itoa(i) + `":0,`)
		}
		return "{" + b.String() + `"` + last + `":1}`
	}
	for value, want := range map[string]string{ // "" is fine, "bad" no JSON, anything else the flaw
		"0": "", "-0": "", "82.4": "", "-1.5e-7": "", "1E+2": "", " 1 ": "", "\t[ 1 , 2 ]\n": "", "true": "", "null": "",
		"9007199254740993": "", "1" + strings.Repeat("0", 308): "", "1e308": "", "1e-400": "", "0e999": "",
		"-1.7976931348623157e308": "",
		"1e309":                   "the number \"1e309\", which is beyond a double", "-1e400": "beyond a double",
		"1" + strings.Repeat("0", 309): "beyond a double",
		`{"a":[1,{"b":-1e999}]}`:       "beyond a double", "1.8e308": "beyond a double", "0.1" + strings.Repeat("1", 500): "",
		`""`: "", `"\"\\\/\b\f\n\r\t\u00e4\uD83D\ude00"`: "", "\"ä€😀\u2028\"": "", `{}`: "", `[]`: "", `[[[[]]]]`: "",
		`"\ud800"`: `the lone surrogate \ud800`, `"\udc00"`: `lone surrogate \udc00`,
		`"\ud800\ud800\udc00"`: "lone surrogate", `"\ud800x"`: "lone surrogate",
		`"\ud800\n"`: "lone surrogate", `["\uDBFF"]`: "lone surrogate", `{"\udfff":1}`: "lone surrogate",
		`"\uffff"`: "the noncharacter U+FFFF", "\"\ufdd0\"": "noncharacter U+FDD0", `"\ud83f\udffe"`: "noncharacter U+1FFFE",
		"\"\ufffd\"": "",
		`{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}`: "", `{"a":1,"b":2,"a":3}`: `the key "a" twice`,
		`[{"x":{"":1,"":1}}]`: `the key "" twice`,
		`{"a":1,"\u0061":2}`:  `twice`, `{"\u0061":1,"a":2}`: "twice", `{"a":1,"A":2,"\u00e4":3}`: "",
		`{"a\"":1,"a\u0022":2}`: "twice",
		keys(15, "k0"):          "twice", keys(16, "k15"): "twice", keys(17, "k16"): "twice", keys(100, "k3"): "twice",
		keys(100, "x"):           "",
		nested(64, "[", "", "]"): "", nested(65, "[", "", "]"): "more than 64 levels", nested(64, `{"a":`, "1", "}"): "",
		nested(65, `{"a":`, "1", "}"):   "64 levels",
		nested(63, `[`, `{"a":1}`, "]"): "", nested(64, `[`, `{"a":1}`, "]"): "64 levels",
		nested(4000, "[", "", "]"): "64 levels", strings.Repeat("[", 4000): "64 levels",
		"": "bad", " ": "bad", "NaN": "bad", "-": "bad", "01": "bad", "-01": "bad", "1.": "bad", ".5": "bad", "1e": "bad",
		"1e+": "bad", "+1": "bad", "1 2": "bad",
		"tru": "bad", "truex": "bad", "nulls": "bad", "[1,]": "bad", "[1": "bad", "[,1]": "bad", "[1 2]": "bad",
		`{"a"}`: "bad", `{"a":}`: "bad", `{"a":1,}`: "bad",
		`{a:1}`: "bad", `{"a":1`: "bad", `{"a" 1}`: "bad", `{1:1}`: "bad", `"`: "bad", `"\`: "bad", `"\x"`: "bad",
		`"\u12g4"`: "bad", `"\u12"`: "bad", "\"\t\"": "bad", "\"\n\"": "bad",
		"\"\xff\"": "bad", "\"\xed\xa0\x80\"": "bad", `[1]]`: "bad", `"a"b`: "bad", "\"\x00\"": "bad", `{"a":1,"a":1`: "bad",
		`[1e999`: "bad",
	} {
		for form, check := range map[string]func() (twin.Reason, string){
			"text":  func() (twin.Reason, string) { return twin.CheckValue(value) },
			"bytes": func() (twin.Reason, string) { return twin.CheckValue([]byte(value)) },
		} {
			reason, detail := check()
			switch {
			case want == "" && reason == "", want == "bad" && reason == twin.BadValue:
			case want != "" && want != "bad" && reason == twin.NotIJSON && strings.Contains(detail, want):
			default:
				t.Errorf("%s %.60q: %s %q, want %q", form, value, reason, detail, want)
			}
		}
	}
}

// Ensure that a value as providers send them is checked without allocating anything.
func TestCheckValue_Allocations(t *testing.T) {
	for _, value := range []string{"82.4", `"loaded"`, `"Zürich"`, `{"lat":47.491503,"lon":8.082773}`,
		`[{"n":1,"t":22.5},{"n":2,"t":null}]`} {
		b := []byte(value)
		if n := testing.AllocsPerRun(100, func() { twin.CheckValue(b); twin.CheckValue(value) }); n > 0 {
			t.Errorf("%s: %v allocations", value, n)
		}
	}
}

// FuzzCheckValue ensures that what is refused as no JSON is what encoding/json and UTF-8 refuse, and that what is taken
// has no flaw that encoding/json can show.
func FuzzCheckValue(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5e3,"x\u00e4\ud83d\ude00",null],"b":{"a":true}}`, `{"a":1,"\u0061":2}`,
		`["\ud800"]`, "1e999", strings.Repeat("[", 70), "\"\xff\"", `[[[]],{"":{}}]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		reason, detail := twin.CheckValue(value)
		if again, same := twin.CheckValue([]byte(value)); again != reason || same != detail {
			t.Fatalf("%q as text: %s %s, as bytes: %s %s", value, reason, detail, again, same)
		}
		valid := json.Valid([]byte(value)) && utf8.ValidString(value)
		switch reason {
		case twin.TooLarge:
		case twin.BadValue:
			if valid {
				t.Fatalf("%q is JSON", value)
			}
		case twin.NotIJSON:
			if !valid && !strings.Contains(detail, "levels") {
				t.Fatalf("%q is no JSON", value)
			}
			if flaw := flawOf(t, value); valid && flaw == "" {
				t.Fatalf("%q: %s", value, detail)
			}
		default:
			if flaw := flawOf(t, value); !valid || flaw != "" {
				t.Fatalf("%q: valid %v, %s", value, valid, flaw)
			}
		}
	})
}

// flawOf is what encoding/json shows of a value that I-JSON does not allow.
func flawOf(t *testing.T, value string) string {
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	var open []map[string]bool // the keys of each level; nil of an array
	key := false               // whether the next text is a key
	for {
		token, err := d.Token()
		if err == io.EOF {
			return escapes(value)
		}
		if err != nil {
			return ""
		}
		inObject := len(open) > 0 && open[len(open)-1] != nil
		switch v := token.(type) {
		case json.Delim:
			switch v {
			case '{':
				open = append(open, map[string]bool{})
			case '[':
				open = append(open, nil)
			default:
				open = open[:len(open)-1]
			}
			if len(open) > 64 {
				return "levels"
			}
			key = len(open) > 0 && open[len(open)-1] != nil
			continue
		case json.Number:
			if n, err := v.Float64(); err != nil && math.IsInf(n, 0) {
				return "number"
			}
		case string:
			if inObject && key {
				if open[len(open)-1][v] {
					return "key"
				}
				open[len(open)-1][v], key = true, false
				continue
			}
		}
		key = inObject
	}
}

// escapes looks for surrogates, of which encoding/json makes U+FFFD, and for noncharacters.
func escapes(value string) string {
	units := regexp.MustCompile(`\\(?:u([0-9a-fA-F]{4})|.)`)
	last, end := uint64(0), -1 // a high surrogate that waits for a low one, and where that has to stand
	for _, m := range units.FindAllStringSubmatchIndex(value, -1) {
		unit := uint64(0)
		if m[2] >= 0 {
			unit, _ = strconv.ParseUint(value[m[2]:m[3]], 16, 32)
		}
		low := unit >= 0xDC00 && unit < 0xE000
		if (last != 0) != (low && m[0] == end) || low && last == 0 {
			return "surrogate"
		}
		if last = 0; unit >= 0xD800 && unit < 0xDC00 {
			last, end = unit, m[1]
		}
	}
	if last != 0 {
		return "surrogate"
	}
	d := json.NewDecoder(strings.NewReader(value))
	for {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		if s, ok := token.(string); ok && strings.ContainsFunc(s, func(r rune) bool {
			return r >= 0xFDD0 && r <= 0xFDEF ||
				r&0xFFFE == 0xFFFE
		}) {
			return "noncharacter"
		}
	}
}

// BenchmarkCheckValue checks values as providers send them.
func BenchmarkCheckValue(b *testing.B) {
	for name, value := range map[string]string{"number": "464982.25", "text": `"loaded"`,
		"object": `{"lat":47.491503,"lon":8.082773}`} {
		text := []byte(value)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if reason, detail := twin.CheckValue(text); reason != "" {
					b.Fatal(detail)
				}
			}
		})
	}
}
