package twin

import (
	"fmt"
	"strings"
	"time"
	"unicode"
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
	if reason, detail = CheckDataset(c.Dataset); reason != "" {
		return reason, detail, false
	}
	if reason, detail = CheckComponent(c.Component); reason != "" {
		return reason, detail, false
	}
	if reason, detail = CheckMetric(c.Metric); reason != "" {
		return reason, detail, false
	}
	if reason, detail = CheckValue(c.Value); reason != "" {
		return reason, detail, false
	}
	if reason, detail = CheckUnit(c.Unit); reason != "" {
		return reason, detail, false
	}
	if reason, detail = admitTime(c.EventTime, d, now); reason != "" {
		return reason, detail, false
	}
	return "", "", true
}

// CheckDataset returns a reason and a detail if no dataset may have a name.
func CheckDataset(name string) (Reason, string) {
	if strings.Contains(name, "#") {
		return BadName, fmt.Sprintf("the name of the dataset, %s, contains #", excerpt(name))
	}
	return checkName("dataset", name, MaxDataset)
}

// CheckComponent returns a reason and a detail if no component may have a name.
func CheckComponent[T string | []byte](name T) (Reason, string) {
	return checkName("component", name, MaxComponent)
}

// CheckMetric returns a reason and a detail if no metric may have a name.
func CheckMetric[T string | []byte](name T) (Reason, string) {
	return checkName("metric", name, MaxMetric)
}

func checkName[T string | []byte](what string, name T, most int) (Reason, string) {
	switch {
	case len(name) == 0:
		return BadName, "the name of the " + what + " is empty"
	case len(name) > most:
		return TooLarge, fmt.Sprintf("the name of the %s has %d bytes, more than %d", what, len(name), most)
	}
	if flaw := flawOf(name); flaw != "" {
		return BadName, fmt.Sprintf("the name of the %s, %s, %s", what, excerpt(string(name)), flaw)
	}
	return "", ""
}

// CheckUnit returns a reason and a detail if no reading may have a unit. The empty one stands for none.
func CheckUnit[T string | []byte](unit T) (Reason, string) {
	if len(unit) > MaxUnit {
		return TooLarge, fmt.Sprintf("the unit has %d bytes, more than %d", len(unit), MaxUnit)
	}
	if flaw := flawOf(unit); flaw != "" {
		return BadName, fmt.Sprintf("the unit %s %s", excerpt(string(unit)), flaw)
	}
	return "", ""
}

// CheckValue returns a reason and a detail if a text is no value: one JSON text, and I-JSON (RFC 7493), but with
// integers of any size.
func CheckValue[T string | []byte](value T) (Reason, string) {
	if len(value) > MaxValue {
		return TooLarge, fmt.Sprintf("the value has %d bytes, more than %d", len(value), MaxValue)
	}
	switch reason, flaw := checkJSON(value); reason {
	case BadValue:
		if !utf8.ValidString(string(value)) {
			return BadValue, "the value is not UTF-8"
		}
		return BadValue, fmt.Sprintf("the value %s is not JSON", excerpt(string(value)))
	case NotIJSON:
		return NotIJSON, fmt.Sprintf("the value %s %s, which I-JSON (RFC 7493) does not allow", excerpt(string(value)), flaw)
	}
	return "", ""
}

// flawOf says what no name may have: what is not UTF-8, and control characters, which cannot be seen and make names
// look alike that are not.
func flawOf[T string | []byte](name T) string {
	const del = 0x7f
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case c >= ' ' && c < del:
		case c <= del:
			return fmt.Sprintf("has the control character U+%04X", c)
		default:
			return flawOfText(string(name))
		}
	}
	return ""
}

func flawOfText(name string) string {
	if !utf8.ValidString(name) {
		return "is not UTF-8"
	}
	for _, r := range name {
		if unicode.IsControl(r) {
			return fmt.Sprintf("has the control character U+%04X", r)
		}
	}
	return ""
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
