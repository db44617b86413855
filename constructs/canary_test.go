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

// Ensure that the canary's schedule puts records that the canary's extractor reads, every few minutes, into the stream
// of its own stack; that its client is there for those who run the smoke test; and that nothing of it is where it is
// not asked for.
func TestCanary(t *testing.T) {
	a := everything(t)
	schedules := a.All("AWS::Scheduler::Schedule")
	if len(schedules) != 2 || schedules[0].Stack.Name != "DigitalTwin-full-twin-canary" ||
		schedules[1].Stack.Name != "DigitalTwin-sources-twin-canary" {
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
			if stack.Environment != "full" && stack.Environment != "sources" &&
				strings.Contains(strings.ToLower(r.Name()), "canary") {
				t.Errorf("%s is there without being asked for", r.Path)
			}
		}
	}
}

// Ensure that the canary is hidden from everybody but its client, with and without a file of grants and with an issuer
// of one's own, and that nothing is reserved where there is no canary.
func TestCanaryIsHidden(t *testing.T) {
	a := everything(t)
	for environment, want := range map[string]string{
		"full": "twin_canary=${Twin/Users/Client-canary}", "sources": "twin_canary=5f0c7a52-6d9d-4f0e-9a51-2f6b7f1d3c10",
		"prod": "", "dev": "",
	} {
		got := a.one(t, environment, "Twin/Query/Function").Text("Environment", "Variables", "TWIN_RESERVED")
		if got != want {
			t.Errorf("%s reserves %q, want %q", environment, got, want)
		}
	}
	for settings, want := range map[string]string{
		`{"dev":{"canary":{"client":"x"}}}`: "canary.client is for an issuer of your own",
		`{"dev":{"auth":{"issuer":"https://login.example.com","audience":["t"]},"canary":{"client":"a b"}}}`: `canary.client is "a b": want the id`,
	} {
		if _, err := synthesizeWith(t, settings, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", settings, err)
		}
	}
}
