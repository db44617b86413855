package constructs_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Ensure that every trigger loses nothing: it asks until the records are 20 hours old, narrows a
// failing batch down, takes partial failures, and keeps what it gave up on with its payload in the bucket.
func TestTriggersLoseNothing(t *testing.T) {
	triggers := theApp(t).All("AWS::Lambda::EventSourceMapping")
	if want := len(environments) + len(datasets(t, "dev")) + len(datasets(t, "prod")); len(triggers) != want {
		t.Fatalf("%d triggers, want %d", len(triggers), want)
	}
	for _, m := range triggers {
		for name, want := range map[string]any{
			"MaximumRecordAgeInSeconds":  72000.0,
			"MaximumRetryAttempts":       -1.0,
			"BisectBatchOnFunctionError": true,
			"FunctionResponseTypes":      []any{"ReportBatchItemFailures"},
			"StartingPosition":           "TRIM_HORIZON",
			"Enabled":                    true,
		} {
			if got := m.Get(name); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %s is %v, want %v", m.Path, name, got, want)
			}
		}
		if got := m.Text("DestinationConfig", "OnFailure", "Destination"); got != "${Twin/Rejects.Arn}" {
			t.Errorf("%s: given up records go to %q", m.Path, got)
		}
		policy := strings.TrimSuffix(m.Name(), "Trigger") + "Policy"
		if !slices.ContainsFunc(m.DependsOn, func(id string) bool { return m.Stack.Target(id) == policy }) {
			t.Errorf("%s does not wait for its policy, but for %v", m.Path, m.DependsOn)
		}
	}
	for _, s := range theApp(t).All("AWS::Kinesis::Stream") {
		if s.Get("RetentionPeriodHours") != 24.0 {
			t.Errorf("%s keeps records for %v hours; triggers try for 20", s.Path, s.Get("RetentionPeriodHours"))
		}
	}
}

// Ensure that a dataset's first record finds its policies in the catalogue.
func TestTriggersWaitForTheCatalogue(t *testing.T) {
	for _, m := range theApp(t).All("AWS::Lambda::EventSourceMapping") {
		if strings.HasPrefix(m.Name(), "Twin/") {
			continue
		}
		if !slices.ContainsFunc(m.DependsOn, func(id string) bool {
			r, ok := m.Stack.Resources[id]
			return ok && r.Type == "Custom::DigitalTwinDataset"
		}) {
			t.Errorf("%s depends on %v", m.Path, m.DependsOn)
		}
	}
}
