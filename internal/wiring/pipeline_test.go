package wiring

import (
	"strings"
	"testing"
)

// Ensure that an SQL file comes back as it was, in much less text, and that what is none is refused.
func TestPackSQL(t *testing.T) {
	sql := strings.Repeat("SELECT component, 'speed', JSON_STRING(speed), 'km/h', measured_at FROM samples\n", 99)
	packed := PackSQL([]byte(sql))
	if len(packed) > len(sql)/3 || packed != PackSQL([]byte(sql)) {
		t.Errorf("%d characters of %d", len(packed), len(sql))
	}
	if got, err := unpackSQL(packed); err != nil || string(got) != sql {
		t.Errorf("%.40q, %v", got, err)
	}
	for _, text := range []string{"", "!", "AAAA", packed[:len(packed)/8*4]} {
		if got, err := unpackSQL(text); err == nil {
			t.Errorf("%.20s: %.40q", text, got)
		}
	}
}

// Ensure that a client's outputs have names that CloudFormation takes.
func TestTitle(t *testing.T) {
	for name, want := range map[string]string{"machine": "MachineCredentials", "map-server": "MapServerCredentials",
		"a-1-": "A1Credentials"} {
		if got := OutputCredentials(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
