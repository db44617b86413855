package framing

import (
	"bytes"
	"slices"
	"testing"
)

// Ensure that an aggregate that is cut off within a tag, a length or a number, or has one that is too long, gives what
// stands before that, and then says that it is malformed: in the aggregate itself and in a record of it.
func TestMalformedAggregates(t *testing.T) {
	overlong := bytes.Repeat([]byte{0xff}, 11)
	before := field(3, field(3, []byte("a")))
	for name, broken := range map[string][]byte{
		"a tag cut off":            {0x80},
		"a tag too long":           overlong,
		"a number cut off":         {1 << 3, 0x80},
		"a number missing":         {1 << 3},
		"a number too long":        append([]byte{1 << 3}, overlong...),
		"a length cut off":         {3<<3 | 2, 0x80},
		"a length too long":        append([]byte{3<<3 | 2}, overlong...),
		"a length beyond the end":  {3<<3 | 2, 1},
		"eight bytes cut off":      append([]byte{9<<3 | 1}, make([]byte, 7)...),
		"four bytes cut off":       append([]byte{9<<3 | 5}, make([]byte, 3)...),
		"a kind that is not known": {9<<3 | 3},
	} {
		for where, body := range map[string][]byte{
			"aggregate": append(slices.Clone(before), broken...),
			"record":    append(slices.Clone(before), field(3, append(field(3, []byte("b")), broken...))...),
		} {
			got, _ := split(t, Plain, aggregated(body), 0)
			if want := []string{"a", "<" + errMalformed.Error() + ">"}; !slices.Equal(got, want) {
				t.Errorf("%s in the %s: %q, want %q", name, where, got, want)
			}
		}
	}
}
