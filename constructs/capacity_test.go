package constructs_test

import (
	"maps"
	"testing"
)

// Ensure that the table is paid by request unless capacity is asked for, and then scales within its bounds, with
// its index.
func TestCapacity(t *testing.T) {
	a := everything(t)
	for _, e := range environments {
		if got := a.one(t, e, "Twin/Table").Text("BillingMode"); got != "PAY_PER_REQUEST" {
			t.Errorf("%s: the table is paid by %s", e, got)
		}
		if n := len(a.In(e, "AWS::ApplicationAutoScaling::ScalableTarget")); n > 0 {
			t.Errorf("%s has %d scalable targets", e, n)
		}
	}
	table := a.one(t, "full", "Twin/Table")
	if got := table.Text("ProvisionedThroughput"); got != `{"ReadCapacityUnits":5,"WriteCapacityUnits":10}` ||
		table.Get("BillingMode") == "PAY_PER_REQUEST" {
		t.Errorf("the table begins with %s", got)
	}
	got := map[string]string{}
	for _, r := range a.In("full", "AWS::ApplicationAutoScaling::ScalableTarget") {
		got[r.Text("ScalableDimension")] = r.Text("MinCapacity") + " to " + r.Text("MaxCapacity")
	}
	want := map[string]string{
		"dynamodb:table:ReadCapacityUnits": "5 to 100", "dynamodb:table:WriteCapacityUnits": "10 to 400",
		"dynamodb:index:ReadCapacityUnits": "1 to 20", "dynamodb:index:WriteCapacityUnits": "1 to 10",
	}
	if !maps.Equal(got, want) {
		t.Errorf("the capacity scales %v, want %v", got, want)
	}
	policies := a.In("full", "AWS::ApplicationAutoScaling::ScalingPolicy")
	for _, r := range policies {
		if r.Get("TargetTrackingScalingPolicyConfiguration", "TargetValue") != 60.0 {
			t.Errorf("%s aims at %s", r.Path, r.Text("TargetTrackingScalingPolicyConfiguration", "TargetValue"))
		}
	}
	if len(policies) != 6 {
		t.Errorf("%d scaling policies", len(policies))
	}
}

// Ensure that the table can be restored for as long as the settings say: everywhere that it is retained, and not
// in a disposable environment.
func TestRecovery(t *testing.T) {
	for e, want := range map[string]string{
		"dev":  `{"PointInTimeRecoveryEnabled":false}`,
		"prod": `{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":35}`,
		"full": `{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":7}`,
	} {
		if got := everything(t).one(t, e, "Twin/Table").Text("PointInTimeRecoverySpecification"); got != want {
			t.Errorf("%s: %s, want %s", e, got, want)
		}
	}
}
