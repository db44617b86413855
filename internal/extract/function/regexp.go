package function

import (
	"errors"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/text"
)

// regular holds the functions of regular expressions, whose patterns are literals of Java's language.
var regular = []*Function{
	fn("REGEXP_EXTRACT(text, pattern, [group])", bound(always(stringType), bindExtractRegexp, Text, Pattern, Int),
		"The first match of a pattern anywhere in the text, or a group of it; NULL if there is none.",
		"REGEXP_EXTRACT('https://host/stations/KFLL', '([^/]+)$', 1)", "KFLL"),
	fn("REGEXP_REPLACE(text, pattern, replacement)", bound(always(stringType), bindReplaceRegexp, Text, Pattern, Text),
		"The text with every match of a pattern replaced by a text, which is taken as it is: $1 is no group.",
		"REGEXP_REPLACE('wmoUnit:degC', '^[a-zA-Z]+:', '')", "degC"),
}

func compileRegexp(c Call) (*text.Regexp, error) {
	pattern, err := literalText(c, 1)
	if err != nil {
		return nil, err
	}
	r, err := text.CompileRegexp(pattern)
	if err != nil {
		p := &Problem{1, err.Error(), ""}
		if errors.Is(err, text.ErrRE2) {
			return nil, Missing{p}
		}
		return nil, p
	}
	return r, nil
}

func bindExtractRegexp(c Call) (Build, error) {
	r, err := compileRegexp(c)
	if err != nil {
		return nil, err
	}
	group := int64(0)
	if len(c.Args) == 3 {
		n, ok := literalInt(c, 2)
		if !ok {
			return nil, Missing{&Problem{2, "the Go engine takes a literal as the number of the group", ""}}
		}
		group = n
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

func bindReplaceRegexp(c Call) (Build, error) {
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
