package feed

import (
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// image makes an image of readings such as "speed d 5": of a metric, a dataset and an event time, in this order.
func image(floor twin.Millis, readings ...string) *Image {
	i := &Image{Floor: floor}
	for _, r := range readings {
		c := twin.Change{Component: "c", Value: "1"}
		if _, err := fmt.Sscan(r, &c.Metric, &c.Dataset, &c.EventTime); err != nil {
			panic(err)
		}
		i.Readings = append(i.Readings, c.Reading())
	}
	return i
}

// brief returns a batch in short: what is forgotten as -dataset<=time[lost], changes as metric dataset time, with !the
// datasets that hide them and +those that did.
func brief(b *Batch) string {
	var out []string
	for _, f := range b.Forgotten {
		var lost []string
		for _, l := range f.Lost {
			lost = append(lost, l.Metric+" "+l.Dataset)
		}
		out = append(out, fmt.Sprintf("-%s<=%d[%s]", f.Dataset, f.Before, strings.Join(lost, ",")))
	}
	for _, c := range b.Changes {
		text := fmt.Sprintf("%s %s %d", c.Metric, c.Dataset, c.EventTime)
		if len(c.Hidden) > 0 {
			text += "!" + strings.Join(c.Hidden, ",")
		}
		if len(c.Shown) > 0 {
			text += "+" + strings.Join(c.Shown, ",")
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

// Ensure that images are compared by what readers of any datasets are served.
func TestCompare(t *testing.T) {
	const none = -1000
	for _, c := range []struct {
		name          string
		before, after *Image
		want          string
	}{
		{"nothing", image(none), image(none), ""},
		{"the same", image(none, "load d 1", "speed d 1"), image(none, "load d 1", "speed d 1"), ""},
		{"the first", image(none), image(none, "load d 1", "speed d 2"), "load d 1; speed d 2"},
		{"one of several", image(none, "load d 1", "speed d 1"), image(none, "load d 1", "speed d 2"), "speed d 2"},
		{"hidden by another dataset", image(none, "load e 5"), image(none, "load d 4", "load e 5"), "load d 4!e"},
		{"hides another dataset", image(none, "load d 4"), image(none, "load d 4", "load e 5"), "load e 5"},
		{"as old as another: the lesser name", image(none, "load d 4"), image(none, "load d 4", "load e 4"), "load e 4!d"},
		{"overtakes", image(none, "load d 4", "load e 5"), image(none, "load d 6", "load e 5"), "load d 6"},
		{"forgotten", image(none, "load d 4", "speed d 5"), image(9), "-<=9[load d,speed d]"},
		{"forgotten with nothing there", image(none), image(9), ""},
		{"forgotten, but for a newer one", image(none, "load d 4", "speed d 12"), image(9, "speed d 12"), "-<=9[load d]"},
		{"forgotten, and newer ones", image(none, "load d 4"), image(9, "load d 10"), "load d 10"},
		{"expired", image(none, "load d 4", "speed d 5"), image(none, "speed d 5"), "-d<=4[load d]"},
		{"expired in two datasets", image(none, "load d 4", "load e 3"), image(none), "-d<=4[load d]; -e<=3[load e]"},
		{"several expired", image(none, "a d 4", "b d 7", "c d 9"), image(none, "c d 9"), "-d<=7[a d,b d]"},
		{"shown again", image(none, "load d 4", "load e 5"), image(none, "load d 4"), "-e<=5[load e]; load d 4+e"},
		{"still hidden", image(none, "load d 4", "load e 5", "load f 6"), image(none, "load d 4", "load f 6"),
			"-e<=5[load e]; load d 4!f+e"},
		{"expired and replaced", image(none, "load d 4", "load e 5"), image(none, "load e 6"), "-d<=4[load d]; load e 6"},
	} {
		var b Batch
		if Compare(&b, "c", c.before, c.after); brief(&b) != c.want {
			t.Errorf("%s: %s, want %s", c.name, brief(&b), c.want)
		}
	}
}
