package extract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/function"
)

// emptyColumns are the columns of a table that holds empty texts at every kind of place.
const emptyColumns = "t STRING, d STRING, l ARRAY<STRING>, m MAP<STRING, STRING>, r ROW<s STRING>, n INT"

// emptyTexts are where they are.
var emptyTexts = []string{"t", "l[1]", "m['k']", "r.s"}

// regular is decoded by the scanner. The others hold the same texts and are decoded by the cursor, each for another
// reason.
const regular = `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":1}`

var irregular = map[string]string{
	"bad sibling":           `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":"abc"}`,
	"INT below its range":   `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":-2147483649}`,
	"INT above its range":   `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":2147483648}`,
	"smallest INT":          `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":-2147483648}`,
	"container for an INT":  `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":[1]}`,
	"duplicate key":         `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":1,"n":2}`,
	"duplicate key of text": `{"t":"","t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""}}`,
	"duplicate key in MAP":  `{"t":"","d":"x","l":["","x"],"m":{"k":"1","k":""},"r":{"s":""},"n":1}`,
	"escaped name":          `{"\u0074":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":1}`,
	"half of a character":   `{"t":"","d":"x","l":["","x"],"m":{"k":"","h":"\ud83d"},"r":{"s":""},"n":1}`,
	"UTF-16":                utf16BE(regular),
	"broken second row":     "[" + regular + ",7]",
	"deep unknown value": `{"t":"","d":"x","l":["","x"],"m":{"k":""},"r":{"s":""},"n":1,"q":` +
		strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`,
}

func utf16BE(ascii string) string {
	var b strings.Builder
	for _, c := range []byte(ascii) {
		b.Write([]byte{0, c})
	}
	return b.String()
}

// callsOf makes calls of f with text as one or all of its texts.
func callsOf(f *function.Function, text string) (out []string) {
	params := f.Params
	if f.Repeat {
		params = append(slices.Clone(params), params[len(params)-1])
	}
	for n := len(params) - f.Optional; n < len(params); n++ {
		short := *f
		short.Params, short.Optional = params[:n], 0
		out = append(out, callsOf(&short, text)...)
	}
	for at := range len(params) + 1 {
		var args []string
		for i := range params {
			switch f.Kind(i) {
			case function.Text, function.AnyValue, function.Element, function.Anything:
				if i == at || at == len(params) {
					args = append(args, text)
				} else {
					args = append(args, "d")
				}
			case function.Pattern:
				args = append(args, "'yyyy'")
			case function.List:
				args = append(args, "l")
			case function.Truth:
				args = append(args, "TRUE")
			default:
				args = append(args, "1")
			}
		}
		out = append(out, f.Name+"("+strings.Join(args, ", ")+")")
	}
	return slices.Compact(out)
}

// emptyForms are expressions over a text, here %s, that are no plain calls.
var emptyForms = []string{
	"%s", "%s || d", "d || %[1]s || %[1]s", "%s = d", "%s < d", "%s IN ('', 'y')", "%s BETWEEN '' AND 'a'",
	"%s LIKE '%%'", "%s LIKE '_%%' ESCAPE '!'", "%s IS NULL", "%s IS NOT NULL", "%s IS DISTINCT FROM d",
	"%s IS JSON", "CASE WHEN n = 77 THEN d ELSE %s END", "CASE %s WHEN '' THEN 'empty' ELSE 'other' END",
	"IF(d = 'x', %s, d)", "TRIM(BOTH 'x' FROM %s)", "TRIM(LEADING FROM %s)", "TRIM(TRAILING %s FROM d)",
	"SUBSTRING(%s FROM 1 FOR 1)", "POSITION(d IN %s)", "JSON_OBJECT('k' VALUE %s)", "JSON_ARRAY(%s, d)",
	"JSON_ARRAY(%s ABSENT ON NULL)", "JSON_OBJECT('k' VALUE %s ABSENT ON NULL)", "JSON_VALUE(%s, '$.a')",
	"JSON_QUERY(%s, '$.a')", "JSON_EXISTS(%s, '$.a')", "JSON_VALUE(JSON_OBJECT('a' VALUE %s), '$.a')",
	"JSON_QUERY(JSON_ARRAY(%s, d), '$' RETURNING ARRAY<STRING>)[1]", "JSON_VALUE(d, '$.a' DEFAULT %s ON ERROR)",
	"TRY_CAST(%s AS INT)", "TRY_CAST(%s AS BOOLEAN)", "TRY_CAST(%s AS TIMESTAMP(3))",
	"TRY_CAST(%s AS DECIMAL(5, 2))", "ARRAY_POSITION(l, %s)", "TO_TIMESTAMP_LTZ(%s, 'yyyy')",
	"TO_TIMESTAMP_LTZ('2026', 'yyyy', %s)", "m[%s]", "CONCAT_WS(':', 'train', %s, '63200')",
	"CONCAT_WS(%s, 'a', 'b')",
	"CONCAT_WS(',', CAST(NULL AS STRING), %s, SUBSTRING(%[1]s, 1), REPLACE(%[1]s, 'a', 'b'))",
}

// Ensure that every function and operator sees an empty text as a text, however its record was decoded, and whatever
// the memory held before.
func TestEmptyTexts(t *testing.T) {
	compared, functions := 0, map[string]bool{}
	check := func(expr string) bool {
		p, err := Compile("empty.sql", []byte("CREATE TABLE t ("+emptyColumns+") WITH ("+
			"'format' = 'json', 'json.ignore-parse-errors' = 'true');\n"+
			"INSERT INTO digitaltwin SELECT CONCAT('c', t), 'm', JSON_STRING("+expr+"), r.s, TO_TIMESTAMP_LTZ(0, 0) FROM t;"))
		if err != nil {
			return false
		}
		want := delivered(p, p.NewOutput(), regular)
		used := p.NewOutput()
		for why, record := range irregular {
			for _, out := range []*Output{p.NewOutput(), used} {
				if got := delivered(p, out, record); got != want {
					t.Errorf("%s: %s gives %s, want %s", why, expr, got, want)
				}
				compared++
			}
		}
		return true
	}
	for _, text := range emptyTexts {
		for _, form := range emptyForms {
			if expr := fmt.Sprintf(form, text); !check(expr) {
				t.Errorf("%s is refused", expr)
			}
		}
		for _, f := range function.All() {
			for _, call := range callsOf(f, text) {
				if check(call) {
					functions[f.Name] = true
				}
			}
		}
	}
	for _, f := range function.All() {
		forms := f.Name == "POSITION" || f.Name == "TO_TIMESTAMP_LTZ"
		if slices.Contains(f.Kinds, function.Text) && !functions[f.Name] && !forms {
			t.Errorf("no call of %s is compared", f.Name)
		}
	}
	t.Logf("%d comparisons, %d functions", compared, len(functions))
}

// delivered is what a record gives, whatever problems stand beside it.
func delivered(p *Program, out *Output, record string) string {
	p.Run([]byte(record), out)
	s := fmt.Sprintf("dropped %+v", out.Dropped)
	for _, r := range out.Rows {
		s += fmt.Sprintf(" %q %q %s %q", r.Component, r.Metric, r.Value, r.Unit)
	}
	return s
}

// Ensure that an empty message of format raw, and an empty field of csv, are texts too.
func TestEmptyTextsOfOtherFormats(t *testing.T) {
	for format, columns := range map[string]string{"raw": "t STRING", "csv": "t STRING, d STRING"} {
		p, err := Compile("empty.sql", []byte("CREATE TABLE t ("+columns+") WITH ('format' = '"+format+"');\n"+
			"INSERT INTO digitaltwin SELECT 'c', 'm', JSON_STRING(CONCAT_WS(':', 'a', t, t, 'b')), 'u', TO_TIMESTAMP_LTZ(0, 0) "+
			"FROM t;"))
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range map[string][]string{"raw": {""}, "csv": {",", `"",""`, `"" ,x`}}[format] {
			if got := delivered(p, p.NewOutput(), record); !strings.Contains(got, `"a:::b"`) {
				t.Errorf("%s %q: %s", format, record, got)
			}
		}
	}
}
