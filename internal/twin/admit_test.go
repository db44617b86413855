package twin_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

const now twin.Millis = 1_700_000_000_000

// sample is a change that is admitted at now.
func sample(edit ...func(*twin.Change)) *twin.Change {
	c := &twin.Change{
		Dataset: "wagons", Extractor: "0123456789ab", Revision: 1,
		Component: "wagon:1", Metric: "speed", Value: "82.4", Unit: "km/h", EventTime: now,
	}
	for _, e := range edit {
		e(c)
	}
	return c
}

// Ensure that every rule of admission refuses what is just outside of it, with its reason and a
// sentence that names the cause, and admits what is just inside.
func TestAdmit(t *testing.T) {
	long := strings.Repeat
	expiring := &twin.Dataset{ExpireAfter: time.Hour}
	patient := &twin.Dataset{MaxFuture: time.Hour}
	hour := twin.Millis(time.Hour.Milliseconds())
	slack := twin.Millis(twin.DefaultMaxFuture.Milliseconds())
	for _, tc := range []struct {
		name   string
		edit   func(*twin.Change)
		policy *twin.Dataset
		reason twin.Reason // "" where it is admitted
		detail string
	}{
		{name: "the sample", edit: func(c *twin.Change) {}},
		{name: "no unit", edit: func(c *twin.Change) { c.Unit = "" }},
		{name: "odd but fine names", edit: func(c *twin.Change) {
			c.Component, c.Metric = "bin:a/b%2F 😀\U0010ffff\u00a0",
				"pm2.5#x"
		}},
		{name: "odd but fine units", edit: func(c *twin.Change) { c.Unit = "µg/m³ [H₂O]" }},
		{name: "longest names", edit: func(c *twin.Change) {
			c.Dataset, c.Component, c.Metric = long("d", 255), long("c", 1024), long("m", 255)
		}},
		{name: "no dataset", edit: func(c *twin.Change) { c.Dataset = "" }, reason: twin.BadName, detail: "dataset is empty"},
		{name: "no component", edit: func(c *twin.Change) { c.Component = "" }, reason: twin.BadName,
			detail: "component is empty"},
		{name: "no metric", edit: func(c *twin.Change) { c.Metric = "" }, reason: twin.BadName, detail: "metric is empty"},
		{name: "dataset too long", edit: func(c *twin.Change) { c.Dataset = long("d", 256) }, reason: twin.TooLarge,
			detail: "dataset has 256 bytes"},
		{name: "component too long", edit: func(c *twin.Change) { c.Component = long("ä", 513) }, reason: twin.TooLarge,
			detail: "component has 1026 bytes, more than 1024"},
		{name: "metric too long", edit: func(c *twin.Change) { c.Metric = long("m", 256) }, reason: twin.TooLarge,
			detail: "metric has 256 bytes"},
		{name: "dataset with #", edit: func(c *twin.Change) { c.Dataset = "a#b" }, reason: twin.BadName,
			detail: `"a#b", contains #`},
		{name: "component not UTF-8", edit: func(c *twin.Change) { c.Component = "a\xff" }, reason: twin.BadName,
			detail: `"a\xff", is not UTF-8`},
		{name: "metric not UTF-8", edit: func(c *twin.Change) { c.Metric = "\xc3" }, reason: twin.BadName, detail: "metric"},
		{name: "unit not UTF-8", edit: func(c *twin.Change) { c.Unit = "\xb5g" }, reason: twin.BadName, detail: "unit"},
		{name: "component that ends in NUL", edit: func(c *twin.Change) { c.Component += "\x00" }, reason: twin.BadName,
			detail: `"wagon:1\x00", has the control character U+0000`},
		{name: "metric with a line feed", edit: func(c *twin.Change) { c.Metric = "sp\need" }, reason: twin.BadName,
			detail: "control character U+000A"},
		{name: "metric with a DEL", edit: func(c *twin.Change) { c.Metric = "speed\x7f" }, reason: twin.BadName,
			detail: "control character U+007F"},
		{name: "component with a C1 control", edit: func(c *twin.Change) { c.Component = "ä\u0080" }, reason: twin.BadName,
			detail: "control character U+0080"},
		{name: "component with the last C1 control", edit: func(c *twin.Change) { c.Component = "\u009fä" },
			reason: twin.BadName, detail: "control character U+009F"},
		{name: "unit with a tab", edit: func(c *twin.Change) { c.Unit = "km/h\t" }, reason: twin.BadName,
			detail: `the unit "km/h\t" has the control character U+0009`},
		{name: "dataset with a NUL", edit: func(c *twin.Change) { c.Dataset += "\x00" }, reason: twin.BadName,
			detail: "control character U+0000"},
		{name: "unit too long", edit: func(c *twin.Change) { c.Unit = long("u", 256) }, reason: twin.TooLarge,
			detail: "unit has 256 bytes"},

		{name: "null is a value", edit: func(c *twin.Change) { c.Value = "null" }},
		{name: "largest value", edit: func(c *twin.Change) { c.Value = `"` + long("v", 8190) + `"` }},
		{name: "value too large", edit: func(c *twin.Change) { c.Value = `"` + long("v", 8191) + `"` }, reason: twin.TooLarge,
			detail: "value has 8193 bytes"},
		{name: "empty value", edit: func(c *twin.Change) { c.Value = "" }, reason: twin.BadValue, detail: `"" is not JSON`},
		{name: "bare word", edit: func(c *twin.Change) { c.Value = "NaN" }, reason: twin.BadValue,
			detail: `"NaN" is not JSON`},
		{name: "two values", edit: func(c *twin.Change) { c.Value = "1 2" }, reason: twin.BadValue, detail: "is not JSON"},
		{name: "value not UTF-8", edit: func(c *twin.Change) { c.Value = "\"\xff\"" }, reason: twin.BadValue,
			detail: "not UTF-8"},
		{name: "value not I-JSON", edit: func(c *twin.Change) { c.Value = `{"a":1,"a":2}` }, reason: twin.NotIJSON,
			detail: `has the key "a" twice, which I-JSON (RFC 7493) does not allow`},
		{name: "a long bad value is cut", edit: func(c *twin.Change) { c.Value = long("x", 100) }, reason: twin.BadValue,
			detail: `xxx"... is not JSON`},

		{name: "as far ahead as may be", edit: func(c *twin.Change) { c.EventTime = now + slack }},
		{name: "too far ahead", edit: func(c *twin.Change) { c.EventTime = now + slack + 1 }, reason: twin.Future,
			detail: "more than 5m0s ahead of"},
		{name: "further ahead, patient", edit: func(c *twin.Change) { c.EventTime = now + hour }, policy: patient},
		{name: "too far ahead, patient", edit: func(c *twin.Change) { c.EventTime = now + hour + 1 }, policy: patient,
			reason: twin.Future, detail: "1h0m0s ahead"},
		{name: "too far ahead, a policy that does not say", edit: func(c *twin.Change) { c.EventTime = now + hour },
			policy: expiring, reason: twin.Future, detail: "5m0s"},
		{name: "very old without a policy", edit: func(c *twin.Change) { c.EventTime = twin.MinMillis }},
		{name: "as old as may be", edit: func(c *twin.Change) { c.EventTime = now - hour }, policy: expiring},
		{name: "expired", edit: func(c *twin.Change) { c.EventTime = now - hour - 1 }, policy: expiring, reason: twin.Expired,
			detail: "more than 1h0m0s before"},
		{name: "before the year 1", edit: func(c *twin.Change) { c.EventTime = twin.MinMillis - 1 }, reason: twin.BadTime,
			detail: "is outside the years 1 to 9999"},
		{name: "after the year 9999", edit: func(c *twin.Change) { c.EventTime = twin.MaxMillis + 1 }, reason: twin.BadTime,
			detail: "is outside the years 1 to 9999"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reason, detail, ok := twin.Admit(sample(tc.edit), tc.policy, now)
			if ok != (tc.reason == "") || reason != tc.reason || !strings.Contains(detail, tc.detail) || (detail == "") != ok {
				t.Errorf("got %v %q %q, want %q with %q", ok, reason, detail, tc.reason, tc.detail)
			}
		})
	}
}

// Ensure that a change at the end of time does not slip through by overflow.
func TestAdmit_Overflow(t *testing.T) {
	for _, at := range []twin.Millis{1<<63 - 1, -1 << 63} {
		c := sample(func(c *twin.Change) { c.EventTime = at })
		if reason, _, ok := twin.Admit(c, &twin.Dataset{ExpireAfter: time.Hour}, now); ok || reason != twin.BadTime {
			t.Errorf("%d ms: got %v %q, want %q", int64(at), ok, reason, twin.BadTime)
		}
	}
}

// Ensure that docs/sql.md tells the limits of names and values.
func TestLimitsAreDocumented(t *testing.T) {
	docs, err := os.ReadFile("../../docs/sql.md")
	if err != nil {
		t.Fatal(err)
	}
	limits := fmt.Sprintf("of at most 1,%03d, %d and %d bytes; a value has at most %d KB", twin.MaxComponent-1000,
		twin.MaxMetric, twin.MaxUnit, twin.MaxValue>>10)
	if !strings.Contains(strings.Join(strings.Fields(string(docs)), " "), limits) {
		t.Errorf("the docs do not say %q", limits)
	}
}
