package function

import (
	"bytes"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// textParts holds what measures texts and takes them apart. Positions count characters (code points).
var textParts = []*Function{
	fn("CHAR_LENGTH(text)", lift1(func(s []byte) int64 { return int64(text.CharLength(s)) }),
		"How many characters a text has.", "CHAR_LENGTH('Zürich')", "6"),
	fn("SUBSTRING(text, start, [length])", byCount(lift2(text.Substring), maybe3(text.SubstringLength)).inBytes(),
		"The characters from a position on, counted from 1 (negative: from the end), all or so many; NULL for a negative "+
			"length. "+
			"Also SUBSTRING(text FROM start FOR length).", "SUBSTRING('2026-11-23T10:15:30Z', 1, 10)", "2026-11-23"),
	fn("LEFT(text, length)", lift2(text.Left).inBytes(), "The first characters of a text; '' for a negative number.",
		"LEFT('Zürich', 2)", "Zü"),
	fn("RIGHT(text, length)", lift2(text.Right), "The last characters of a text; '' for a negative number.",
		"RIGHT('Zürich', 3)", "ich"),
	fn("POSITION(needle, text, [start])", byCount(lift2(position), lift3(positionFrom)),
		"Where a text begins within another, from a position on, counted from 1; 0 if it is not there: POSITION(needle IN "+
			"text FROM start).",
		"POSITION('r' IN 'Zürich')", "3"),
	fn("LOCATE(needle, text, [start])", byCount(lift2(position), lift3(positionFrom)),
		"As POSITION: LOCATE(needle, text, start).", "LOCATE('r', 'Zürich')", "3"),
	fn("INSTR(text, needle)", lift2(func(s, needle []byte) int64 { return position(needle, s) }),
		"As POSITION, with the text first: INSTR(text, needle).", "INSTR('Zürich', 'r')", "3"),
	fn("TRIM(text, [characters])", bound(always(stringType), bindTrim, Text, Text).inBytes(),
		"The text without blanks at both ends; TRIM(LEADING | TRAILING | BOTH 'characters' FROM text) takes a set of "+
			"characters.",
		"TRIM('  a b ')", "a b"),
	fn("LTRIM(text, [characters])", trimming(text.TrimLeft),
		"The text without blanks, or a set of characters, at its beginning.", "LTRIM('  a ')", "a "),
	fn("RTRIM(text, [characters])", trimming(text.TrimRight),
		"The text without blanks, or a set of characters, at its end.", "RTRIM('  a ')", "  a"),
	fn("BTRIM(text, [characters])", trimming(text.Trim).takesNull(),
		"The text without blanks, or a set of characters, at both ends.", "BTRIM('xay', 'xy')", "a"),
	fn("UPPER(text)", casing(append1(text.AppendUpper)),
		"The text in upper case, by the rules of Unicode.", "UPPER(CONCAT('A', 'b'))", "AB"),
	fn("LOWER(text)", casing(append1(text.AppendLower)),
		"The text in lower case, by the rules of Unicode.", "LOWER(CONCAT('A', 'b'))", "ab"),
	fn("CONCAT_WS(separator, text, ..)", form(always(stringType), joined, Text, Text).inBytes(),
		"The texts joined by the first; NULL texts are left out, a NULL separator gives NULL.",
		"CONCAT_WS(':', 'train', CAST(NULL AS STRING), '63200')", "train:63200"),
	fn("SPLIT(text, delimiter)", splitting().inBytes().takesNull(),
		"The parts of a text as ARRAY<STRING>; with an empty delimiter its characters "+
			"(two question marks for one beyond U+FFFF).",
		"SPLIT('a,b', ',')[2]", "b"),
	fn("STARTSWITH(text, part)", lift2(bytes.HasPrefix).takesNull(),
		"Whether a text begins with another.", "STARTSWITH('wagon:31', 'wagon:')", "true"),
	fn("ENDSWITH(text, part)", lift2(bytes.HasSuffix).takesNull(),
		"Whether a text ends with another.", "ENDSWITH('data.json', '.json')", "true"),
}

func position(needle, s []byte) int64 { return positionFrom(needle, s, 1) }

func positionFrom(needle, s []byte, from int64) int64 { return int64(text.Position(needle, s, from)) }

// trimming is the form of a function that takes a set of characters off, blanks where none is given. Of a set that is
// held as UTF-8 Flink reads the first byte to see whether it is a blank: an empty one throws there, and of ' a' it
// takes the blanks off only.
func trimming(trim func(s, set []byte) []byte) Form {
	f := byCount(lift1(func(s []byte) []byte { return trim(s, []byte{' '}) }), lift2(trim)).inBytes()
	bind := f.Bind
	f.Bind = func(c Call) (Build, error) {
		if len(c.Args) == 2 && c.Args[1].ByteOrder && made(c.Args[1]) {
			return nil, Missing{&Problem{1, "a set of characters that is not written as it is can throw on Flink",
				"write the characters as a literal, or join them with ||"}}
		}
		return bind(c)
	}
	return f
}

// made reports of a text that is held as UTF-8 whether a function, UNNEST of a MAP or format raw made it so: m['k'] may
// be held so only after Flink has copied the MAP.
func made(e *ir.Expr) bool {
	switch op := e.Op.(type) {
	case ir.Field, ir.Item:
		return made(e.Args[0])
	case ir.Lookup:
		return false
	case ir.Column:
		return op.Scope.Parent == nil || op.Scope.Array.Type.Kind == types.Map || made(op.Scope.Array)
	}
	return true
}

func bindTrim(c Call) (Build, error) {
	if len(c.Args) == 2 && !c.From {
		return nil, &Problem{1, "TRIM does not take its characters after a comma",
			"write TRIM(BOTH 'x' FROM s), or BTRIM(s, 'x')"}
	}
	trim := map[string]func(s, set []byte) []byte{"LEADING": text.TrimLeft, "TRAILING": text.TrimRight}[c.Word]
	if trim == nil {
		trim = text.Trim
	}
	return trimming(trim).Bind(c)
}

// casing refuses literals, whose length Flink keeps: UPPER('straße') is cut.
func casing(f Form) Form {
	bind := f.Bind
	f.Bind = func(c Call) (Build, error) {
		if _, ok := c.Args[0].Literal(); ok {
			return nil, &Problem{0, "a literal keeps its length here in Flink, which cuts what grows",
				"write the text as it shall be"}
		}
		return bind(c)
	}
	return f
}

func joined(_ *types.Type, a []code.Code) code.Code {
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

var (
	textsType = &types.Type{Kind: types.Array, Elem: stringType}
	// textsNode is the layout of an array of texts that a function makes; its elements lie in the frame.
	textsNode = &row.Node{Type: textsType, Width: 1, Elem: &row.Node{Type: stringType}}
)

func splitting() Form {
	f := form(always(textsType), func(_ *types.Type, a []code.Code) code.Code { return split(a[0], a[1]) }, Text, Text)
	f.Node = textsNode
	return f
}

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
