package function

import (
	"slices"
	"unicode/utf16"

	"github.com/railtwin/digitaltwin/internal/extract/code"
	"github.com/railtwin/digitaltwin/internal/extract/scalar/jsontext"
)

// member is one value of an object or array under construction.
type member struct {
	prefix []byte // "key": of an object
	write  func(f *code.Frame, dst *[]byte) (start int, ok bool)
}

func members(values []code.Code, raw []bool) []member {
	out := make([]member, len(values))
	for i, v := range values {
		if raw[i] {
			out[i].write = func(f *code.Frame, dst *[]byte) (int, bool) {
				t, ok := v.Text(f)
				start := len(*dst)
				*dst = append(*dst, t...)
				return start, ok
			}
			continue
		}
		out[i].write = AppendJSON(v)
	}
	return out
}

// JSONObject is JSON_OBJECT: keys, which are different ones, sorted; a NULL value is null, or absent.
// Values marked raw are JSON text already. The text is never NULL.
func JSONObject(keys []string, values []code.Code, raw []bool, absentOnNull bool) code.Code {
	all := members(values, raw)
	order := make([]int, len(keys))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareUTF16(keys[a], keys[b]) })
	var ms []member
	for _, i := range order {
		all[i].prefix = append(jsontext.AppendString(nil, []byte(keys[i])), ':')
		ms = append(ms, all[i])
	}
	return code.Code{Type: stringType, Text: construct('{', '}', ms, absentOnNull)}
}

// JSONArray is JSON_ARRAY: a NULL value is left out, or null.
func JSONArray(values []code.Code, raw []bool, nullOnNull bool) code.Code {
	return code.Code{Type: stringType, Text: construct('[', ']', members(values, raw), !nullOnNull)}
}

// construct writes the members in a row. What a member computes may itself lie in the frame's buffer,
// so the text is put together behind it.
func construct(open, shut byte, ms []member, absentOnNull bool) func(*code.Frame) ([]byte, bool) {
	return func(f *code.Frame) ([]byte, bool) {
		if f.Depth == len(f.Nested) {
			f.Nested = append(f.Nested, new([]byte))
		}
		b := f.Nested[f.Depth]
		f.Depth++
		*b = append((*b)[:0], open)
		for i := range ms {
			before := len(*b)
			if before > 1 {
				*b = append(*b, ',')
			}
			*b = append(*b, ms[i].prefix...)
			if _, ok := ms[i].write(f, b); ok {
				continue
			}
			if absentOnNull {
				*b = (*b)[:before]
			} else {
				*b = append(*b, "null"...)
			}
		}
		*b = append(*b, shut)
		f.Depth--
		n := len(f.Buf)
		f.Buf = append(f.Buf, *b...)
		return f.Since(n), true
	}
}

// compareUTF16 is the order of Java's strings, by UTF-16 units.
func compareUTF16(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
