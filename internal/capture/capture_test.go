package capture

import (
	"testing"
	"time"
)

// The newest reading becomes one of now, cut to the coarsest form of time in the capture, so that the
// delay between a timetable in minutes and a forecast in seconds survives.
func TestAppendKeepsDistances(t *testing.T) {
	records := [][]byte{[]byte("25.09.2016 22:19;25.09.2016 22:19:55"), []byte("25.09.2016 22:20;25.09.2016 22:20:25")}
	c := prepare(records, time.Date(2016, 9, 25, 20, 20, 25, 0, time.UTC), zurich)
	now := time.Date(2026, 11, 25, 1, 0, 30, 0, time.UTC) // 02:00:30 in Zurich, winter time
	for i, want := range []string{"25.11.2026 01:59;25.11.2026 01:59:55", "25.11.2026 02:00;25.11.2026 02:00:25"} {
		if got := string(c.Append([]byte("> "), i, now)); got != "> "+want {
			t.Errorf("record %d: %q, want %q", i, got, want)
		}
	}
	if got := string(c.Append(nil, 1, now.Add(-6*time.Second))); got != "25.11.2026 01:59;25.11.2026 01:59:25" {
		t.Errorf("six seconds earlier: %q: the newest reading would be later than now", got)
	}
}

// Where all times have seconds, a replay is exact to the second.
func TestAppendToTheSecond(t *testing.T) {
	c := prepare([][]byte{[]byte(`{"tst":"2018-10-09T04:32:52Z"}`)}, time.Date(2018, 10, 9, 4, 32, 55, 0, time.UTC),
		time.UTC)
	got := string(c.Append(nil, 0, time.Date(2026, 11, 25, 1, 0, 30, 999e6, time.UTC)))
	if want := `{"tst":"2026-11-25T01:00:27Z"}`; got != want || c.Len() != 1 {
		t.Errorf("%d records, %s, want %s", c.Len(), got, want)
	}
}
