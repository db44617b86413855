package twin_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that times are read with any offset and any number of digits, cut and never rounded, and
// that what is not RFC 3339 is refused with an example.
func TestParseMillis(t *testing.T) {
	for in, want := range map[string]twin.Millis{
		"1970-01-01T00:00:00Z":                0,
		"1970-01-01T00:00:00.9Z":              900,
		"1970-01-01T00:00:00.9999Z":           999,
		"1970-01-01T00:00:01.123456789Z":      1123,
		"1970-01-01T01:00:00.5+01:00":         500,
		"1969-12-31T23:59:59.9999Z":           -1,
		"0001-01-01T00:00:00Z":                twin.MinMillis,
		"9999-12-31T23:59:59.999999Z":         twin.MaxMillis,
		"2024-02-29T12:00:00.120-00:30":       1709209800120,
		"0001-01-01T00:00:00+01:00":           twin.MinMillis - 3600_000, // before the first year of an event time
		"2026-11-23T10:15:30.12000000000001Z": 1795428930120,
	} {
		if got, err := twin.ParseMillis(in); err != nil || got != want {
			t.Errorf("%s: got %d %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01 00:00:00Z", "1970-02-30T00:00:00Z",
		"0"} {
		if got, err := twin.ParseMillis(in); err == nil ||
			!strings.Contains(err.Error(), "such as 2026-11-23T10:15:30.120Z") {
			t.Errorf("%s: got %d %v, want an error with an example", in, got, err)
		}
	}
}

// Ensure that a time is written as package time writes it, over the years of an event time and at
// every edge of the calendar, and that it reads back.
func TestMillis_Append(t *testing.T) {
	times := []twin.Millis{twin.MinMillis, twin.MaxMillis, -1, 0, 1}
	for year := 1; year < 10_000; year++ {
		for _, day := range []int{1, 59, 60, 61, 62, 365, 366} { // of the year: around the ends of February and December
			midnight := twin.MillisOf(time.Date(year, 1, day, 0, 0, 0, 0, time.UTC))
			times = append(times, min(midnight, twin.MaxMillis), max(midnight-1, twin.MinMillis))
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		times = append(times, twin.MinMillis+twin.Millis(r.Int64N(int64(twin.MaxMillis-twin.MinMillis))))
	}
	for _, m := range times {
		got := m.String()
		if want := m.Time().Format("2006-01-02T15:04:05.000Z"); got != want {
			t.Fatalf("%d ms: got %s, want %s", int64(m), got, want)
		}
		if back, err := twin.ParseMillis(got); err != nil || back != m {
			t.Fatalf("%s reads back as %d %v, want %d", got, back, err, m)
		}
	}
	if got := twin.Millis(twin.MaxMillis + 1).String(); got != "10000-01-01T00:00:00.000Z" {
		t.Errorf("the year 10000 is written as %s", got)
	}
	if got := (twin.MinMillis - 1).String(); got != "0000-12-31T23:59:59.999Z" {
		t.Errorf("the year 0 is written as %s", got)
	}
}

// Ensure that times are JSON strings both ways, and that a time that could not be read back is not written.
func TestMillis_JSON(t *testing.T) {
	var v struct{ At twin.Millis }
	if err := json.Unmarshal([]byte(`{"At":"2026-11-23T11:15:30.1209+01:00"}`), &v); err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(v); err != nil || string(b) != `{"At":"2026-11-23T10:15:30.120Z"}` {
		t.Errorf("got %s %v", b, err)
	}
	if err := json.Unmarshal([]byte(`{"At":"yesterday"}`), &v); err == nil {
		t.Error("yesterday is a time")
	}
	for _, m := range []twin.Millis{twin.MinMillis - 1, twin.MaxMillis + 1} {
		if b, err := json.Marshal(m); err == nil {
			t.Errorf("%d ms is written as %s", int64(m), b)
		}
	}
}

// Ensure that a time is cut downwards, also before 1970.
func TestMillisOf(t *testing.T) {
	if got := twin.MillisOf(time.Unix(0, -1)); got != -1 {
		t.Errorf("got %d", got)
	}
	if got := twin.MillisOf(time.Unix(1, 999_999)); got != 1000 {
		t.Errorf("got %d", got)
	}
}

func BenchmarkMillis_Append(b *testing.B) {
	var buf [32]byte
	b.ReportAllocs()
	for b.Loop() {
		now.Append(buf[:0])
	}
}
