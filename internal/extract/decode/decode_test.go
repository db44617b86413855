package decode_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/row"
	"github.com/railtwin/digitaltwin/internal/extract/types"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// printer prints the speed of a wagon and what could not be read.
type printer struct{ rec *row.Record }

func (p printer) Row() {
	if speed := p.rec.Cells[1]; speed.Valid {
		fmt.Println(string(p.rec.Cells[0].Text), speed.Double())
	} else {
		fmt.Println(string(p.rec.Cells[0].Text), "unknown")
	}
}

func (p printer) Problem(q decode.Problem) {
	fmt.Printf("%s at byte %d: %s\n", q.Column, q.Offset, q.Detail)
}

func ExampleDecoder_Decode() {
	d, err := decode.New("json", []types.Field{
		{Name: "wagon", Type: &types.Type{Kind: types.String}},
		{Name: "speed", Type: &types.Type{Kind: types.Double}},
	}, decode.Options{IgnoreParseErrors: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	rec := row.NewRecord(d.Layout())
	d.Decode([]byte(`[{"wagon":"A","speed":82.4},{"wagon":"B","speed":"n/a"}]`), rec, printer{rec})
	// Output:
	// A 82.4
	// speed at byte 49: "n/a" does not fit DOUBLE
	// B unknown
}

// Ensure that what a format does not take is refused, with the option or column in the message.
func TestNew(t *testing.T) {
	mapOf := func(elem *types.Type) *types.Type { return &types.Type{Kind: types.Map, Elem: elem} }
	both := decode.Options{IgnoreParseErrors: true, JSON: decode.JSONOptions{FailOnMissingField: true}}
	for _, c := range []struct {
		format  string
		columns []types.Field
		options decode.Options
		want    string // in the error; empty for none
	}{
		{"json", columns("a", text), decode.Options{}, ""},
		{"json", nil, decode.Options{}, "at least one column"},
		{"avro", columns("a", text), decode.Options{}, `unknown format "avro"`},
		{"json", columns("a", text), both, "json.fail-on-missing-field exclude"},
		{"json", columns("a", text, "a", text), decode.Options{}, `column "a" is declared twice`},
		{"json", columns("a", rowOf("b", &types.Type{Kind: types.Interval})), decode.Options{},
			`column "a": column "b": type INTERVAL`},
		{"csv", columns("a", text, "l", arrayOf(double)), decode.Options{}, ""},
		{"csv", columns("m", mapOf(text)), decode.Options{}, `column "m": csv has no MAP<STRING, STRING>`},
		{"csv", columns("l", arrayOf(arrayOf(text))), decode.Options{}, `column "l": csv has no`},
		{"csv", columns("r", rowOf("s", rowOf("x", text))), decode.Options{}, `column "r": csv has no`},
		{"csv", columns("a", text), decode.Options{CSV: decode.CSVOptions{FieldDelimiter: "||"}},
			`csv.field-delimiter must be one character, not "||"`},
		{"csv", columns("a", text), decode.Options{CSV: decode.CSVOptions{FieldDelimiter: `\u0001`}}, ""},
		{"csv", columns("a", text), decode.Options{CSV: decode.CSVOptions{Quote: "😀"}}, "csv.quote-character must be one"},
		{"csv", columns("a", text), decode.Options{CSV: decode.CSVOptions{Quote: "'", DisableQuote: true}},
			"csv.disable-quote-character exclude"},
		{"raw", columns("a", text), decode.Options{}, ""},
		{"raw", columns("a", text, "b", text), decode.Options{}, "format raw takes one column"},
		{"raw", columns("a", double), decode.Options{}, "STRING or BYTES, not DOUBLE"},
		{"raw", columns("a", text), decode.Options{Raw: decode.RawOptions{Charset: "Shift_JIS"}},
			`"Shift_JIS" is not known here`},
		{"raw", columns("a", text), decode.Options{Raw: decode.RawOptions{Charset: "latin1"}}, ""},
		{"raw", columns("a", text), decode.Options{Raw: decode.RawOptions{Charset: "Cp1252"}}, ""},
		{"raw", columns("a", text), decode.Options{Raw: decode.RawOptions{Charset: "IBM037"}}, "is not known here"},
	} {
		_, err := decode.New(c.format, c.columns, c.options)
		if got := fmt.Sprint(err); c.want == "" && err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s %+v: got %v, want %q", c.format, c.options, err, c.want)
		}
	}
}

// Ensure that the limits of Flink's parser are where they are, for declared values and for others.
func TestLimits(t *testing.T) {
	d := tableOf(t, "CREATE TABLE t (s STRING, d DOUBLE, l ARRAY<STRING>) WITH ('format' = 'json', "+
		"'json.ignore-parse-errors' = 'true')")
	nested := func(name string, depth int) string {
		return `{"` + name + `":` + strings.Repeat("[", depth-1) + strings.Repeat("]", depth-1) + `}`
	}
	digits := strings.Repeat("7", 1000)
	const million = 1_000_000
	for _, c := range []struct {
		name, msg string
		rows      int
		problem   string
	}{
		{"depth 1000", nested("q", 1000), 1, ""},
		{"depth 1001", nested("q", 1001), 0, "nested deeper than 1000 levels"},
		{"depth 1000, declared", nested("s", 1000), 1, ""},
		{"depth 1001, declared", nested("s", 1001), 1, "nested deeper than 1000 levels"},
		{"depth 1002, declared", nested("s", 1002), 0, "nested deeper than 1000 levels"},
		{"number of 1000 digits", `{"d":` + digits + `}`, 1, ""},
		{"number of 1001 digits", `{"d":` + digits + `1}`, 0, "a number with more than 1000 digits"},
		{"number of 1001 digits, not declared", `{"q":0.` + digits + `}`, 0, "a number with more than 1000 digits"},
		{"exponent within 1000 digits", `{"q":` + digits[:999] + `e-12}`, 0, "a number with more than 1000 digits"},
		{"name of 50000 bytes", `{"` + strings.Repeat("n", 50_000) + `":1}`, 1, ""},
		{"name of 50001 bytes", `{"` + strings.Repeat("n", 50_001) + `":1}`, 0, "a name with more than 50000 bytes"},
		{"string of 20 million", `{"s":"` + strings.Repeat("s", 20*million) + `"}`, 1, ""},
		{"string of one more", `{"s":"` + strings.Repeat("s", 20*million+1) + `"}`, 1,
			"a string with more than 20 million characters"},
		{"string of 21 million", `{"s":"` + strings.Repeat("s", 21*million) + `"}`, 0,
			"a string with more than 20 million characters"},
		{"string of 21 million, not declared", `{"q":"` + strings.Repeat("s", 21*million) + `"}`, 1, ""},
	} {
		dump := newDumper(d)
		d.Decode([]byte(c.msg), dump.rec, dump)
		rows, said := 0, ""
		for _, l := range dump.lines {
			if l[0] == '>' {
				rows++
			} else {
				said = l
			}
		}
		if rows != c.rows || !strings.Contains(said, c.problem) || c.problem == "" && said != "" {
			t.Errorf("%s: %d rows and %.80q", c.name, rows, said)
		}
	}
}

// Ensure that a table wider than the scanner keeps track of is decoded all the same, and that one at its
// limit is scanned.
func TestWideTable(t *testing.T) {
	for _, width := range []int{64, 65, 256, 257} {
		var fields []types.Field
		var msg, want []string
		for i := range width {
			fields = append(fields, types.Field{Name: fmt.Sprintf("c%d", i), Type: integer})
			msg = append(msg, fmt.Sprintf(`"c%d":%d`, i, i))
			want = append(want, fmt.Sprint(i))
		}
		d, err := decode.New("json", fields, decode.Options{})
		if err != nil {
			t.Fatal(err)
		}
		dump := newDumper(d)
		text := []byte("{" + strings.Join(msg, ",") + "}")
		for range 2 { // the second time by what was learnt
			d.Decode(text, dump.rec, dump)
		}
		if got := strings.Join(dump.lines, "\n"); got != "> "+strings.Join(want, ", ")+"\n> "+strings.Join(want, ", ") {
			t.Errorf("%d columns: %s", width, got)
		}
		if scanned := d.Scan(text, dump.rec, newDumper(d)); scanned != (width <= 256) {
			t.Errorf("%d columns: scanned is %v", width, scanned)
		}
	}
}

// Ensure that what a record remembers of the order of names changes no result: names in any order, left
// out, new, doubled, and a record that another decoder has used.
func TestGuesses(t *testing.T) {
	d := tableOf(t, fuzzTables[0])
	other := tableOf(t, strings.Replace(fuzzTables[0], "a INT, r ROW<x INT, y STRING>", "r ROW<y STRING, x INT>, a INT",
		1))
	dump := newDumper(d)
	otherDump := &dumper{layout: other.Layout(), rec: dump.rec}
	for _, msg := range []string{
		`{"a":1,"r":{"x":2,"y":"q"},"z":3}`, `{"z":3,"r":{"y":"q","x":2},"a":1}`,
		`{"a":1,"unknown":[],"r":{"x":2,"y":"q"},"z":3}`,
		`{"a":1,"r":{"x":2,"y":"q"},"z":3}`, `{ "a" : 1, "r" :{"x":2, "y":"q"},"z":3}`,
		`{"a":1,"z":3,"r":{"x":2,"y":"q","y":"r"},"zz":4}`,
		`{"unknown":1,"unknown names may be as long as they like, they are not learnt then":1,"a":1,"r":{"more":1,"x":2,"y":"q"},"z":3}`,
	} {
		dump.lines, otherDump.lines = nil, nil
		d.Decode([]byte(msg), dump.rec, dump)
		if got := strings.Join(dump.lines, "\n"); got != `> 1, (2, "q"), NULL, NULL, 3` {
			t.Errorf("%s: %s", msg, got)
		}
		other.Decode([]byte(msg), dump.rec, otherDump)
		if got := strings.Join(otherDump.lines, "\n"); got != `> ("q", 2), 1, NULL, NULL, 3` {
			t.Errorf("%s: %s", msg, got)
		}
	}
	var many strings.Builder
	for i := range 500 {
		fmt.Fprintf(&many, `"name%d":%d,`, i, i)
	}
	dump.lines = nil
	d.Decode([]byte("{"+many.String()+`"a":1}`), dump.rec, dump)
	if got := strings.Join(dump.lines, "\n"); got != "> 1, NULL, NULL, NULL, NULL" {
		t.Errorf("many names: %s", got)
	}
}

// Ensure that texts of a row stay as they were when the next rows of the message are decoded, and that
// a message may be changed once the next one is decoded into another record.
func TestTextsStay(t *testing.T) {
	d := tableOf(t,
		"CREATE TABLE t (s STRING, c DECIMAL(6, 2)) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true')")
	rec := row.NewRecord(d.Layout())
	var kept, want []string
	var texts [][]byte
	sink := rowFunc(func() {
		for _, c := range rec.Cells {
			texts, want = append(texts, c.Text), append(want, string(c.Text))
		}
	})
	var msg strings.Builder
	for i := range 300 {
		fmt.Fprintf(&msg, `,{"s":"line\n%d \u00e9","c":%d.5}`, i, i)
	}
	d.Decode([]byte("["+msg.String()[1:]+`,{"s":"odd \ud83d","c":"x"}]`), rec, sink)
	for _, b := range texts {
		kept = append(kept, string(b))
	}
	if len(kept) != 602 || strings.Join(kept, "|") != strings.Join(want, "|") {
		t.Errorf("%d texts, and some changed", len(kept))
	}
}

type rowFunc func()

func (f rowFunc) Row()                   { f() }
func (f rowFunc) Problem(decode.Problem) {}

// Ensure that one decoder serves many goroutines, each with its own record.
func TestConcurrent(t *testing.T) {
	for _, ddl := range append([]string{"CREATE TABLE t (a STRING, b INT) WITH ('format' = 'csv', " +
		"'csv.ignore-parse-errors' = 'true')"}, fuzzTables...) {
		d := tableOf(t, ddl)
		messages := [][]byte{[]byte(`{"a":1,"r":{"x":"5","y":[1]},"z":3}`), []byte(`{"a":{},"l":[1,"x"]}`), []byte(`{"a":1,`),
			[]byte(`a,5`)}
		decodeAll := func() string {
			dump := newDumper(d)
			for _, m := range messages {
				d.Decode(m, dump.rec, dump)
			}
			return strings.Join(dump.lines, "\n")
		}
		want := decodeAll()
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for range 50 {
					if got := decodeAll(); got != want {
						t.Errorf("%s:\n%s\nalone:\n%s", ddl, got, want)
					}
				}
			})
		}
		group.Wait()
	}
}

// Ensure that decoding allocates nothing once the record is warm, for every sample. The race detector makes pools of
// buffers forget some of them; CI runs this package without it too (test/all).
func TestNoAllocation(t *testing.T) {
	allowed := 0.0
	if tier.Race() {
		allowed = 100
	}
	for _, f := range feeds(t) {
		rec := row.NewRecord(f.decoder.Layout())
		sink := rowFunc(func() {})
		decodeAll := func() {
			for _, r := range f.records {
				f.decoder.Decode(r, rec, sink)
			}
		}
		decodeAll()
		if n := testing.AllocsPerRun(3, decodeAll); n > allowed {
			t.Errorf("%s: %v allocations for %d records", f.name, n, len(f.records))
		}
	}
}

// Ensure that a row with a great many problems tells some of them, and that there are more.
func TestManyProblems(t *testing.T) {
	d := tableOf(t, "CREATE TABLE t (l ARRAY<INT>) WITH ('format' = 'json', 'json.ignore-parse-errors' = 'true')")
	dump := newDumper(d)
	d.Decode([]byte(`{"l":[`+string(bytes.Repeat([]byte(`"x",`), 100))+`1]}`), dump.rec, dump)
	if len(dump.lines) != 18 || !strings.Contains(dump.lines[16], "further columns") || dump.lines[17][0] != '>' {
		t.Errorf("%d lines: %q", len(dump.lines), dump.lines)
	}
}
