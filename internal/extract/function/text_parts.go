package function

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// textParts holds what measures texts and takes them apart. Positions count characters (code points).
var textParts = []*Function{
	{
		Name: "CHAR_LENGTH", Doc: "How many characters a text has.",
		Params: []Param{{"text", Text}}, Type: types.Int,
		Bind: plain(func(t *types.Type, a []code.Code) code.Code {
			return code.Code{Type: t, Int: func(f *code.Frame) (int64, bool) {
				s, ok := a[0].Text(f)
				return int64(utf8.RuneCount(s)), ok
			}}
		}),
		Example: "CHAR_LENGTH('Zürich')", Gives: "6",
	},
	{
		Name: "SUBSTRING", Doc: "The characters from a position on, counted from 1 (negative: from the end), all or so many; NULL for a negative length. Also SUBSTRING(text FROM start FOR length).",
		Params: []Param{{"text", Text}, {"start", Whole}, {"length", Whole}}, Optional: 1, Type: types.String,
		Bind: plain(func(_ *types.Type, a []code.Code) code.Code {
			return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
				s, ok := a[0].Text(f)
				start, ok2 := a[1].Int(f)
				length, ok3 := int64(1<<31), true
				if len(a) == 3 {
					length, ok3 = a[2].Int(f)
				}
				if !ok || !ok2 || !ok3 || length < 0 {
					return nil, false
				}
				return substring(s, start, length), true
			}}
		}),
		Example: "SUBSTRING('2026-11-23T10:15:30Z', 1, 10)", Gives: "2026-11-23",
	},
	{
		Name: "LEFT", Doc: "The first characters of a text; '' for a negative number.",
		Params: []Param{{"text", Text}, {"length", Whole}}, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return edge(a, false) }),
		Example: "LEFT('Zürich', 2)", Gives: "Zü",
	},
	{
		Name: "RIGHT", Doc: "The last characters of a text; '' for a negative number.",
		Params: []Param{{"text", Text}, {"length", Whole}}, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return edge(a, true) }),
		Example: "RIGHT('Zürich', 3)", Gives: "ich",
	},
	{
		Name: "POSITION", Doc: "Where a text begins within another, counted from 1; 0 if it is not there: POSITION(needle IN text).",
		Params: []Param{{"needle", Text}, {"text", Text}}, Type: types.Int,
		Bind:    plain(func(t *types.Type, a []code.Code) code.Code { return position(t, a[0], a[1]) }),
		Example: "POSITION('r' IN 'Zürich')", Gives: "3",
	},
	{
		Name: "LOCATE", Doc: "As POSITION: LOCATE(needle, text).",
		Params: []Param{{"needle", Text}, {"text", Text}}, Type: types.Int,
		Bind:    plain(func(t *types.Type, a []code.Code) code.Code { return position(t, a[0], a[1]) }),
		Example: "LOCATE('r', 'Zürich')", Gives: "3",
	},
	{
		Name: "INSTR", Doc: "As POSITION, with the text first: INSTR(text, needle).",
		Params: []Param{{"text", Text}, {"needle", Text}}, Type: types.Int,
		Bind:    plain(func(t *types.Type, a []code.Code) code.Code { return position(t, a[1], a[0]) }),
		Example: "INSTR('Zürich', 'r')", Gives: "3",
	},
	{
		Name: "TRIM", Doc: "The text without blanks at both ends; TRIM(LEADING | TRAILING | BOTH 'characters' FROM text) takes a set of characters.",
		Params: []Param{{"text", Text}, {"characters", Text}}, Optional: 1, Type: types.String,
		Bind: func(c Call) (func([]code.Code) code.Code, error) {
			side := "BOTH"
			if len(c.Words) > 0 {
				side = c.Words[0]
			}
			return func(a []code.Code) code.Code { return trimmed(a, side) }, nil
		},
		Example: "TRIM('  a b ')", Gives: "a b",
	},
	trimFunction("LTRIM", "The text without blanks, or a set of characters, at its beginning.", "LTRIM('  a ')", "a ", "LEADING"),
	trimFunction("RTRIM", "The text without blanks, or a set of characters, at its end.", "RTRIM('  a ')", "  a", "TRAILING"),
	trimFunction("BTRIM", "The text without blanks, or a set of characters, at both ends.", "BTRIM('xay', 'xy')", "a", "BOTH"),
	caseFunction("UPPER", "The text in upper case, by the rules of Unicode.", upper),
	caseFunction("LOWER", "The text in lower case, by the rules of Unicode.", lower),
	{
		Name: "CONCAT_WS", Doc: "The texts joined by the first; NULL texts are left out, a NULL separator gives NULL.",
		Params: []Param{{"separator", Text}, {"text", Text}}, Repeat: true, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return joined(a) }),
		Example: "CONCAT_WS(':', 'train', CAST(NULL AS STRING), '63200')", Gives: "train:63200",
	},
	{
		Name: "SPLIT", Doc: "The parts of a text as ARRAY<STRING>.",
		Params: []Param{{"text", Text}, {"delimiter", Text}}, Result: always(textsType), Node: textsNode,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return split(a[0], a[1]) }),
		Example: "SPLIT('a,b', ',')[2]", Gives: "b",
	},
	testFunction("STARTSWITH", "Whether a text begins with another.", "STARTSWITH('wagon:31', 'wagon:')", bytes.HasPrefix),
	testFunction("ENDSWITH", "Whether a text ends with another.", "ENDSWITH('data.json', '.json')", bytes.HasSuffix),
}

// offsetOf is the byte offset of character n of s, or its length.
func offsetOf(s []byte, n int64) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		_, size := utf8.DecodeRune(s[i:])
		i += size
	}
	return i
}

// substring follows Flink: 0 is as 1, a negative start counts from the end, and one before the
// beginning gives nothing.
func substring(s []byte, start, length int64) []byte {
	switch {
	case start > 0:
		start--
	case start < 0:
		if start += int64(utf8.RuneCount(s)); start < 0 {
			return s[:0]
		}
	}
	s = s[offsetOf(s, start):]
	return s[:offsetOf(s, length)]
}

func edge(a []code.Code, right bool) code.Code {
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		s, ok := a[0].Text(f)
		n, ok2 := a[1].Int(f)
		switch {
		case !ok || !ok2:
			return nil, false
		case n <= 0:
			return s[:0], true
		case right:
			return s[offsetOf(s, max(int64(utf8.RuneCount(s))-n, 0)):], true
		}
		return s[:offsetOf(s, n)], true
	}}
}

func position(t *types.Type, needle, text code.Code) code.Code {
	return code.Code{Type: t, Int: func(f *code.Frame) (int64, bool) {
		n, ok := needle.Text(f)
		s, ok2 := text.Text(f)
		i := bytes.Index(s, n)
		if !ok || !ok2 || i < 0 {
			return 0, ok && ok2
		}
		return int64(utf8.RuneCount(s[:i])) + 1, true
	}}
}

func trimFunction(name, doc, example, gives, side string) *Function {
	return &Function{
		Name: name, Doc: doc, Params: []Param{{"text", Text}, {"characters", Text}}, Optional: 1, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return trimmed(a, side) }),
		Example: example, Gives: gives,
	}
}

func trimmed(a []code.Code, side string) code.Code {
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		s, ok := a[0].Text(f)
		cut := " "
		if len(a) == 2 {
			c, ok2 := a[1].Text(f)
			cut, ok = string(c), ok && ok2
		}
		if !ok {
			return nil, false
		}
		if side != "TRAILING" {
			s = bytes.TrimLeft(s, cut)
		}
		if side != "LEADING" {
			s = bytes.TrimRight(s, cut)
		}
		return s, true
	}}
}

// caseFunction refuses literals, whose length Flink keeps: UPPER('straße') is cut.
func caseFunction(name, doc string, apply func(f *code.Frame, s []byte) []byte) *Function {
	return &Function{
		Name: name, Doc: doc, Params: []Param{{"text", Text}}, Type: types.String,
		Bind: func(c Call) (func([]code.Code) code.Code, error) {
			if c.Args[0].Literal != nil {
				return nil, &Problem{0, name + " of a literal keeps its length in Flink, which cuts what grows", "write the text as it shall be"}
			}
			return func(a []code.Code) code.Code {
				return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
					s, ok := a[0].Text(f)
					if !ok {
						return nil, false
					}
					return apply(f, s), true
				}}
			}, nil
		},
		Example: name + "(CONCAT('A', 'b'))", Gives: strings.Map(func(r rune) rune {
			if name == "UPPER" {
				return []rune(strings.ToUpper(string(r)))[0]
			}
			return []rune(strings.ToLower(string(r)))[0]
		}, "Ab"),
	}
}

func upper(f *code.Frame, s []byte) []byte {
	if !ascii(s) {
		return cases.Upper(language.Und).Bytes(s)
	}
	n := len(f.Buf)
	f.Buf = append(f.Buf, s...)
	for i, c := range f.Buf[n:] {
		if c >= 'a' && c <= 'z' {
			f.Buf[n+i] = c - 'a' + 'A'
		}
	}
	return f.Since(n)
}

func lower(f *code.Frame, s []byte) []byte {
	if !ascii(s) {
		return cases.Lower(language.Und).Bytes(s)
	}
	n := len(f.Buf)
	f.Buf = append(f.Buf, s...)
	for i, c := range f.Buf[n:] {
		if c >= 'A' && c <= 'Z' {
			f.Buf[n+i] = c - 'A' + 'a'
		}
	}
	return f.Since(n)
}

func ascii(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func joined(a []code.Code) code.Code {
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		sep, ok := a[0].Text(f)
		if !ok {
			return nil, false
		}
		var room [8][]byte
		parts := room[:0]
		for _, x := range a[1:] {
			if t, ok := x.Text(f); ok {
				parts = append(parts, t)
			}
		}
		n := len(f.Buf)
		for i, t := range parts {
			if i > 0 {
				f.Buf = append(f.Buf, sep...)
			}
			f.Buf = append(f.Buf, t...)
		}
		return f.Since(n), true
	}}
}

func testFunction(name, doc, example string, test func(s, part []byte) bool) *Function {
	return &Function{
		Name: name, Doc: doc, Params: []Param{{"text", Text}, {"part", Text}}, Type: types.Boolean,
		Bind: plain(func(t *types.Type, a []code.Code) code.Code {
			return code.Code{Type: t, Bool: func(f *code.Frame) code.Tri {
				s, ok := a[0].Text(f)
				part, ok2 := a[1].Text(f)
				if !ok || !ok2 {
					return code.Unknown
				}
				return code.TriOf(test(s, part))
			}}
		}),
		Example: example, Gives: "true",
	}
}

var (
	textsType = &types.Type{Kind: types.Array, Elem: stringType}
	// textsNode is the layout of an array of texts that a function makes; its elements lie in the frame.
	textsNode = &row.Node{Type: textsType, Width: 1, Elem: &row.Node{Type: stringType}}
)

// split is SPLIT: the parts of a text; of an empty one none, and with an empty delimiter every character.
func split(x, delimiter code.Code) code.Code {
	return code.Code{Type: textsType, Node: textsNode, Elems: func(f *code.Frame) ([]row.Cell, bool) {
		s, ok := x.Text(f)
		d, ok2 := delimiter.Text(f)
		if !ok || !ok2 {
			return nil, false
		}
		n := len(f.Cells)
		if len(s) > 0 {
			for _, part := range bytes.Split(s, d) {
				f.Cells = append(f.Cells, row.Cell{Valid: true, Text: part})
			}
		}
		return f.Cells[n:len(f.Cells):len(f.Cells)], true
	}}
}
