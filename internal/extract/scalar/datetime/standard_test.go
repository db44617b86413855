package datetime

import (
	"testing"
	"time"
)

// Ensure that the decoder's two timestamp standards take and refuse what section 3 of the Flink notes lists.
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
		{ISO8601, "2026-11-23T10:15:30Z", ""},
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
		ms, nanos, ok := tt.std.ParseTimestamp([]byte(tt.text))
		got := ""
		if ok {
			got = string(AppendISO(nil, ms, nanos))
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
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
		0: "2026-11-23 10:15:30", 1: "2026-11-23 10:15:30.1", 3: "2026-11-23 10:15:30.120", 9: "2026-11-23 10:15:30.120000456",
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
		ms, nanos, ok := std.ParseTimestamp([]byte(s))
		if !ok {
			return
		}
		text := AppendISO(nil, ms, nanos)
		again, nanos2, ok := ISO8601.ParseTimestamp(text)
		if !ok || again != ms || nanos2 != nanos {
			t.Fatalf("%q read as %s, which reads as %d %d %v", s, text, again, nanos2, ok)
		}
	})
}
