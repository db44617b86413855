package spelling

import "testing"

// Ensure that a typing error finds its word, and a different word finds none.
func TestNearest(t *testing.T) {
	words := []string{"FROM", "WHERE", "speed", "event_time", "SELECT"}
	for in, want := range map[string]string{
		"FORM": "FROM", "sped": "speed", "SPEED": "speed", "even_time": "event_time", "SELCT": "SELECT", "xyz": "", "a": "",
		"": "",
	} {
		if got := Nearest(in, words); got != want {
			t.Errorf("%q is nearest to %q, want %q", in, got, want)
		}
	}
}
