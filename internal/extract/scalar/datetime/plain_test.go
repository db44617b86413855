package datetime

import (
	"testing"
	"time"
)

// Ensure that the plain form is read as package time reads it, and that anything else is left to the
// full reader.
func FuzzPlainInstant(f *testing.F) {
	for _, s := range []string{
		"2026-11-23T10:15:30.123Z", "0000-01-01T00:00:00.000Z", "9999-12-28T23:59:59.999Z", "2026-11-31T10:15:30.123Z",
		"2026-11-23t10:15:30.123Z", "2026-11-23T10:15:30.123z", "2026-1a-23T10:15:30.123Z", "2026-11-23T24:15:30.123Z",
		"\xff026-11-23T10:15:30.123Z",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := PlainInstant([]byte(s))
		const form = "2006-01-02T15:04:05.000Z"
		want, err := time.Parse(form, s)
		plain := err == nil && want.Format(form) == s // Parse alone forgives a comma
		if ok && (!plain || want.UnixMilli() != got) {
			t.Errorf("%q is %d, package time says %v %v", s, got, want, err)
		}
		if !ok && plain {
			t.Errorf("%q is plain, and was not taken", s)
		}
	})
}
