package filter_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/filter"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// wagon is a component; its position and its battery are stale.
var wagon = []twin.Reading{
	{Metric: "axle 1", Value: "95.1"},
	{Metric: "battery", Value: "12", EventTime: 1},
	{Metric: "big", Value: "9007199254740993"},
	{Metric: "brake.applied", Value: "false"},
	{Metric: "movement.state", Value: `"parking"`},
	{Metric: "position", Value: `{"lat":47.4,"lon":8.1}`, EventTime: 1},
	{Metric: "speed", Value: "8.18e1"},
	{Metric: "station", Value: `"K\u00e4pyl\u00e4 \"A\""`},
	{Metric: "train", Value: "null"},
}

func isStale(r *twin.Reading) bool { return r.EventTime == 1 }

func holds(t *testing.T, text string) bool {
	t.Helper()
	f, err := filter.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	again, err := filter.Parse(f.String())
	if err != nil || again.String() != f.String() {
		t.Fatalf("%s is written as %s, which reads as %v, %v", text, f, again, err)
	}
	got := f.Holds(wagon, isStale)
	if again.Holds(wagon, isStale) != got {
		t.Fatalf("%s holds, and %s does not, or the other way round", text, f)
	}
	return got
}

// Ensure that each comparison, of each kind of value, means what it says.
func TestHolds(t *testing.T) {
	for text, want := range map[string]bool{
		"speed": true, "!speed": false, "load": false, "!load": true, "!!speed": true,
		"speed>81": true, "speed>81.8": false, "speed>=81.8": true, "speed<81.9": true, "speed<=81.8": true,
		"speed=81.8":   true,
		"speed==81.80": true, "speed!=81.8": false, "speed>-1e9": true, " speed > 81 ": true,
		"big=9007199254740993": true, "big=9007199254740992": false, "big>9007199254740992": true,
		"big<9007199254740993.5": true,
		"brake.applied=false":    true, "brake.applied=true": false, "brake.applied!=true": true, "train=null": true,
		"train!=null": false, "speed!=null": true,
		"movement.state=parking": true, `movement.state="parking"`: true, "movement.state>moving": true,
		"movement.state<parked":  false,
		`station="Käpylä \"A\""`: true, `"axle 1">95`: true, `"axle\u00201">95`: true,
		"speed=parking": false, "speed!=parking": true, "speed<parking": false, "position=1": false, "position!=1": true,
		"position": true,
		"load=1":   false, "load!=1": false, "!load=1": true, "train>0": false,
		"stale(position)": true, "stale(speed)": false, "stale(load)": false, "!stale(speed)": true, "stale()": true,
		"speed>80;stale(position)": true, "speed>90;stale(position)": false, "speed>90|stale(position)": true,
		"speed>90;load|battery<20": true, "speed>90;(load|battery<20)": false, "!(speed>90;load)": true, "(speed)": true,
	} {
		if got := holds(t, text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
	for _, tiny := range []string{"zero=1e-999999999", "zero=0e999999999", "zero>-1e-9999999999999999999"} {
		f, err := filter.Parse(tiny) // and at once
		if err != nil {
			t.Fatal(err)
		}
		f.Holds([]twin.Reading{{Metric: "zero", Value: "0"}}, isStale)
	}
	f, _ := filter.Parse("stale()")
	if f.Holds(wagon[2:3], isStale) || f.Holds(nil, isStale) {
		t.Error("nothing is stale")
	}
}

// Ensure that a filter says which metrics it looks at.
func TestMetrics(t *testing.T) {
	for text, want := range map[string]string{
		"b>1;a|!b": "[a b] false", "stale(c);x=1": "[c x] false", "stale();x": "[x] true",
	} {
		f, err := filter.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		names, all := f.Metrics()
		if got := fmt.Sprint(names, " ", all); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
}

// Ensure that a mistake is told with its column and what to write.
func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "column 1: it ends where a condition",
		"speed>":                       "column 7: a value is missing after >",
		"speed>;x":                     "column 7: a value is missing after >",
		"speed>8O":                     "column 7: 8O is not a number",
		"speed>08":                     "column 7: 08 is not a number",
		"speed>1e999":                  "column 7: 1e999 is not a number",
		"speed>.5":                     "column 7: .5 is not a number",
		"ß>1;;x":                       `column 5: unexpected ';' where a condition`,
		"speed>80 km/h":                `column 10: unexpected 'k'. Conditions are separated`,
		"speed>80,x":                   `column 9: unexpected ','`,
		"state='x'":                    "column 7: a text stands in double quotes",
		`state="x`:                     "column 7: the quotes that begin here have no end",
		`state="\x"`:                   `column 7: "\x" is not a text`,
		`"">1`:                         "column 1: a name has 1 to",
		"brake>true":                   "column 7: true compares with = and != only",
		"fresh(speed)":                 `column 1: there is no function "fresh". Use stale(metric)`,
		`"stale"(speed)`:               "column 1: there is no function",
		"stale(speed":                  "column 12: a ) is missing after stale(speed",
		"stale(":                       "column 7: it ends where the name of a metric, or )",
		"(speed":                       "column 7: a ) is missing",
		"speed)":                       "column 6: unexpected ')'",
		"=1":                           "column 1: unexpected '='",
		"a=\xff":                       "not valid UTF-8",
		strings.Repeat("!", 99) + "a":  "more than 16 levels",
		strings.Repeat("a;", 99) + "a": "more than 50 conditions",
		strings.Repeat("a", 5000):      "longer than 4096 bytes",
	} {
		_, err := filter.Parse(text)
		if _, ok := errors.AsType[*filter.Error](err); !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
	}
}

// FuzzParse reads any text. What is taken reads back from its one form as the same, and decides the same, of any value.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"speed>80;stale(position)", `a="b\"c"|!(x=1;y)`, "stale()", "((a))", "a==-1e-300",
		`"a;b"!=null`, "!stale=stale", "ä<ö"} {
		f.Add(text, "81.8")
	}
	f.Add("a>1e308", "1e-308")
	f.Fuzz(func(t *testing.T, text, value string) {
		parsed, err := filter.Parse(text)
		if err != nil {
			if e, ok := errors.AsType[*filter.Error](err); !ok || e.Column < 1 || e.Column > len(text)+1 {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		again, err := filter.Parse(parsed.String())
		if err != nil || again.String() != parsed.String() {
			t.Fatalf("%q is written as %q: %v, %v", text, parsed, again, err)
		}
		names, all := parsed.Metrics()
		var readings []twin.Reading
		for i, name := range names {
			if i%2 == 0 {
				readings = append(readings, twin.Reading{Metric: name, Value: value, EventTime: twin.Millis(i % 4)})
			}
		}
		late := func(r *twin.Reading) bool { return r.EventTime == 0 }
		got := parsed.Holds(readings, late)
		if again.Holds(readings, late) != got {
			t.Fatalf("%q and %q differ", parsed, again)
		}
		if !all { // what it does not name does not matter
			if parsed.Holds(append([]twin.Reading{{Metric: "", Value: "1"}}, readings...), late) != got {
				t.Fatalf("%q looks at more than %v", text, names)
			}
		}
	})
}
