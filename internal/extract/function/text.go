package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/ir"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var stringType = &types.Type{Kind: types.String}

var textual = []*Function{
	fn("CONCAT(text, ..)", Form{Kinds: []ParamKind{Text}, Result: always(stringType), Op: ir.Concat{}},
		"The texts one after the other; NULL if one is NULL.", "CONCAT('wagon:', '31')", "wagon:31"),
	fn("REPLACE(text, old, new)", bound(always(stringType), bindReplace, Text, Pattern, Text),
		"The text with every occurrence of a literal, non-empty text replaced.", "REPLACE('33 80', ' ', '-')", "33-80"),
	fn("SPLIT_INDEX(text, delimiter, index)", maybe3(text.SplitIndex),
		"The part with a number, from 0, of a text that a delimiter divides, an empty one at each blank; NULL where there "+
			"is none.",
		"SPLIT_INDEX('/hfp/v1/journey', '/', 3)", "journey"),
}

func bindReplace(c Call) (Build, error) {
	old, err := literalText(c, 1)
	if err != nil {
		return nil, err
	}
	if old == "" {
		return nil, &Problem{1, "replacing '' puts the new text around every character", "name the text to replace"}
	}
	find := []byte(old)
	return func(a []code.Code) code.Code {
		return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
			s, ok := a[0].Text(f)
			with, ok2 := a[2].Text(f)
			if !ok || !ok2 {
				return nil, false
			}
			n := len(f.Buf)
			f.Buf = text.AppendReplace(f.Buf, s, find, with)
			return f.Since(n), true
		}}
	}, nil
}
