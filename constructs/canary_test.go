package constructs_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/extractors/canary"
)

// Ensure that the canary's schedule puts records that the canary's extractor reads, every few minutes, into the stream of its
// own stack; that its client is there for those who run the smoke test; and that nothing of it is where it is not asked for.
func TestCanary(t *testing.T) {
	a := everything(t)
	schedules := a.All("AWS::Scheduler::Schedule")
	if len(schedules) != 1 || schedules[0].Stack.Name != "DigitalTwin-full-twin-canary" {
		t.Fatalf("%d schedules", len(schedules))
	}
	s := schedules[0]
	if s.Text("ScheduleExpression") != "cron(0/2 * * * ? *)" || s.Text("Target", "Arn") != "${Pipeline/Source.Arn}" ||
		s.Text("Target", "RoleArn") != "${Pipeline/Canary/Role.Arn}" {
		t.Errorf("the schedule is %v", s.Properties)
	}
	var put, want map[string]string
	if err := json.Unmarshal([]byte(s.Text("Target", "Input")), &put); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(canary.Record("p", "n", time.Now()), &want); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(slices.Sorted(maps.Keys(put)), slices.Sorted(maps.Keys(want))) {
		t.Errorf("the schedule puts %v, twin smoke %v", put, want)
	}
	for output, stack := range map[string]string{
		"CanaryCredentials": "DigitalTwin-full", "CanaryStreamArn": "DigitalTwin-full-twin-canary",
	} {
		if a.Output(stack, output) == "" {
			t.Errorf("%s has no output %s", stack, output)
		}
	}
	for _, stack := range a.Stacks {
		for _, r := range stack.Resources {
			if stack.Environment != "full" && strings.Contains(strings.ToLower(r.Name()), "canary") {
				t.Errorf("%s is there without being asked for", r.Path)
			}
		}
	}
}
