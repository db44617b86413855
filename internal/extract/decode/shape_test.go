package decode_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
)

const shapeTable = `CREATE TABLE t (id STRING, n INT, r ROW<x DOUBLE, tm TIMESTAMP_LTZ(3), deep ROW<y BOOLEAN, l ARRAY<INT>>>,
	l ARRAY<ROW<x DOUBLE, s STRING, m MAP<STRING, INT>>>, c DECIMAL(6, 2)) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true',
	'json.timestamp-format.standard' = 'ISO-8601')`

// varied makes an object in which everything that may vary from record to record does, with what an
// optional thing of it looks like being decided by odd: never, sometimes, mostly.
func varied(r *rand.Rand, odd float64) string {
	one := func(usual string, others ...string) string {
		if r.Float64() < odd {
			return others[r.IntN(len(others))]
		}
		return usual
	}
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, `"`+name+`":`+value)
		}
	}
	number := func() string {
		return one(fmt.Sprintf("%.*f", 1+r.IntN(6), (r.Float64()-0.5)*200), "null", "-0.0", "1e3", "54", "0.0004", `"7"`,
			"12345678.5", "1.23456789", "-", "01", "")
	}
	instant := func() string {
		return one(fmt.Sprintf(`"2026-%02d-%02dT10:%02d:%02d.%03dZ"`, 1+r.IntN(12), 1+r.IntN(30), r.IntN(3), r.IntN(60),
			r.IntN(1000)),
			"null", `"2026-02-30T10:15:30.123Z"`, `"2026-02-03T10:15:60.123Z"`, `"2026-02-03T10:15:30Z"`, "5", "")
	}
	element := func() string {
		return "{" + one(`"x":`+fmt.Sprint(r.IntN(9))+".5,", `"x":1,`, "") +
			one(`"extra":{"a":[1,{"b":2}],"c":"d"},`, `"extra":{},`, "") +
			`"s":` + one(`"text"`, `"te\nxt"`, `"täxt"`, "5", "true", "null", `"open`) +
			one("", `,"m":{"k":5}`, `,"m":null`, `,"x":7`, ` , "late" : 1`) + "}"
	}
	array := func() string {
		var all []string
		for range r.IntN(4) {
			all = append(all, one(element(), "null", "5"))
		}
		return "[" + strings.Join(all, one(",", " ,\n ")) + "]"
	}
	add("id", one(`"wagon `+fmt.Sprint(r.IntN(100))+`"`, "7", "null", `"w\u00e4gon"`, ""))
	add("undeclared", one(fmt.Sprint(r.IntN(1000)), `"text"`, "{}", "[]", "null", `{"a":1,"b":{"c":"d"}}`, "tru", ""))
	add("n", one(fmt.Sprint(r.IntN(1000)-500), "-0", "1.5", "12345678", "99999999999", "00", ""))
	add("r", one(`{"x":`+one("1.5", number())+one("", `,"tm":`+instant())+`,"deep":{"y":true,"l":[1,2,3]}}`, "null", "{}",
		"5", `{"x":`+number()+`}`, ""))
	if r.Float64() < odd {
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
	}
	add("tm", instant())
	add("l", one(array(), "null", "{}", ""))
	add("c", one("5.25", `"5.255"`, "1e2", "null"))
	return "{" + strings.Join(parts, one(",", ", ", ",,")) + one("}", " }", "", "} trailing")
}

// Ensure that what is learnt from records that vary in every way never changes a row, whether hardly any
// of them are odd or most are.
func TestShapes(t *testing.T) {
	d := tableOf(t, shapeTable)
	for _, odd := range []float64{0, 0.003, 0.03, 0.3} {
		r := rand.New(rand.NewPCG(7, uint64(odd*1000)))
		learnt, walked := newDumper(d), newDumper(d)
		rows := 0
		for range 6000 {
			msg := []byte(varied(r, odd))
			learnt.lines, walked.lines = nil, nil
			d.Decode(msg, learnt.rec, learnt)
			d.Walk(msg, walked.rec, walked)
			a, b := strings.Join(learnt.lines, "\n"), strings.Join(walked.lines, "\n")
			if a != b {
				t.Fatalf("odd %v: %s\nscanner %s\ncursor  %s", odd, msg, a, b)
			}
			rows += strings.Count(a, ">")
		}
		if rows < 3000 {
			t.Errorf("odd %v: only %d rows", odd, rows)
		}
	}
}

// Ensure that any value within a shape that was learnt from usual ones gives what the cursor gives.
func TestValuesInShape(t *testing.T) {
	d := tableOf(t, "CREATE TABLE t (v DOUBLE, i INT, b BIGINT, s STRING, tm TIMESTAMP_LTZ(3), o BOOLEAN, c DECIMAL(5, "+
		"1), l ARRAY<INT>, r ROW<v INT>) "+
		"WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true', 'json.timestamp-format.standard' = 'ISO-8601')")
	names := []string{"v", "i", "b", "s", "tm", "o", "c", "l", "r", "undeclared"}
	usual := []string{"1.5", "15", "150", `"text"`, `"2026-11-23T10:15:30.123Z"`, "true", "3.5", "[1,2]", `{"v":7}`,
		"8.25"}
	odd := append(usual, "", "null", "nul", "0", "-0", "-0.0", "0.0", "00", "01", "01.5", "-01", "-", "1.", ".5", "1.e5",
		"1e5", "1E-2", "1.5e3", "1e", "1x", "0.001", "0.0009", "0.00095", "-0.0001",
		"1234567", "12345678", "1234567.1234567", "12345678.5", "1.12345678", "9999999.9999999", "2147483647", "-2147483649",
		"99999999999999999999", "82.40", "82.04", "8.541694123", "47.12345678901234", "47.123456789012345",
		"0.00123456789012", "0.000123456789", "1700000000123", "1234567890", "123456789", "123456789012345",
		"1234567890123456", "12345678.25", "7.12345678e5", "- 5", "1 2", "+1", "1,5",
		`""`, `"1.5"`, `" 7 "`, `"true"`, `"te\u0078t"`, `"te\xt"`, `"t\"xt"`, `"täxt"`, "\"t\xffxt\"", "\"t\nxt\"", `"open`,
		`"text" `, `"text"x`, "false", "falsch", "truth",
		`"2026-11-23T10:15:60.123Z"`, `"2026-11-23T10:15:59.999Z"`, `"2026-11-23T10:15:3x.123Z"`,
		`"2026-11-23T10:16:30.123Z"`, `"2026-02-30T10:15:30.123Z"`, `"2026-11-23T10:15:30Z"`, `"2026-11-23T10:15:30.123z"`,
		"[]", "[null]", "[1", "[1,]", "[{}]", "{}", `{"v":null}`, `{"v":1,"v":2}`, `{"w":1}`, `{"v":1`, "\x00", "")
	learnt, walked := newDumper(d), newDumper(d)
	for k := range names {
		for _, value := range odd {
			for _, after := range []string{"", " ", "\x00"} {
				message := func(v string) []byte {
					var parts []string
					for n, name := range names {
						if n == k {
							parts = append(parts, `"`+name+`":`+v)
						} else {
							parts = append(parts, `"`+name+`":`+usual[n])
						}
					}
					return []byte("{" + strings.Join(parts, ",") + "}")
				}
				d.Decode(message(usual[k]), learnt.rec, learnt)
				msg := message(value + after)
				learnt.lines, walked.lines = nil, nil
				d.Decode(msg, learnt.rec, learnt)
				d.Walk(msg, walked.rec, walked)
				if a, b := strings.Join(learnt.lines, "\n"), strings.Join(walked.lines, "\n"); a != b {
					t.Errorf("%s\nscanner %s\ncursor  %s", msg, a, b)
				}
			}
		}
	}
}

// Ensure that records of one shape are followed from the second one on, that an optional field is learnt
// when it first comes, and that names in ever new orders are given up.
func TestShapeIsFollowed(t *testing.T) {
	d := tableOf(t, shapeTable)
	dump := newDumper(d)
	for i, c := range []struct {
		msg      string
		followed bool
	}{
		{`{"id":"a","n":1,"r":{"x":1.5,"deep":{"y":true}},"u":[{}]}`, false},
		{`{"id":"b","n":22,"r":{"x":-11.25,"deep":{"y":false}},"u":"text"}`, true},
		{`{"id":"b","n":22,"r":null,"u":7}`, false},
		{`{"id":"c","n":null,"r":null,"u":{}}`, true},
		{`{"id":"c","r":null,"u":{}}`, false},
		{`{"id":"d\u00e4","r":{"x":5e1,"deep":{"y":true}},"u":1}`, false},
		{`{"id":"d\u00e4","r":{"x":5e1,"deep":{"y":true}},"u":1}`, true},
		{`{"n":1,"id":"a"}`, false},
		{`{"n":1,"id":"a"}`, false},
	} {
		if followed := d.Follow([]byte(c.msg), dump.rec); followed != c.followed {
			t.Errorf("%d: %s: followed is %v", i, c.msg, followed)
		}
		d.Decode([]byte(c.msg), dump.rec, dump)
	}
	if d.Resting(dump.rec) {
		t.Error("given up after a few records")
	}
	for i := range 1000 {
		d.Decode(fmt.Appendf(nil, `{"u%d":1,"id":"a"}`, i), dump.rec, decode.Sink(rowFunc(func() {})))
	}
	if !d.Resting(dump.rec) {
		t.Error("records that have no shape are tried for ever")
	}
}
