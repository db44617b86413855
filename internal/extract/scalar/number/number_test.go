package number

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/extract/scalar/java"
)

// Ensure that every function gives what real Flink gave for the recorded cases.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/number.txt")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		call, want, ok := strings.Cut(line, " -> ")
		if !ok {
			t.Fatalf("no result: %s", line)
		}
		args := strings.Split(call, " | ")
		for i := range args {
			args[i] = strings.Trim(args[i], "~")
		}
		if got := evaluate(t, args[0], args[1:]); got != want {
			t.Errorf("%s: got %s, want %s", call, got, want)
		}
		n++
	}
	if n < 130 {
		t.Fatalf("only %d cases were read", n)
	}
}

func evaluate(t *testing.T, function string, args []string) string {
	t.Helper()
	text := []byte(args[0])
	d := func(i int) Decimal { return ParseDecimal([]byte(args[i])) }
	switch function {
	case "int":
		return show(ParseInt(text, 32))
	case "bigint":
		return show(ParseInt(text, 64))
	case "bool":
		return show(ParseBool(text))
	case "double":
		return show(ParseDouble(text))
	case "decimal":
		return showDecimal(CastDecimal(text, decimalType(t, args[1])))
	case "toint":
		return fmt.Sprint(ToInt(float(t, args[0])))
	case "tobigint":
		return fmt.Sprint(ToBigInt(float(t, args[0])))
	case "add":
		return typed(d(0).Add(d(2)), decimalType(t, args[1]).Sum(decimalType(t, args[3])))
	case "sub":
		return typed(d(0).Sub(d(2)), decimalType(t, args[1]).Sum(decimalType(t, args[3])))
	case "mul":
		return typed(d(0).Mul(d(2)), decimalType(t, args[1]).Product(decimalType(t, args[3])))
	case "common":
		return showType(decimalType(t, args[1]).Common(decimalType(t, args[3])))
	case "cast":
		return showDecimal(d(0).Fit(decimalType(t, args[2])))
	case "tobig":
		return fmt.Sprint(d(0).BigInt())
	case "todouble":
		return fmt.Sprint(d(0).Double(decimalType(t, args[1]).Precision))
	case "round":
		return typed(d(0).Round(integer(t, args[2])), decimalType(t, args[1]).Rounded(integer(t, args[2])))
	case "truncate":
		return typed(d(0).Truncate(integer(t, args[2])), decimalType(t, args[1]).Rounded(integer(t, args[2])))
	case "floor":
		return showDecimal(d(0).Floor().Fit(decimalType(t, args[1]).Whole()))
	case "ceil":
		return showDecimal(d(0).Ceil().Fit(decimalType(t, args[1]).Whole()))
	case "sign":
		return showDecimal(d(0).Signum(decimalType(t, args[1])))
	case "abs":
		return showDecimal(d(0).Abs(), true)
	case "roundint":
		return fmt.Sprint(int32(Round(int64(integer(t, args[0])), integer(t, args[1]))))
	case "roundbigint":
		return fmt.Sprint(Round(int64(integer(t, args[0])), integer(t, args[1])))
	case "truncatebigint":
		return fmt.Sprint(Truncate(int64(integer(t, args[0])), integer(t, args[1])))
	case "power":
		return fmt.Sprint(Power(float(t, args[0]), float(t, args[1])))
	case "ln":
		return fmt.Sprint(Ln(float(t, args[0])))
	case "log10":
		return fmt.Sprint(Log10(float(t, args[0])))
	case "exp":
		return fmt.Sprint(Exp(float(t, args[0])))
	}
	t.Fatalf("no function %s", function)
	return ""
}

func show[T any](v T, ok bool) string {
	if !ok {
		return "NULL"
	}
	return fmt.Sprint(v)
}

func showDecimal(d Decimal, ok bool) string { return show(string(d.Append(nil)), ok) }

func showType(d DecimalType) string { return fmt.Sprintf("%d,%d", d.Precision, d.Scale) }

func typed(d Decimal, to DecimalType) string { return showDecimal(d.Fit(to)) + " " + showType(to) }

func decimalType(t *testing.T, s string) (d DecimalType) {
	if _, err := fmt.Sscanf(s, "%d,%d", &d.Precision, &d.Scale); err != nil {
		t.Fatal(err)
	}
	return d
}

func integer(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func float(t *testing.T, s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Ensure that doubles are printed as Double.toString of Java 17 prints them.
func TestAppendDouble(t *testing.T) {
	for f, want := range map[float64]string{
		0: "0.0", math.Copysign(0, -1): "-0.0", 7: "7.0", -2.5: "-2.5", 9999999: "9999999.0", 1e7: "1.0E7",
		12345678.5: "1.23456785E7", 0.001: "0.001", 0.0015: "0.0015", 1e-4: "1.0E-4", 0.00015: "1.5E-4", 0.5: "0.5",
		123456.75: "123456.75", 100: "100.0", 1e22: "1.0E22", 2e23: "1.9999999999999998E23",
		math.MaxFloat64: "1.7976931348623157E308", 5e-324: "4.9E-324", math.Inf(1): "Infinity", math.Inf(-1): "-Infinity",
	} {
		if got := string(AppendDouble([]byte("x"), f)); got != "x"+want {
			t.Errorf("%g: got %s, want %s", f, got[1:], want)
		}
	}
	if got := string(AppendDouble(nil, math.NaN())); got != "NaN" {
		t.Errorf("NaN: got %s", got)
	}
}

// Ensure that the arithmetic of decimals, short and long, is that of math/big, and that texts are kept.
func FuzzDecimal(f *testing.F) {
	f.Add("-12.30", "7.005", 1)
	f.Add("999999999999999999", "0.000000000000000001", -3)
	f.Add("99999999999999999999999999999999999999", "99999999999999999999.999999999999999999", 5)
	f.Add("0.00", "-0.5", 0)
	f.Fuzz(func(t *testing.T, a, b string, digits int) {
		x, ok := new(big.Rat).SetString(a)
		y, ok2 := new(big.Rat).SetString(b)
		if !ok || !ok2 || !plain(a) || !plain(b) {
			return
		}
		da, db := ParseDecimal([]byte(a)), ParseDecimal([]byte(b))
		check := func(what string, got Decimal, want *big.Rat) {
			text := string(got.Append(nil))
			r, ok := new(big.Rat).SetString(text)
			if !ok || r.Cmp(want) != 0 {
				t.Fatalf("%s %s %s: got %s, want %s", a, what, b, text, want.FloatString(40))
			}
			if again := string(ParseDecimal([]byte(text)).Append(nil)); again != text {
				t.Fatalf("%s is read as %s", text, again)
			}
		}
		check("is", da, x)
		check("+", da.Add(db), new(big.Rat).Add(x, y))
		check("-", da.Sub(db), new(big.Rat).Sub(x, y))
		check("*", da.Mul(db), new(big.Rat).Mul(x, y))
		if got := da.Sub(db).Sign(); got != x.Cmp(y) {
			t.Fatalf("%s compared with %s: got %d", a, b, got)
		}
		scale := int(uint(digits) % 38)
		if d, ok := da.Fit(DecimalType{38, scale}); ok {
			if want := x.FloatString(scale); !sameNumber(want, string(d.Append(nil))) {
				t.Fatalf("%s with scale %d: got %s, want %s", a, scale, d.Append(nil), want)
			}
		}
	})
}

// plain reports whether s is what [ParseDecimal] reads.
func plain(s string) bool {
	s = strings.TrimPrefix(s, "-")
	before, after, point := strings.Cut(s, ".")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	return len(s) < 40 && digits(before) && (!point || digits(after))
}

// sameNumber compares texts of one scale; big.Rat writes -0.00.
func sameNumber(a, b string) bool {
	x, _ := new(big.Rat).SetString(a)
	y, _ := new(big.Rat).SetString(b)
	return x.Cmp(y) == 0 && len(strings.TrimPrefix(a, "-")) == len(strings.TrimPrefix(b, "-"))
}

// Ensure that no text makes a cast panic, and that integers are read as strconv reads them.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"12.7", "-.", "0x1.8p3d", " NaN ", "1e400", "12x", "１２", "1e-999999999", "yes"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := []byte(s)
		ParseBool(b)
		if f, ok := ParseDouble(b); ok && !math.IsNaN(f) && !math.IsInf(f, 0) && !strings.ContainsAny(s, "xX") {
			bare := strings.TrimRight(string(java.Trim(b)), "dDfF")
			if v, err := strconv.ParseFloat(bare, 64); err != nil || v != f {
				t.Errorf("%q is read as %v", s, f)
			}
		}
		if d, ok := CastDecimal(b, DecimalType{20, 5}); ok {
			if again, ok := CastDecimal(d.Append(nil), DecimalType{38, 5}); !ok || again.Sub(d).Sign() != 0 {
				t.Fatalf("%q is cast to %s, and that to %s", s, d.Append(nil), again.Append(nil))
			}
		}
		CastDecimal(b, DecimalType{10, 2})
		for _, bits := range []int{32, 64} {
			want, err := strconv.ParseInt(s, 10, bits)
			if got, ok := ParseInt(b, bits); err == nil && (!ok || got != want) {
				t.Fatalf("%q: got %d, %v", s, got, ok)
			}
		}
	})
}

// Ensure that a DECIMAL is the number rounded half up, as far as a float64 can tell, in the right form.
func FuzzReadDecimal(f *testing.F) {
	for _, s := range []string{
		"3.765", "9999.995", "-0.004", "1e3", "0.0e99", "1e-999999999", ".5", "5.", "0.05", "99.995", "1e99999999999",
	} {
		f.Add(s, 6, 2)
		f.Add(s, 38, 18)
		f.Add(s, 3, 0)
	}
	f.Fuzz(func(t *testing.T, s string, precision, scale int) {
		precision = 1 + int(uint(precision)%38)
		scale = int(uint(scale) % uint(precision+1))
		d, ok := ReadDecimal([]byte(s))
		if ok {
			d, ok = d.Fit(DecimalType{precision, scale})
		}
		if !ok {
			return
		}
		text := d.Append(nil)
		whole, fraction, _ := strings.Cut(strings.TrimPrefix(string(text), "-"), ".")
		if len(fraction) != scale || len(strings.TrimLeft(whole, "0"))+scale > precision || whole == "" {
			t.Fatalf("%q as DECIMAL(%d, %d) is %q", s, precision, scale, text)
		}
		got, err := strconv.ParseFloat(string(text), 64)
		if err != nil {
			t.Fatalf("%q is %q", s, text)
		}
		want, err := strconv.ParseFloat(s, 64)
		if unit := math.Pow10(-scale); err == nil && math.Abs(got-want) > unit/2*(1+1e-9)+math.Abs(want)*1e-15 {
			t.Errorf("%q as DECIMAL(%d, %d) is %q", s, precision, scale, text)
		}
	})
}

func BenchmarkDecimal(b *testing.B) {
	x, y := []byte("-12345.67"), []byte("7.005")
	to := DecimalType{10, 2}.Product(DecimalType{10, 3})
	var buf [48]byte
	b.ReportAllocs()
	for b.Loop() {
		d, _ := ParseDecimal(x).Mul(ParseDecimal(y)).Fit(to)
		d.Append(buf[:0])
	}
}

func BenchmarkPower(b *testing.B) {
	for b.Loop() {
		Power(82.4, 1.7)
	}
}
