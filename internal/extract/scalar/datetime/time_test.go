package datetime

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Ensure that every function gives what real Flink gave for the recorded cases.
func TestRecorded(t *testing.T) {
	text, err := os.ReadFile("testdata/time.txt")
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
		if got := evaluate(t, args); got != want {
			t.Errorf("%s: got %s, want %s", call, got, want)
		}
		n++
	}
	if n < 100 {
		t.Fatalf("only %d cases were read", n)
	}
}

func evaluate(t *testing.T, args []string) string {
	t.Helper()
	unit := func() Unit {
		u, ok := ParseUnit(strings.ToLower(args[1]))
		if !ok {
			t.Fatalf("no unit %s", args[1])
		}
		return u
	}
	switch args[0] {
	case "cast":
		return show(CastTimestamp([]byte(args[1]), atoi(t, args[2])))
	case "castdate":
		return showDate(CastDate([]byte(args[1])))
	case "parse":
		p, err := CompileParser(args[2])
		if err != nil {
			t.Fatal(err)
		}
		return show(p.Parse([]byte(args[1])))
	case "format":
		f, err := CompileFormatter(args[2])
		if err != nil {
			t.Fatal(err)
		}
		ms, nanos := point(t, args[1])
		return string(f.Append(nil, ms, nanos))
	case "extract":
		ms, nanos := point(t, args[2])
		return fmt.Sprint(unit().Extract(ms, nanos))
	case "extractdate":
		return fmt.Sprint(unit().ExtractDate(date(t, args[2])))
	case "floor":
		ms, _ := point(t, args[2])
		return show(unit().Floor(ms), 0, unit().Rounds())
	case "ceil":
		ms, _ := point(t, args[2])
		return show(unit().Ceil(ms), 0, unit().Rounds())
	case "diff":
		from, _ := point(t, args[2])
		to, _ := point(t, args[3])
		if !unit().Differs() {
			return "NULL"
		}
		return fmt.Sprint(unit().Diff(from, to))
	case "truncate":
		ms, nanos := point(t, args[1])
		ms, nanos = Truncate(ms, nanos, atoi(t, args[2]))
		return show(ms, nanos, true)
	case "zone":
		var zones Zones
		ms, _ := point(t, args[1])
		z, ok := zones.Zone([]byte(args[2]))
		again, ok2 := zones.Zone([]byte(args[2]))
		if ok != ok2 || z != again {
			t.Errorf("%s is another zone the second time", args[2])
		}
		return show(z.Instant(ms), 0, ok)
	}
	t.Fatalf("no function %s", args[0])
	return ""
}

func atoi(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func point(t *testing.T, s string) (int64, int32) {
	ms, nanos, ok := SQL.ParseTimestamp([]byte(s), false)
	if !ok {
		t.Fatalf("no time point: %s", s)
	}
	return ms, nanos
}

func date(t *testing.T, s string) int64 {
	days, ok := ParseDate([]byte(s))
	if !ok {
		t.Fatalf("no date: %s", s)
	}
	return days
}

func show(ms int64, nanos int32, ok bool) string {
	if !ok {
		return "NULL"
	}
	return strings.Replace(string(AppendISO(nil, ms, nanos)), "T", " ", 1)
}

func showDate(days int64, ok bool) string {
	if !ok {
		return "NULL"
	}
	return string(AppendDate(nil, days))
}

// Ensure that numbers become instants as in TO_TIMESTAMP_LTZ, within the years 0000 to 9999 only.
func TestFromEpoch(t *testing.T) {
	for _, tt := range []struct {
		n         float64
		precision int
		ms        int64
		ok        bool
	}{
		{1795428930.75, 0, 1795428930750, true},
		{1795428930123.9, 3, 1795428930123, true},
		{-0.5, 0, -500, true},
		{253402300799, 0, 253402300799000, true},
		{253402300800, 0, 0, false},
		{253402300799999, 3, 253402300799999, true},
		{253402300800000, 3, 0, false},
		{-62167219200000, 3, -62167219200000, true},
		{-62167219200001, 3, 0, false},
		{1e300, 3, 0, false},
	} {
		if ms, ok := FromEpochDouble(tt.n, tt.precision); ok != tt.ok || ok && ms != tt.ms {
			t.Errorf("%v with %d: got %d, %v", tt.n, tt.precision, ms, ok)
		}
		if n := int64(tt.n); float64(n) == tt.n {
			if ms, ok := FromEpoch(n, tt.precision); ok != tt.ok || ok && ms != tt.ms {
				t.Errorf("%d with %d: got %d, %v", n, tt.precision, ms, ok)
			}
		}
	}
}

// Ensure that a pattern that both engines would not read alike is refused by the part that is to blame.
func TestPatternRefusals(t *testing.T) {
	for text, want := range map[string]string{
		"yyyy-MM-dd'T'HH:mm:ssXXX": "the pattern has XXX, and Flink ignores the offset",
		"yyyy-MM-dd HH:mm:ss Z":    "the pattern has Z, and Flink ignores the offset",
		"yy-MM-dd":                 "the pattern has yy; the parts that both engines know are",
		"dd MMM yyyy":              "the pattern has MMM;",
		"hh:mm a":                  "the pattern has hh;",
		"yyyy-MM-dd'T":             "ends within a quoted text",
		"yyyy]":                    "has a ] without [",
		"yyyy#":                    "# is reserved",
		"":                         "the pattern is empty",
		"MM-dd HH:mm":              "has a month or a day without a whole date",
		"yyyy[-MM-dd]":             "has a month or a day without a whole date",
	} {
		if _, err := CompileParser(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// Ensure that no pattern and no text makes the parser panic, and that what a formatter wrote with a
// pattern of whole date and time is read back.
func FuzzPattern(f *testing.F) {
	f.Add("yyyy-MM-dd HH:mm:ss.SSS", "2026-11-23 10:15:30.123", int64(1795428930123))
	f.Add("yyyyMMdd[HHmm]'x'", "202611231015x", int64(-1))
	f.Add("d/M/yyyy", "3/1/2026", int64(0))
	f.Fuzz(func(t *testing.T, pattern, text string, ms int64) {
		p, err := CompileParser(pattern)
		if err != nil {
			return
		}
		p.Parse([]byte(text))
		whole, err := CompileParser("yyyyMMdd'T'HHmmssSSS")
		if err != nil {
			t.Fatal(err)
		}
		ms %= maxMillis
		if ms < minMillis/2 {
			return
		}
		written := (&Formatter{whole.pattern}).Append(nil, ms, 0)
		if back, nanos, ok := whole.Parse(written); !ok || back != ms || nanos != 0 {
			t.Fatalf("%d was written %s and read %d %d %v", ms, written, back, nanos, ok)
		}
	})
}

// Ensure that no text makes a cast or a zone panic, and that a cast text is cast to itself.
func FuzzCast(f *testing.F) {
	for _, s := range []string{"2026-11-23 10:15:30.5", "2026-- ::", "+12026-1-1", "+02:00", "Europe/Zurich",
		"2026-02-30 24:00:00"} {
		f.Add(s)
	}
	var zones Zones
	f.Fuzz(func(t *testing.T, s string) {
		CastDate([]byte(s))
		ParseDateLiteral([]byte(s))
		ParseTimestampLiteral([]byte(s))
		parseSQLTimestamp([]byte(s))
		if days, ok := ParseSQLDate([]byte(s)); ok { // what java.sql.Date shows, it reads as the same
			if again, ok := ParseSQLDate(AppendDate(nil, days)); !ok || again != days {
				t.Fatalf("%q is day %d as java.sql.Date, and that %d %v", s, days, again, ok)
			}
		}
		zones.Zone([]byte(s))
		ms, nanos, ok := CastTimestamp([]byte(s), 9)
		if !ok || ms > maxMillis {
			return
		}
		text := AppendTimestamp(nil, ms, nanos, 9)
		if again, nanos2, ok := CastTimestamp(text, 9); !ok || again != ms || nanos2 != nanos {
			t.Fatalf("%q: %s is cast to %d %d %v", s, text, again, nanos2, ok)
		}
	})
}

func BenchmarkCastTimestamp(b *testing.B) {
	text := []byte("2026-11-23 10:15:30.123")
	b.ReportAllocs()
	for b.Loop() {
		CastTimestamp(text, 3)
	}
}

func BenchmarkZone(b *testing.B) {
	var zones Zones
	name := []byte("Europe/Zurich")
	b.ReportAllocs()
	for b.Loop() {
		z, _ := zones.Zone(name)
		z.Instant(1795428930123)
	}
}
