package generate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/extract/types"
)

// Texts that mean something to some function, or are hard to handle.
var texts = []string{
	"", " ", "a", "A", "b", "abc", "ABC def", "x", "xyxa", "a/b/c", "/a//b/", "a,b", "0018", "-", "--", "null", "true",
	"TRUE", " t ", "yes", "0", "1", "f",
	"7", "-7", "+12", " 42 ", "12.7", "-0.5", ".5", "5.", "1e3", "1E-3", "1e400", "NaN", "Infinity", "0x10", "1_0",
	"9999999999", "2147483648",
	"9223372036854775808", "123456789012345678901234567890", "0.1", "2.675", "1.005", "99.995", "１２", "1d", "1,5",
	"２０２６-11-23", "1941-06-15 12:00:00", "1582-10-05", "0000-02-30 25:00:00", "Europe/Amsterdam", "CET", "+02:00",
	"2026-11-23", "2026-1-3", "2026-02-30", "2026-11-23 10:15:30", "2026-11-23 10:15:30.123456789", "2026-11-23T10:15:30Z",
	"2026-11-23T10:15:30.5+02:00",
	"2026-11-23T10:15:30", "2026-11-23 10:15", "2026-11-23 24:00:00", "23.11.2026 10:15", "23.11.2026 10:15:30",
	"20261123", "10:15:30", "1999-12-31 23:59:60",
	"0000-01-01 00:00:00", "9999-12-31 23:59:59", "1969-12-31 23:59:59.999", "2026-03-29 02:30:00", "2026-10-25 02:30:00",
	"29.03.2026 02:30:00", "25.10.2026 02:30:00",
	`{"a":1}`, `{"a":{"b":[1,2.50,"x",null,true]},"k.x":"v"}`, `[1,2,3]`, `["p","q"]`, `{"a":null}`, `{"a":1,"a":2}`,
	`{"b":1e3,"a":"é"}`, `"s"`, `{"a":1} x`, `{'a':1}`, `{"a":[{"b":1},{"b":2}]}`, `{`,
	"é", "straße", "ŉ", "İ", "Ωσς", "日本語", "😀", "a😀b", "e\u0301", "\u00a0", "tab\there", "line\nbreak", "cr\rlf\n",
	"quote\"s", `back\slash`, "it's", "%", "_", "100%", "a_b", "\u2028", "\u0001", "\u0085",
	"wmoUnit:degC", "https://x.example/stations/KBOS", "S-12", "id=4711;x", "aaa", "ab12cd345",
}

var badNumbers = []string{
	"0", "-0", "1.0", "1.50", "3.7", "-3.7", "1E5", "1e-7", "1e400", "-1e400", "1e-400", "2147483647", "2147483648",
	"-2147483649", "2147483647.9",
	"9223372036854775807", "9223372036854775808", "9223372036854775807.5", "123456789012345678901234567890", "0.1",
	"2.675", "1.005", "9999.995", "0.30000000000000004",
	"4.9e-324", "1.7976931348623157e308", "2e23", "9007199254740993", "1e23", "100", "1e2", "12345.678901234567890123",
}

var badValues = []string{"null", "true", "false", "[]", "{}", "[1,2]", `["z",7]`, `{"x":1}`, `[[1],{"z":3}]`,
	`{"f0":4,"c1":{"f1":2}}`, `[{"f0":1},5,null]`, `"\ud83d\ude00"`, `"\u0000"`, `"\u00e9\/\b\f"`}

// Records makes n records of a table, most of which fit it.
func (g *Generator) records(t *table, n int) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		out[i] = g.record(t)
	}
	return out
}

func (g *Generator) record(t *table) []byte {
	switch t.format {
	case "raw":
		// What Flink makes of bytes that are not UTF-8 is a known difference of docs/sql.md.
		if t.charset != "" && g.chance(50) && t.charset != "UTF-8" {
			return g.bytes(1 + g.rand.IntN(12))
		}
		return []byte(g.one(texts...))
	case "csv":
		return g.csv(t)
	}
	var b strings.Builder
	switch n := g.rand.IntN(100); {
	case n < 3:
		b.WriteByte('[')
		for i := range g.rand.IntN(4) {
			if i > 0 {
				b.WriteByte(',')
			}
			if g.chance(10) {
				b.WriteString(g.one(badValues...))
			} else {
				g.object(&b, t.columns, t)
			}
		}
		b.WriteByte(']')
	default:
		g.object(&b, t.columns, t)
	}
	record := []byte(b.String())
	switch n := g.rand.IntN(100); {
	case n < 2:
		record = g.Mutate(record)
	case n == 2:
		record = append(record, g.one(" ", "}", " garbage", `{"c0":1}`, "\n")...)
	case n == 3:
		record = append([]byte(g.one("\xef\xbb\xbf", "  ", "\n")), record...)
	}
	return record
}

// bytes makes n bytes, of which many are halves of characters in some charset.
func (g *Generator) bytes(n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(g.rand.UintN(256))
		if g.chance(30) {
			out[i] = g.one("\x00", "a", "\xd8", "\xde", "\xfe", "\xff", "\x80", "\xe9")[0]
		}
	}
	return out
}

// object writes the fields, some missing, twice, unknown or in another order.
func (g *Generator) object(b *strings.Builder, fields []types.Field, t *table) {
	b.WriteByte('{')
	n := 0
	member := func(name string, value func()) {
		if n++; n > 1 {
			b.WriteString(g.one(",", ",", ",", ", ", " ,\n"))
		}
		key, _ := json.Marshal(name)
		b.Write(key)
		b.WriteString(g.one(":", ":", ":", " : "))
		value()
	}
	order := g.rand.Perm(len(fields))
	for i := range order {
		if !g.chance(20) {
			order[i] = i
		}
	}
	for _, i := range order {
		f := fields[i]
		if g.chance(8) {
			continue
		}
		if g.chance(3) {
			member(g.one("unknown", "", "z", f.Name+"x", strings.ToUpper(f.Name)), func() { g.misfit(b) })
		}
		member(f.Name, func() { g.value(b, f.Type, t) })
		if g.chance(2) {
			member(f.Name, func() { g.value(b, f.Type, t) })
		}
	}
	b.WriteByte('}')
}

func (g *Generator) misfit(b *strings.Builder) {
	switch g.rand.IntN(3) {
	case 0:
		b.WriteString(g.one(badNumbers...))
	case 1:
		writeText(b, g.one(texts...))
	default:
		b.WriteString(g.one(badValues...))
	}
}

func writeText(b *strings.Builder, s string) {
	j, _ := json.Marshal(s)
	b.Write(j)
}

// value writes a JSON value for a column of type typ, in nine of ten cases one that fits.
func (g *Generator) value(b *strings.Builder, typ *types.Type, t *table) {
	switch n := g.rand.IntN(100); {
	case n < 5:
		b.WriteString("null")
		return
	case n < 9:
		g.misfit(b)
		return
	}
	switch typ.Kind {
	case types.Row:
		g.object(b, typ.Fields, t)
	case types.Array:
		b.WriteByte('[')
		for i := range g.rand.IntN(4) {
			if i > 0 {
				b.WriteByte(',')
			}
			g.value(b, typ.Elem, t)
		}
		b.WriteByte(']')
	case types.Map:
		b.WriteByte('{')
		for i, k := range g.rand.Perm(5)[:g.rand.IntN(4)] {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, mapKeys[k])
			b.WriteByte(':')
			g.value(b, typ.Elem, t)
		}
		b.WriteByte('}')
	case types.Boolean, types.Int, types.BigInt, types.Double, types.Decimal:
		b.WriteString(g.plainValue(typ, t))
	default:
		writeText(b, g.plainValue(typ, t))
	}
}

var mapKeys = []string{"k", "a", "b", "é", "x y"}

// plainValue is the text of a scalar, without quotes.
func (g *Generator) plainValue(typ *types.Type, t *table) string {
	switch typ.Kind {
	case types.Boolean:
		return g.one("true", "false")
	case types.Int:
		return strconv.Itoa(g.one3(g.rand.IntN(10)-3, g.rand.IntN(2000)-1000, int(int32(g.rand.Uint32()))))
	case types.BigInt:
		return strconv.Itoa(g.one3(g.rand.IntN(10)-3, int(1e9)+g.rand.IntN(1e9), int(g.rand.Uint64())))
	case types.Double, types.Decimal:
		if typ.Kind == types.Decimal && g.chance(40) { // halfway between two values of some scale
			return fmt.Sprintf("%s%d.%0*d5", g.one("", "-"), g.rand.IntN(10), g.rand.IntN(typ.Scale+1), g.rand.IntN(2))
		}
		if g.chance(20) {
			return g.one(badNumbers...)
		}
		return strconv.FormatFloat(g.float(), 'f', -1, 64)
	case types.Date:
		if g.chance(10) {
			return g.one("0000-01-01", "0000-02-29", "0000-02-30", "0001-1-1", "0100-02-29", "1500-02-30", "1582-10-04",
				"1582-10-05", "1582-10-14", "1582-10-15", "2026-02-30", "9999-12-31", "+12026-11-23", "２０２６-1-3")
		}
		return fmt.Sprintf("%04d-%02d-%02d", 1960+g.rand.IntN(100), 1+g.rand.IntN(12), 1+g.rand.IntN(31))
	case types.Timestamp, types.TimestampLTZ:
		return g.time(typ, t)
	case types.Time:
		return g.one("10:15:30", "00:00:00", "23:59:59", "10:15", "10:15:30.123", "24:00:00", "1:2:3", "")
	case types.Bytes:
		return g.one("", "AAEC", "aGVsbG8=", "aGVsbG8", "not base64!", "w6k=")
	}
	if g.chance(10) {
		return ""
	}
	return g.one(texts...)
}

func (g *Generator) one3(a, b, c int) int { return []int{a, b, c}[g.rand.IntN(3)] }

func (g *Generator) float() float64 {
	switch g.rand.IntN(4) {
	case 0:
		return float64(g.rand.IntN(2001)-1000) / 10
	case 1:
		return float64(g.rand.IntN(20) - 5)
	case 2:
		return g.rand.NormFloat64() * 1e6
	}
	return g.rand.NormFloat64()
}

func (g *Generator) time(typ *types.Type, t *table) string {
	s := fmt.Sprintf("%04d-%02d-%02dT%02d:%02d:%02d", 1960+g.rand.IntN(100), 1+g.rand.IntN(12), 1+g.rand.IntN(30),
		g.rand.IntN(24), g.rand.IntN(60), g.rand.IntN(60))
	if t.sqlTime {
		s = strings.Replace(s, "T", " ", 1)
	}
	s += g.one("", "", ".5", ".120", ".123456", ".123456789", ".000")
	if typ.Kind == types.TimestampLTZ {
		s += "Z"
	}
	if g.chance(5) {
		s += g.one("Z", "+02:00", " ", "0")
	}
	return s
}

// csv writes a line with a field for each column.
func (g *Generator) csv(t *table) []byte {
	var parts []string
	for _, c := range t.columns {
		v := g.plainValue(c.Type, t)
		if g.chance(15) {
			v = g.one(append(texts, badNumbers...)...)
		}
		if strings.ContainsAny(v, t.comma+"\"\r\n") || g.chance(5) {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		parts = append(parts, v)
	}
	switch g.rand.IntN(30) {
	case 0:
		parts = parts[:len(parts)-1]
	case 1:
		parts = append(parts, "more")
	}
	return []byte(strings.Join(parts, t.comma) + g.one("", "", "", "\r\n", "\n", "\nnext;line"))
}
