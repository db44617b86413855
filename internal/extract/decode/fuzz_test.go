package decode_test

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/extract/decode"
	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// fuzzTables have every type and every nesting, and few short names, so that inputs meet them.
var fuzzTables = []string{
	"CREATE TABLE t (a INT, r ROW<x INT, y STRING>, l ARRAY<INT>, m MAP<STRING, INT>, z BIGINT) WITH ('format' = " +
		"'json', 'json.ignore-parse-errors' = 'true')",
	"CREATE TABLE t (a STRING, r ROW<x DOUBLE, l ARRAY<ROW<x INT, y BOOLEAN>>>, z BOOLEAN, y DECIMAL(6, 2)) WITH " +
		"('format' = 'json', 'json.ignore-parse-errors' = 'true')",
	"CREATE TABLE t (l ARRAY<ROW<x DATE, y TIMESTAMP(3)>>, z TIME, a TIMESTAMP_LTZ(3), y BYTES) WITH ('format' = " +
		"'json', 'json.timestamp-format.standard' = 'ISO-8601')",
	"CREATE TABLE t (m MAP<STRING, ROW<x STRING, y DOUBLE>>, a ARRAY<ARRAY<STRING>>, z TIMESTAMP(3)) WITH ('format' = " +
		"'json', 'json.fail-on-missing-field' = 'true')",
}

// addCases adds the messages of the case files as seeds.
func addCases(f *testing.F, add func(msg []byte)) {
	for _, name := range caseFiles(f) {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if msg, ok := strings.CutPrefix(line, "< "); ok {
				add(message(strings.TrimSuffix(msg, "\n")))
			}
		}
	}
}

// Ensure that the scanner gives the rows of the cursor, or gives up, whatever it has learnt from the
// messages before.
func FuzzScannerIsCursor(f *testing.F) {
	before := []byte(`{"a":1}`)
	addCases(f, func(msg []byte) {
		for table := range fuzzTables {
			f.Add(table, before, msg)
		}
		before = msg
	})
	var decoders []*decode.Decoder
	for _, ddl := range fuzzTables {
		decoders = append(decoders, tableOf(f, ddl))
	}
	f.Fuzz(func(t *testing.T, table int, before, msg []byte) {
		d := decoders[int(uint(table)%uint(len(decoders)))]
		scanner, cursor := newDumper(d), newDumper(d)
		for _, m := range [][]byte{msg, msg, before, before, msg, before} {
			scanner.lines, cursor.lines = nil, nil
			d.Decode(m, scanner.rec, scanner)
			d.Walk(m, cursor.rec, cursor)
			if a, b := strings.Join(scanner.lines, "\n"), strings.Join(cursor.lines, "\n"); a != b {
				t.Errorf("%q\nscanner:\n%s\ncursor:\n%s", m, a, b)
			}
		}
	})
}

// Ensure that an object that is valid JSON gives one row without a problem where nothing of it is
// declared, and that texts are UTF-8 whatever came in.
func FuzzValidJSON(f *testing.F) {
	addCases(f, func(msg []byte) { f.Add(msg) })
	d := tableOf(f, "CREATE TABLE t (`not there` STRING, `a` STRING) WITH ('format' = 'json', "+
		"'json.ignore-parse-errors' = 'true')")
	dump := newDumper(d)
	f.Fuzz(func(t *testing.T, msg []byte) {
		dump.lines = nil
		d.Walk(msg, dump.rec, dump)
		for _, c := range dump.rec.Cells {
			if !utf8.Valid(c.Text) {
				t.Errorf("%q gives %q", msg, c.Text)
			}
		}
		object := json.Valid(msg) && strings.HasPrefix(strings.TrimLeft(string(msg), " \t\r\n"), "{") && utf8.Valid(msg) &&
			len(msg) < maxFuzz
		if object && (len(dump.lines) != 1 || dump.lines[0][0] != '>') {
			t.Errorf("%q gives %q", msg, dump.lines)
		}
	})
}

// maxFuzz is below every limit of the parser.
const maxFuzz = 900

// Ensure that numbers are those of strconv, and that only canonical texts are kept.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-0", "-0.0", "54", "82.4", "82.40", "0.001", "0.0001", "9999999.5", "10000000.5",
		"1e5", "123456789012345678", "-9223372036854775808",
		"0.1000000000000000055511151231257827", "1.7976931348623159e308", "4.9e-324", " 5 ", "+5", "5d", "0x1p3", "NaN",
		"1_0", "inf", "１２", "1234567", "12345678", "1.2345678", "00.5", "0.50"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := []byte(s)
		plain := json.Valid(p) && strings.Trim(s, "-0123456789.eE+") == "" && len(s) < maxFuzz
		want, _ := strconv.ParseFloat(s, 64)
		var cell row.Cell
		end := decode.ScanDouble(p, &cell)
		if plain {
			long := len(s) > 12 && strings.ContainsAny(s, "eE") // exponents that are, are left to the cursor
			if end != len(p) && !long || end == len(p) && math.Float64bits(cell.Double()) != math.Float64bits(want) {
				t.Errorf("%q as a JSON number: %v up to %d", s, cell.Double(), end)
			}
			d := dumper{}
			if cell.Text != nil && (string(cell.Text) != s || !d.canonical(cell)) {
				t.Errorf("%q is kept as %q, which is not canonical", s, cell.Text)
			}
		}
		for _, bits := range []int{32, 64} {
			n, err := strconv.ParseInt(s, 10, bits)
			var cell row.Cell
			if end := decode.ScanInteger(p, bits == 32, &cell); plain && end == len(p) && err == nil && cell.Int() != n {
				t.Errorf("%q as a JSON number of %d bits: %d", s, bits, cell.Int())
			}
		}
	})
}

// Ensure that csv gives one row or says why not, in UTF-8, and that a line of plain fields comes out as it is.
func FuzzCSV(f *testing.F) {
	addCases(f, func(msg []byte) { f.Add(msg) })
	d := tableOf(f,
		`CREATE TABLE t (s STRING, i INT, a ARRAY<STRING>, r ROW<x DOUBLE, y STRING>, b BYTES, u STRING) WITH ('format' = 'csv',
		'csv.ignore-parse-errors' = 'true', 'csv.escape-character' = '\', 'csv.allow-comments' = 'true')`)
	dump := newDumper(d)
	f.Fuzz(func(t *testing.T, msg []byte) {
		dump.lines = nil
		d.Decode(msg, dump.rec, dump)
		rows := 0
		for _, l := range dump.lines {
			if l[0] == '>' {
				rows++
			}
		}
		if rows > 1 || rows == 0 && len(dump.lines) > 1 {
			t.Errorf("%q gives %q", msg, dump.lines)
		}
		if first := dump.rec.Cells[0]; rows == 1 && first.Valid {
			if !utf8.Valid(first.Text) {
				t.Errorf("%q gives %q", msg, first.Text)
			}
			plain, _, _ := strings.Cut(string(msg), ",")
			if utf8.Valid(msg) && !strings.ContainsAny(plain, "\"\\\r\n#\ufeff\x00") && strings.TrimLeft(plain, " ") == plain &&
				plain != string(first.Text) {
				t.Errorf("%q gives %q", msg, first.Text)
			}
		}
	})
}

// Ensure that what is not UTF-8 becomes U+FFFD and the rest stays.
func FuzzRaw(f *testing.F) {
	f.Add([]byte("a\xffb\xe2\x82"))
	f.Fuzz(func(t *testing.T, msg []byte) {
		got := decode.AppendReplaced(nil, msg)
		if !utf8.Valid(got) || utf8.Valid(msg) && string(got) != string(msg) {
			t.Errorf("%q becomes %q", msg, got)
		}
	})
}
