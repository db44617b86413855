package datetime

import (
	"strings"
	"testing"
	"time"
)

// Ensure that fields are read as Flink's json format reads them: a TIMESTAMP_LTZ where they end in Z, else a TIMESTAMP.
func TestStandard(t *testing.T) {
	tests := []struct {
		std  Standard
		text string
		want string // as AppendISO writes it; empty for a refusal
	}{
		{SQL, "2026-11-23 10:15:30", "2026-11-23T10:15:30"},
		{SQL, "2026-11-23 10:15:30.5", "2026-11-23T10:15:30.5"},
		{SQL, "2026-11-23 10:15:30.", "2026-11-23T10:15:30"},
		{SQL, "2026-11-23 10:15:30.123456789", "2026-11-23T10:15:30.123456789"},
		{SQL, "2026-11-23 10:15:30.1234567890", ""},
		{SQL, "2026-11-23 10:15", ""},
		{SQL, "2026-11-23T10:15:30", ""},
		{SQL, "2026-11-23 10:15:60", ""},
		{SQL, "2026-11-23 24:00:00", "2026-11-24T00:00:00"},
		{SQL, "2026-11-23 24:00:01", ""},
		{SQL, "2026-02-30 10:15:30", "2026-02-28T10:15:30"},
		{SQL, "2024-02-30 10:15:30", "2024-02-29T10:15:30"},
		{SQL, "2026-04-31 10:15:30", "2026-04-30T10:15:30"},
		{SQL, "2026-04-32 10:15:30", ""},
		{SQL, "2026-1-3 10:15:30", ""},
		{ISO8601, "2026-11-23T10:15", "2026-11-23T10:15:00"},
		{ISO8601, "2026-11-23t10:15:30", "2026-11-23T10:15:30"},
		{ISO8601, "2026-11-23T10:15:", ""},
		{ISO8601, "2026-02-30T10:15:30", ""},
		{ISO8601, "2026-11-23T24:00:00", ""},
		{ISO8601, "2026-11-23T10:15:30Z", "2026-11-23T10:15:30"},
		{ISO8601, "2026-11-23T10:15Z", "2026-11-23T10:15:00"},
		{ISO8601, "2026-11-23T10:15:30.123456Z", "2026-11-23T10:15:30.123456"},
		{ISO8601, "2026-02-30T10:15:30Z", "2026-02-28T10:15:30"},
		{ISO8601, "2026-11-23T24:00:00Z", "2026-11-24T00:00:00"},
		{ISO8601, "2026-11-23t10:15:30Z", ""},
		{ISO8601, "2026-11-23T10:15:30z", ""},
		{SQL, "2026-11-23 10:15:30Z", "2026-11-23T10:15:30"},
		{SQL, "2026-02-30 10:15:30Z", "2026-02-28T10:15:30"},
		{ISO8601, "2026-11-23T10:15:30+02:00", ""},
		{ISO8601, "2026-11-23 10:15:30", ""},
		{ISO8601, "0000-01-01T00:00:00", "0000-01-01T00:00:00"},
		{ISO8601, "-0001-12-31T23:59:59.9", "-0001-12-31T23:59:59.9"},
		{ISO8601, "-0000-12-31T23:59:59", ""},
		{ISO8601, "+12026-11-23T00:00:00", "+12026-11-23T00:00:00"},
		{ISO8601, "12026-11-23T00:00:00", ""},
		{ISO8601, "+2026-11-23T00:00:00", ""},
		{ISO8601, "", ""},
	}
	for _, tt := range tests {
		ms, nanos, ok := tt.std.ParseTimestamp([]byte(tt.text), strings.HasSuffix(tt.text, "Z"))
		got := ""
		if ok {
			got = string(AppendISO(nil, ms, nanos))
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Ensure that dates and times of fields, and the texts of literals, are read as Flink reads each of them.
func TestDates(t *testing.T) {
	showTime := func(ms int64, ok bool) string { return show(ms, 0, ok) }
	readers := map[string]func([]byte) string{
		"field":     func(b []byte) string { return showDate(ParseDate(b)) },
		"csv":       func(b []byte) string { return showDate(ParseSQLDate(b)) },
		"cast":      func(b []byte) string { return showDate(CastDate(b)) },
		"literal":   func(b []byte) string { return showDate(ParseDateLiteral(b)) },
		"timestamp": func(b []byte) string { return show(ParseTimestampLiteral(b)) },
		"time":      func(b []byte) string { return showTime(ParseTime(b)) },
		"csvtime":   func(b []byte) string { return showTime(ParseISOTime(b, 2)) },
	}
	for _, tt := range []struct{ text, results string }{
		{"2026-11-23", "field 2026-11-23, csv 2026-11-23, cast 2026-11-23, literal 2026-11-23"},
		{"2026-11-23", "timestamp 2026-11-23 00:00:00"},
		{"2026-1-3", "field NULL, csv 2026-01-03, cast 2026-01-03, literal 2026-01-03"},
		{"2026-1-3", "timestamp 2026-01-03 00:00:00"},
		{"2026-02-30", "field NULL, csv 2026-03-02, cast NULL, literal NULL, timestamp NULL"},
		{"2024-02-29", "field 2024-02-29, csv 2024-02-29, cast 2024-02-29, literal 2024-02-29"},
		{"0000-01-01", "field 0000-01-01, csv 0001-01-01, cast 0000-01-01, literal NULL"},
		{"0000-02-29", "csv NULL, field 0000-02-29"},
		{"0100-02-29", "csv NULL, literal NULL"},
		{"0100-02-30", "csv 0100-03-01"},
		{"1500-02-30", "csv 1500-03-01"},
		{"1582-10-04", "csv 1582-10-04, literal 1582-10-04"},
		{"1582-10-05", "csv 1582-10-15, literal NULL"},
		{"1582-10-14", "csv 1582-10-24, literal NULL"},
		{"1582-10-15", "csv 1582-10-15, literal 1582-10-15"},
		{"1582-09-31", "csv 1582-10-01"},
		{"+001-1-1", "csv 0001-01-01, literal NULL"},
		{"-001-1-1", "csv NULL"},
		{"２０２６-1１-3", "csv 2026-11-03, field NULL, literal NULL"},
		{"+12026-01-01", "field 2026-01-01, csv NULL, literal NULL"},
		{"26-11-23", "literal NULL, csv NULL"},
		{"2026-11-23 10:15:30", "timestamp 2026-11-23 10:15:30, literal NULL, field NULL"},
		{"2026-11-23 1:2:3.", "timestamp 2026-11-23 01:02:03"},
		{"2026-11-23 10:15:30.123456789", "timestamp 2026-11-23 10:15:30.123456789"},
		{"2026-11-23 10:15:30.1234567890", "timestamp NULL"},
		{"2026-11-23 24:00:00", "timestamp NULL"},
		{"2026-11-23 10:15", "timestamp NULL"},
		{"2026-11-23T10:15:30", "timestamp NULL"},
		{"2026-02-30 10:15:30", "timestamp NULL"},
		{"10:15:30.129", "time 1970-01-01 10:15:30, csvtime 1970-01-01 10:15:30.12"},
		{"24:00:00", "time 1970-01-01 00:00:00, csvtime NULL"},
		{"10:15", "time NULL, csvtime 1970-01-01 10:15:00"},
	} {
		for part := range strings.SplitSeq(tt.results, ", ") {
			reader, want, _ := strings.Cut(part, " ")
			if got := readers[reader]([]byte(tt.text)); got != want {
				t.Errorf("%q as %s: got %s, want %s", tt.text, reader, got, want)
			}
		}
	}
}

// Ensure that the calendar agrees with package time on every day of 800 years, and far away.
func TestCalendar(t *testing.T) {
	check := func(days int64) {
		y, m, d := Date(days)
		want := time.Unix(days*86400, 0).UTC()
		if y != int64(want.Year()) || m != int(want.Month()) || d != want.Day() {
			t.Fatalf("day %d: got %d-%d-%d, want %v", days, y, m, d, want)
		}
		if back := Days(y, m, d); back != days {
			t.Fatalf("%d-%d-%d: got day %d, want %d", y, m, d, back, days)
		}
		if m != int(want.AddDate(0, 0, 1).Month()) && lastDay(y, m) != d {
			t.Fatalf("last day of %d-%d: got %d, want %d", y, m, lastDay(y, m), d)
		}
	}
	for d := int64(-146097); d < 146097; d++ {
		check(d)
	}
	for d := int64(-3e8); d < 3e8; d += 98_765 {
		check(d)
	}
}

// Ensure that dates and timestamps are cast to the texts that Flink gives.
func TestFormat(t *testing.T) {
	ms := Days(2026, 11, 23)*day + 10*hour + 15*minute + 30*second + 120
	for p, want := range map[int]string{
		0: "2026-11-23 10:15:30", 1: "2026-11-23 10:15:30.1", 3: "2026-11-23 10:15:30.120",
		9: "2026-11-23 10:15:30.120000456",
	} {
		if got := string(AppendTimestamp(nil, ms, 456, p)); got != want {
			t.Errorf("precision %d: got %s, want %s", p, got, want)
		}
	}
	if got := string(AppendDate(nil, -1)); got != "1969-12-31" {
		t.Errorf("got %s", got)
	}
}

// Ensure that what a standard reads is what AppendISO writes, and that no text makes it panic.
func FuzzStandard(f *testing.F) {
	f.Add("2026-11-23T10:15:30.123Z", true)
	f.Add("+12026-02-30T24:00:00", true)
	f.Add("-0001-12-31 23:59:59.", false)
	f.Fuzz(func(t *testing.T, s string, iso bool) {
		std := SQL
		if iso {
			std = ISO8601
		}
		ms, nanos, ok := std.ParseTimestamp([]byte(s), strings.HasSuffix(s, "Z"))
		if !ok {
			return
		}
		text := AppendISO(nil, ms, nanos)
		again, nanos2, ok := ISO8601.ParseTimestamp(text, false)
		if !ok || again != ms || nanos2 != nanos {
			t.Fatalf("%q read as %s, which reads as %d %d %v", s, text, again, nanos2, ok)
		}
	})
}

// Ensure that a time that exists is the one that package time takes it for.
func FuzzTimestamp(f *testing.F) {
	f.Add(int64(1763892930123), uint32(456789), uint8(6), "2026-11-23 10:15:30")
	f.Add(int64(-1), uint32(1), uint8(9), "-0001-02-29T24:00:00Z")
	f.Fuzz(func(t *testing.T, millis int64, nanos uint32, digits uint8, text string) {
		for _, standard := range []Standard{SQL, ISO8601} {
			for _, zone := range []bool{false, true} {
				standard.ParseTimestamp([]byte(text), zone) // must not panic

				layout := "2006-01-02 15:04:05"
				if standard == ISO8601 {
					layout = "2006-01-02T15:04:05"
				}
				if n := digits % 10; n > 0 {
					layout += "." + strings.Repeat("0", int(n))
				}
				if zone {
					layout += "Z"
				}
				const year9999 = 253402300799999
				at := time.UnixMilli(millis % year9999).UTC().Add(time.Duration(nanos % 1_000_000))
				if at.Year() < 0 {
					continue
				}
				s := at.Format(layout)
				want, err := time.Parse(layout, s)
				if err != nil {
					t.Fatal(err)
				}
				gotMillis, gotNanos, ok := standard.ParseTimestamp([]byte(s), zone)
				if !ok || gotMillis != want.UnixMilli() || int(gotNanos) != want.Nanosecond()%1_000_000 {
					t.Errorf("%s: %d %d %v, want %d", s, gotMillis, gotNanos, ok, want.UnixMilli())
				}
			}
		}
	})
}
