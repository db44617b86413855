package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

var textual = []*Function{
	{
		Name: "CONCAT", Doc: "The texts one after the other; NULL if one is NULL.",
		Params: []Param{{"text", Text}}, Repeat: true, Type: types.String,
		Bind:    plain(func(_ *types.Type, a []code.Code) code.Code { return code.Concat(a) }),
		Example: "CONCAT('wagon:', '31')", Gives: "wagon:31",
	},
	{
		Name: "REPLACE", Doc: "The text with every occurrence of a literal, non-empty text replaced.",
		Params: []Param{{"text", Text}, {"old", Pattern}, {"new", Text}}, Type: types.String,
		Bind:    bindReplace,
		Example: "REPLACE('33 80', ' ', '-')", Gives: "33-80",
	},
	{
		Name: "SPLIT_INDEX", Doc: "The part with a number, from 0, of a text that a delimiter divides, an empty one at each blank; NULL where there is none.",
		Params: []Param{{"text", Text}, {"delimiter", Text}, {"index", Int}}, Type: types.String,
		Bind: plain(func(_ *types.Type, a []code.Code) code.Code {
			return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
				s, ok := a[0].Text(f)
				sep, ok2 := a[1].Text(f)
				i, ok3 := a[2].Int(f)
				if !ok || !ok2 || !ok3 {
					return nil, false
				}
				return text.SplitIndex(s, sep, i)
			}}
		}),
		Example: "SPLIT_INDEX('/hfp/v1/journey', '/', 3)", Gives: "journey",
	},
}

func bindReplace(c Call) (func([]code.Code) code.Code, error) {
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
