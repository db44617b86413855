package jsontext

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Ensure that doubles are printed as Java 17 prints them, for the recorded cases.
func TestAppendDouble(t *testing.T) {
	for _, line := range caseLines(t, "testdata/double.txt") {
		in, want, _ := strings.Cut(line, " -> ")
		f, err := strconv.ParseFloat(in, 64)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := AppendDouble([]byte("x"), f)
		if string(got) != "x"+want || !ok {
			t.Errorf("%s: got %s, want %s", in, got[1:], want)
		}
		if neg, _ := AppendDouble(nil, -f); f != 0 && string(neg) != "-"+want {
			t.Errorf("-%s: got %s", in, neg)
		}
	}
}

// Ensure that what is no JSON number is reported, and nothing is appended for it.
func TestAppendDoubleRefusesNonNumbers(t *testing.T) {
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if got, ok := AppendDouble([]byte("x"), f); ok || string(got) != "x" {
			t.Errorf("%v: got %s, %v", f, got, ok)
		}
	}
}

// Ensure that decimals keep their scale, and get an exponent where BigDecimal.toString gives one.
func TestAppendDecimal(t *testing.T) {
	for in, want := range map[string]string{
		"12.30": "12.30", "-0.50": "-0.50", "0.00": "0.00", "1234": "1234", "0.000001": "0.000001",
		"0.0000001": "1E-7", "-0.000000150": "-1.50E-7", "0.0000000000": "0E-10",
		"99999999999999999999.999999999999999999": "99999999999999999999.999999999999999999",
	} {
		if got := string(AppendDecimal(nil, []byte(in))); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// Ensure that strings are escaped as Jackson does, at every position within the eight bytes that are
// looked at together.
func TestAppendString(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "plain": "plain", `"`: `\"`, `\`: `\\`, "/": "/", "\x00": `\u0000`, "\x1f": `\u001F`, "\x7f": "\x7f",
		"\b\t\n\f\r": `\b\t\n\f\r`, "ä€😀": "ä€😀", " ": " ", "!#[]": "!#[]",
	} {
		for pad := range 17 {
			p := strings.Repeat("ü.", pad)
			got := string(AppendString(nil, []byte(p+in+p)))
			if w := `"` + p + want + p + `"`; got != w {
				t.Fatalf("%q: got %s, want %s", p+in+p, got, w)
			}
		}
	}
}

// Ensure that timestamps become ISO texts, an instant with its Z.
func TestAppendTimestamp(t *testing.T) {
	if got := string(AppendTimestamp(nil, 1795428900120, 0)); got != `"2026-11-23T10:15:00.12"` {
		t.Errorf("got %s", got)
	}
	if got := string(AppendTimestampLTZ(nil, 1795428900000, 5)); got != `"2026-11-23T10:15:00.000000005Z"` {
		t.Errorf("got %s", got)
	}
}

// Ensure that every double is read back unchanged from its text, which is JSON.
func FuzzDouble(f *testing.F) {
	for _, v := range []float64{0, 7, 0.00015, 1e7, 5e-324, math.MaxFloat64, 1 << 60, 14999999.999999998, 2e23} {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		v := math.Float64frombits(bits)
		text, ok := AppendDouble(nil, v)
		if !ok {
			return
		}
		back, err := strconv.ParseFloat(string(text), 64)
		if err != nil || back != v || !json.Valid(text) {
			t.Fatalf("%v: text %s, read as %v, %v", v, text, back, err)
		}
	})
}

// Ensure that every string is JSON that reads back unchanged.
func FuzzString(f *testing.F) {
	f.Add("a\"b\\c\x00 /ä\u2028")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		var back string
		if err := json.Unmarshal(AppendString(nil, []byte(s)), &back); err != nil || back != s {
			t.Fatalf("%q: read as %q, %v", s, back, err)
		}
	})
}

func BenchmarkDouble(b *testing.B) {
	for _, f := range []float64{82.4, 47.376887, 180.32000000000002, 1.2345678901234567e-9} {
		b.Run(strconv.FormatFloat(f, 'g', -1, 64), func(b *testing.B) {
			b.ReportAllocs()
			var buf [40]byte
			for b.Loop() {
				AppendDouble(buf[:0], f)
			}
		})
	}
}

func BenchmarkString(b *testing.B) {
	s := []byte("wagon:33-80-7845-123-4 stands at Zürich Hauptbahnhof")
	buf := make([]byte, 0, 128)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		AppendString(buf, s)
	}
}

// caseLines returns the lines of a case file without blank lines and comments (#).
func caseLines(t *testing.T, name string) (lines []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// Ensure that numbers lose the zeros at their end, in the notation of BigDecimal.
func TestAppendStripped(t *testing.T) {
	for in, want := range map[string]string{
		"100": "1E+2", "7": "7", "-7": "-7", "1.50": "1.5", "-1.500e2": "-1.5E+2", "0": "0", "-0": "0", "0.00": "0",
		"0e5":       "0",
		"0.0000001": "1E-7", "0.000001": "0.000001", "120e-1": "12", "1e400": "1E+400", "10.0": "1E+1",
	} {
		if got := string(AppendStripped(nil, []byte(in))); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// Ensure that JSON numbers keep their digits, in the notation of BigInteger and BigDecimal.
func TestAppendNumber(t *testing.T) {
	for in, want := range map[string]string{
		"100": "100", "-0": "0", "-0.0": "0.0", "1.50": "1.50", "-1.50": "-1.50", "1e3": "1E+3", "1.5E-10": "1.5E-10",
		"12e-1": "1.2",
		"0e5":   "0E+5", "0.0000001": "1E-7", "1e400": "1E+400", "0.00": "0.00", "1E+2": "1E+2",
		"123456789012345678901234567890123456789012.5": "123456789012345678901234567890123456789012.5",
	} {
		if got := string(AppendNumber(nil, []byte(in))); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
