package function

import (
	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// regular holds the functions of regular expressions, whose patterns are literals of Java's language.
var regular = []*Function{
	{
		Name: "REGEXP_EXTRACT", Doc: "The first match of a pattern anywhere in the text, or a group of it; NULL if there is none.",
		Params: []Param{{"text", Text}, {"pattern", Pattern}, {"group", Int}}, Optional: 1, Type: types.String,
		Bind:    bindExtractRegexp,
		Example: "REGEXP_EXTRACT('https://host/stations/KFLL', '([^/]+)$', 1)", Gives: "KFLL",
	},
	{
		Name: "REGEXP_REPLACE", Doc: "The text with every match of a pattern replaced by a text, which is taken as it is: $1 is no group.",
		Params: []Param{{"text", Text}, {"pattern", Pattern}, {"replacement", Text}}, Type: types.String,
		Bind:    bindReplaceRegexp,
		Example: "REGEXP_REPLACE('wmoUnit:degC', '^[a-zA-Z]+:', '')", Gives: "degC",
	},
}

func compileRegexp(c Call) (*text.Regexp, error) {
	pattern, err := literalText(c, 1)
	if err != nil {
		return nil, err
	}
	r, err := text.CompileRegexp(pattern)
	if err != nil {
		return nil, &Problem{1, err.Error(), ""}
	}
	return r, nil
}

func bindExtractRegexp(c Call) (func([]code.Code) code.Code, error) {
	r, err := compileRegexp(c)
	if err != nil {
		return nil, err
	}
	group := int64(0)
	if len(c.Args) == 3 {
		l := c.Args[2].Literal
		if l == nil || l.Null {
			return nil, &Problem{2, "the number of the group must be a literal", ""}
		}
		group = l.Int
	}
	if err := r.Extractable(group); err != nil {
		return nil, &Problem{len(c.Args) - 1, err.Error(), ""}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
			s, ok := a[0].Text(f)
			if !ok {
				return nil, false
			}
			return r.Extract(s, group)
		}}
	}, nil
}

func bindReplaceRegexp(c Call) (func([]code.Code) code.Code, error) {
	r, err := compileRegexp(c)
	if err != nil {
		return nil, err
	}
	if err := r.Replaceable(); err != nil {
		return nil, &Problem{1, err.Error(), ""}
	}
	return func(a []code.Code) code.Code {
		return code.Code{Type: stringType, Text: func(f *code.Frame) ([]byte, bool) {
			s, ok := a[0].Text(f)
			with, ok2 := a[2].Text(f)
			if !ok || !ok2 {
				return nil, false
			}
			n := len(f.Buf)
			f.Buf = r.AppendReplace(f.Buf, s, with)
			return f.Since(n), true
		}}
	}, nil
}
