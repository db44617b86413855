package feed

import (
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that what one batch of writes has given and taken away is said to be gone: a follower may have read it between
// the two, or the write that gave it is handed over again.
func TestCompareWritten_GivenAndTaken(t *testing.T) {
	const none = -1000
	expired := func(r *twin.Reading) bool { return r.EventTime < 10 }
	for _, c := range []struct {
		name      string
		written   Written
		want      string
		explained bool
	}{
		{"given, and deleted once it had expired", Written{
			Wrote: image(none, "load d 4").Readings, Served: *image(none),
		}, "-d<=4[load d]", true},
		{"held, given anew, and both have expired", Written{
			Was: image(none, "load d 3").Readings, Wrote: image(none, "load d 4").Readings, Served: *image(none),
		}, "-d<=4[load d,load d]", true},
		{"given, and forgotten", Written{
			Wrote: image(none, "load d 14").Readings, Served: *image(20),
		}, "-<=20[load d]", true},
		{"given, and a newer one", Written{
			Wrote: image(none, "load d 14").Readings, Has: image(none, "load d 15").Readings, Served: *image(none, "load d 15"),
		}, "load d 15", true},
		{"given, and gone", Written{
			Wrote: image(none, "load d 14").Readings, Served: *image(none),
		}, "", false},
	} {
		c.written.Component, c.written.Expired, c.written.Told = "c", expired, func(*twin.Reading) bool { return false }
		var b Batch
		if explained := CompareWritten(&b, &c.written); brief(&b) != c.want || explained != c.explained {
			t.Errorf("%s: %s, %t; want %s, %t", c.name, brief(&b), explained, c.want, c.explained)
		}
	}
}
