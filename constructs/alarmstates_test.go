package constructs_test

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/wiring"
	"github.com/railtwin/digitaltwin/test/cloudwatch"
)

// recording is what metrics got, and whether alarms of a kind have to go off by it.
type recording struct {
	off    bool
	points map[string]cloudwatch.Points
}

// midnight is when recordings begin.
var midnight = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)

// recordings reads testdata/alarms.txt.
func recordings(t *testing.T) map[string][]recording {
	t.Helper()
	all := map[string][]recording{}
	for line := range strings.Lines(read(t, "testdata/alarms.txt")) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, "|")
		kind, is := strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1])
		r := recording{off: is == "off", points: map[string]cloudwatch.Points{}}
		if is != "off" && is != "calm" {
			t.Fatalf("%s: neither off nor calm", line)
		}
		for _, metric := range strings.Fields(parts[2]) {
			name, text, _ := strings.Cut(metric, "=")
			r.points[name] = pointsOf(t, text)
		}
		all[kind] = append(all[kind], r)
	}
	return all
}

func pointsOf(t *testing.T, text string) (points cloudwatch.Points) {
	t.Helper()
	for part := range strings.SplitSeq(text, ",") {
		value, times, _ := strings.Cut(part, "*")
		n, err := strconv.Atoi("0" + times)
		if err != nil {
			t.Fatal(err)
		}
		v := math.NaN()
		if value != "-" {
			if v, err = strconv.ParseFloat(value, 64); err != nil {
				t.Fatal(err)
			}
		}
		points = append(points, slices.Repeat(cloudwatch.Points{v}, max(n, 1))...)
	}
	return points
}

// kindOfAlarm is the kind of an alarm by its name: the one with the longest name that this one ends with.
func kindOfAlarm(r *assembly.Resource) (kind string) {
	for _, k := range constructs.AlarmKinds {
		if strings.HasSuffix(r.Name(), k.Name) && len(k.Name) > len(kind) {
			kind = k.Name
		}
	}
	return kind
}

// states are the states of an alarm, each once where it repeats.
func states(t *testing.T, r *assembly.Resource, start time.Time,
	points map[string]cloudwatch.Points) []cloudwatch.State {
	t.Helper()
	a, err := cloudwatch.Parse(r.Properties)
	if err != nil {
		t.Fatalf("%s: %v", r.Path, err)
	}
	all, err := a.States(start, points)
	if err != nil {
		t.Fatalf("%s: %v", r.Path, err)
	}
	return slices.Compact(all)
}

// Ensure that every alarm of every environment goes off by what it is for, ends, and does not go off by less.
func TestAlarmsGoOffAndEnd(t *testing.T) {
	recorded, seen := recordings(t), map[string]bool{}
	offAndBack := []cloudwatch.State{cloudwatch.OK, cloudwatch.InAlarm, cloudwatch.OK}
	for _, r := range everything(t).All("AWS::CloudWatch::Alarm") {
		kind := kindOfAlarm(r)
		if strings.Contains(r.Name(), "/Custom") {
			continue // see TestCustomAlarms
		}
		seen[kind] = true
		off := false
		for _, rec := range recorded[kind] {
			off = off || rec.off
			got := states(t, r, midnight, rec.points)
			quiet := strings.Contains(r.Text("Metrics"), "HOUR(") // goes off on two days; see TestQuietHours
			if rec.off && !quiet && !slices.Equal(got, offAndBack) {
				t.Errorf("%s of the kind %s is %v where it should go off and end", r.Path, kind, got)
			}
			if !rec.off && slices.Contains(got, cloudwatch.InAlarm) {
				t.Errorf("%s of the kind %s is %v where it should be calm", r.Path, kind, got)
			}
		}
		if !off || !slices.ContainsFunc(recorded[kind], func(r recording) bool { return !r.off }) {
			t.Errorf("%s: there is no recording of the kind %q by which it goes off, or none by which it stays "+
				"calm", r.Path, kind)
		}
	}
	compare(t, "recordings of alarms", slices.Sorted(maps.Keys(recorded)), slices.Sorted(maps.Keys(seen)))
	for _, k := range constructs.AlarmKinds {
		if !seen[k.Name] {
			t.Errorf("no environment has an alarm of the kind %s", k.Name)
		}
	}
}

// Ensure that a dataset is not silent in its quiet hours, and that it is some time after their end.
func TestQuietHours(t *testing.T) {
	silent := everything(t).inStack(t, "DigitalTwin-sources-oslo-bysykkel-gbfs", "Pipeline/Alarms/Silent") // 22-5
	night := func(minutes int) map[string]cloudwatch.Points {                                              // from 21:55 on
		return map[string]cloudwatch.Points{"Records": slices.Concat(slices.Repeat(cloudwatch.Points{1}, 21*60+55),
			slices.Repeat(cloudwatch.Points{math.NaN()}, minutes), slices.Repeat(cloudwatch.Points{1}, 60))}
	}
	if got := states(t, silent, midnight, night(7*60+5)); slices.Contains(got, cloudwatch.InAlarm) {
		t.Errorf("it goes off in the night: %v", got)
	}
	if got := states(t, silent, midnight, night(10*60)); !slices.Contains(got, cloudwatch.InAlarm) {
		t.Errorf("it does not go off in the morning: %v", got)
	}
}

// Ensure that a custom alarm of the settings looks at what they say, and goes off.
func TestCustomAlarms(t *testing.T) {
	a := everything(t)
	old := a.one(t, "full", "Twin/Alarms/CustomOldWagons")
	points := map[string]cloudwatch.Points{wiring.MetricFreshness: pointsOf(t, "2000*20,700000*20,2000*20")}
	if got := states(t, old, midnight, points); !slices.Contains(got, cloudwatch.InAlarm) ||
		got[len(got)-1] != cloudwatch.OK {
		t.Errorf("%s is %v", old.Path, got)
	}
	for _, want := range []string{"wagon_telemetry", "full"} {
		if !strings.Contains(old.Text("Dimensions"), `"Value":"`+want+`"`) {
			t.Errorf("it is not of %s: %s", want, old.Text("Dimensions"))
		}
	}
	few := a.one(t, "full", "Twin/Alarms/CustomFewBuses")
	points = map[string]cloudwatch.Points{wiring.MetricApplied: pointsOf(t, "50*60,-*60,50*60")}
	if got := states(t, few, midnight, points); !slices.Contains(got, cloudwatch.InAlarm) ||
		got[len(got)-1] != cloudwatch.OK {
		t.Errorf("%s is %v", few.Path, got)
	}
	if !strings.HasPrefix(old.Text("AlarmDescription"), "[critical] The "+
		"") || !strings.HasPrefix(few.Text("AlarmDescription"), "[warning] ") {
		t.Errorf("%s; %s", old.Text("AlarmDescription"), few.Text("AlarmDescription"))
	}
	if topic := few.Text("AlarmActions"); topic != "arn:aws:sns:eu-central-1:123456789012:office" {
		t.Errorf("a warning goes to %s", topic)
	}
}
