package function

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
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
				return int64(text.CharLength(s)), ok
			}}
		}),
		Example: "CHAR_LENGTH('Zürich')", Gives: "6",
	},
	{
		Name: "SUBSTRING", Doc: "The characters from a position on, counted from 1 (negative: from the end), all or so many; NULL for a negative length. Also SUBSTRING(text FROM start FOR length).",
		Params: []Param{{"text", Text}, {"start", Int}, {"length", Int}}, Optional: 1, Type: types.String,
		Bind: plain(func(_ *types.Type, a []code.Code) code.Code {
			return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
				s, ok := a[0].Text(f)
				start, ok2 := a[1].Int(f)
				if !ok || !ok2 {
					return nil, false
				}
				if len(a) == 2 {
					return text.Substring(s, start), true
				}
				length, ok := a[2].Int(f)
				if !ok {
					return nil, false
				}
				return text.SubstringLength(s, start, length)
			}}
		}),
		Example: "SUBSTRING('2026-11-23T10:15:30Z', 1, 10)", Gives: "2026-11-23",
	},
	{
		Name: "LEFT", Doc: "The first characters of a text; '' for a negative number.",
		Params: []Param{{"text", Text}, {"length", Int}}, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return edge(a, text.Left) }),
		Example: "LEFT('Zürich', 2)", Gives: "Zü",
	},
	{
		Name: "RIGHT", Doc: "The last characters of a text; '' for a negative number.",
		Params: []Param{{"text", Text}, {"length", Int}}, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return edge(a, text.Right) }),
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
			side := c.Words[0]
			if len(c.Args) == 2 && !c.From {
				return nil, &Problem{1, "TRIM does not take its characters behind a comma", "write TRIM(BOTH 'x' FROM s), or BTRIM(s, 'x')"}
			}
			return func(a []code.Code) code.Code { return trimmed(a, side) }, nil
		},
		Example: "TRIM('  a b ')", Gives: "a b",
	},
	trimFunction("LTRIM", "The text without blanks, or a set of characters, at its beginning.", "LTRIM('  a ')", "a ", "LEADING"),
	trimFunction("RTRIM", "The text without blanks, or a set of characters, at its end.", "RTRIM('  a ')", "  a", "TRAILING"),
	trimFunction("BTRIM", "The text without blanks, or a set of characters, at both ends.", "BTRIM('xay', 'xy')", "a", "BOTH"),
	caseFunction("UPPER", "The text in upper case, by the rules of Unicode.", "AB", text.AppendUpper),
	caseFunction("LOWER", "The text in lower case, by the rules of Unicode.", "ab", text.AppendLower),
	{
		Name: "CONCAT_WS", Doc: "The texts joined by the first; NULL texts are left out, a NULL separator gives NULL.",
		Params: []Param{{"separator", Text}, {"text", Text}}, Repeat: true, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return joined(a) }),
		Example: "CONCAT_WS(':', 'train', CAST(NULL AS STRING), '63200')", Gives: "train:63200",
	},
	{
		Name: "SPLIT", Doc: "The parts of a text as ARRAY<STRING>; with an empty delimiter its characters (two question marks for one beyond U+FFFF).",
		Params: []Param{{"text", Text}, {"delimiter", Text}}, Result: always(textsType), Node: textsNode,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return split(a[0], a[1]) }),
		Example: "SPLIT('a,b', ',')[2]", Gives: "b",
	},
	testFunction("STARTSWITH", "Whether a text begins with another.", "STARTSWITH('wagon:31', 'wagon:')", bytes.HasPrefix),
	testFunction("ENDSWITH", "Whether a text ends with another.", "ENDSWITH('data.json', '.json')", bytes.HasSuffix),
}

func edge(a []code.Code, cut func(s []byte, n int64) []byte) code.Code {
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		s, ok := a[0].Text(f)
		n, ok2 := a[1].Int(f)
		if !ok || !ok2 {
			return nil, false
		}
		return cut(s, n), true
	}}
}

func position(t *types.Type, needle, in code.Code) code.Code {
	return code.Code{Type: t, Int: func(f *code.Frame) (int64, bool) {
		n, ok := needle.Text(f)
		s, ok2 := in.Text(f)
		if !ok || !ok2 {
			return 0, false
		}
		return int64(text.Position(n, s, 1)), true
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
	trim := map[string]func(s, set []byte) []byte{"LEADING": text.TrimLeft, "TRAILING": text.TrimRight, "BOTH": text.Trim}[side]
	return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
		s, ok := a[0].Text(f)
		set := []byte{' '}
		if len(a) == 2 && ok {
			set, ok = a[1].Text(f)
		}
		if !ok {
			return nil, false
		}
		return trim(s, set), true
	}}
}

// caseFunction refuses literals, whose length Flink keeps: UPPER('straße') is cut.
func caseFunction(name, doc, gives string, apply func(dst, s []byte) []byte) *Function {
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
					n := len(f.Buf)
					f.Buf = apply(f.Buf, s)
					return f.Since(n), true
				}}
			}, nil
		},
		Example: name + "(CONCAT('A', 'b'))", Gives: gives,
	}
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
		f.Buf = text.AppendJoined(f.Buf, sep, parts...)
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

// split is SPLIT: the parts of a text.
func split(x, delimiter code.Code) code.Code {
	return code.Code{Type: textsType, Node: textsNode, Elems: func(f *code.Frame) ([]row.Cell, bool) {
		s, ok := x.Text(f)
		d, ok2 := delimiter.Text(f)
		if !ok || !ok2 {
			return nil, false
		}
		n := len(f.Cells)
		add := func(part []byte) bool {
			f.Cells = append(f.Cells, row.Cell{Valid: true, Text: part})
			return true
		}
		text.Split(s, d, add)
		return f.Cells[n:len(f.Cells):len(f.Cells)], true
	}}
}
