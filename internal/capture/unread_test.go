package capture

import "testing"

func TestUnread(t *testing.T) {
	for _, c := range []struct {
		format, record string
		want           int
	}{
		{"json", `{"a":1}`, -1},
		{"json", "{\"a\":1}\n\t ", -1},
		{"json", "{\"a\":1}\n{\"a\":2}\n", 8},
		{"json", "\ufeff1 2", 5},
		{"json", `[{"a":1},{"a":2}]`, -1},
		{"json", `{"a":`, -1},
		{"json", ``, -1},
		{"csv", "a;b", -1},
		{"csv", "a;b\r\n", -1},
		{"csv", "a;b\r\n1;2\r\n", 5},
		{"csv", "\"a\nb\";c\n", -1},
		{"csv", "\"a\nb\";c\nd", 8},
		{"raw", "a\nb", -1},
	} {
		if got := Unread(c.format, []byte(c.record)); got != c.want {
			t.Errorf("%s %q: %d, want %d", c.format, c.record, got, c.want)
		}
	}
}
