package twin

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// The greatest sizes in bytes. They keep the keys of a store below its limits (a DynamoDB sort key
// has 1,024 bytes and holds a dataset and a metric), and one cell from filling an item.
const (
	MaxDataset   = 255
	MaxComponent = 1024
	MaxMetric    = 255
	MaxValue     = 8 << 10
	MaxUnit      = 255
)

// Admit says whether c may be offered to the store at the time now, by the policy of its dataset; a
// nil d stands for a dataset that nothing is known of, which has the defaults. If not, it says why in
// a word and in a sentence.
func Admit(c *Change, d *Dataset, now Millis) (reason Reason, detail string, ok bool) {
	for _, check := range [...]func(*Change) (Reason, string){admitNames, admitValue, admitUnit} {
		if reason, detail := check(c); reason != "" {
			return reason, detail, false
		}
	}
	if reason, detail := admitTime(c.EventTime, d, now); reason != "" {
		return reason, detail, false
	}
	return "", "", true
}

func admitNames(c *Change) (Reason, string) {
	for _, n := range [...]struct {
		what, name string
		max        int
	}{
		{"dataset", c.Dataset, MaxDataset},
		{"component", c.Component, MaxComponent},
		{"metric", c.Metric, MaxMetric},
	} {
		switch {
		case n.name == "":
			return BadName, "the name of the " + n.what + " is empty"
		case len(n.name) > n.max:
			return TooLarge, fmt.Sprintf("the name of the %s has %d bytes, more than %d", n.what, len(n.name), n.max)
		case !utf8.ValidString(n.name):
			return BadName, fmt.Sprintf("the name of the %s, %q, is not UTF-8", n.what, n.name)
		}
	}
	if strings.Contains(c.Dataset, "#") {
		return BadName, fmt.Sprintf("the name of the dataset, %q, contains #", c.Dataset)
	}
	return "", ""
}

func admitValue(c *Change) (Reason, string) {
	switch {
	case len(c.Value) > MaxValue:
		return TooLarge, fmt.Sprintf("the value has %d bytes, more than %d", len(c.Value), MaxValue)
	case !utf8.ValidString(c.Value):
		return BadValue, "the value is not UTF-8"
	case !json.Valid([]byte(c.Value)):
		return BadValue, fmt.Sprintf("the value %s is not JSON", excerpt(c.Value))
	}
	return "", ""
}

func admitUnit(c *Change) (Reason, string) {
	switch {
	case len(c.Unit) > MaxUnit:
		return TooLarge, fmt.Sprintf("the unit has %d bytes, more than %d", len(c.Unit), MaxUnit)
	case !utf8.ValidString(c.Unit):
		return BadName, fmt.Sprintf("the unit %q is not UTF-8", c.Unit)
	}
	return "", ""
}

func admitTime(t Millis, d *Dataset, now Millis) (Reason, string) {
	maxFuture, expireAfter := DefaultMaxFuture, time.Duration(0)
	if d != nil {
		expireAfter = d.ExpireAfter
		if d.MaxFuture > 0 {
			maxFuture = d.MaxFuture
		}
	}
	switch {
	case !t.InRange():
		return BadTime, "the event time " + t.OutOfRange()
	case t > now+Millis(maxFuture.Milliseconds()):
		return Future, fmt.Sprintf("the event time %s is more than %s ahead of %s", t, maxFuture, now)
	case expireAfter > 0 && t < now-Millis(expireAfter.Milliseconds()):
		return Expired, fmt.Sprintf("the event time %s is more than %s before %s", t, expireAfter, now)
	}
	return "", ""
}

// excerpt quotes the head of a text for a message.
func excerpt(s string) string {
	const most = 40
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q...", s[:most])
}
