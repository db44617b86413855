package infer

import "testing"

func TestFormOf(t *testing.T) {
	for _, tc := range []struct {
		texts    []string
		number   bool
		describe string
	}{
		{[]string{"1743466326"}, true, "epoch seconds"},
		{[]string{"1743466326.5"}, true, "epoch seconds"},
		{[]string{"1743466326123"}, true, "epoch milliseconds"},
		{[]string{"1743466326123456"}, true, "epoch microseconds"},
		{[]string{"2740662067"}, true, "no time"}, // a counter
		{[]string{"2025-04-01T00:12:06Z", "2025-04-01T00:12:06.5Z"}, false, "ISO 8601, UTC"},
		{[]string{"2025-04-01T02:12:06+02:00", "2025-04-01T00:12:06Z"}, false, "ISO 8601, with an offset"},
		{[]string{"2025-04-01T02:12:06+0200"}, false, "ISO 8601, with an offset"},
		{[]string{"2025-04-01T02:12:06", "2025-04-01T00:12:06Z"}, false, "no time"},
		{[]string{"2025-04-01 02:12:06.250"}, false, "local time, yyyy-MM-dd HH:mm:ss"},
		{[]string{"2025-04-01T02:12"}, false, "local time, yyyy-MM-dd''T''HH:mm"},
		{[]string{"01.04.2025 02:12", "01.04.2025 02:12:06"}, false, "local time, dd.MM.yyyy HH:mm[:ss]"},
		{[]string{"04/13/2025 02:12:06"}, false, "local time, MM/dd/yyyy HH:mm:ss"},
		{[]string{"20250401021206"}, false, "local time, yyyyMMddHHmmss"},
		{[]string{"2025-04-01"}, false, "a date"},
		{[]string{"02:12"}, false, "a time of day"},
		{[]string{"2025-13-01"}, false, "no time"},
		{[]string{"x", "2025-04-01"}, false, "no time"},
		{nil, false, "no time"},
	} {
		if form := formOf(tc.texts, tc.number); form.describe() != tc.describe {
			t.Errorf("%q: %s, want %s", tc.texts, form.describe(), tc.describe)
		}
	}
	if !formOf([]string{"01/02/2025 10:15"}, false).americanToo ||
		formOf([]string{"21/02/2025 10:15"}, false).americanToo {
		t.Error("day and month")
	}
}

func TestUnitOf(t *testing.T) {
	for name, want := range map[string]string{
		"speedKmh": "km/h", "tempC": "Cel", "tC": "Cel", "battery_voltage": "V", "a_act_power": "W", "rssi": "dB{mW}",
		"humidity": "%",
		"free":     "1", "heading": "deg", "odo": "m", "state": "", "x": "",
	} {
		if got := unitOf([]string{name}); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for text, want := range map[string]string{"wmoUnit:degC": "Cel", "km/h": "km/h", "Pa": "Pa", "furlong": "furlong",
		"°": "deg"} {
		if got := codeOf(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
