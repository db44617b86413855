package constructs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// holdsData are the types of resources whose loss is a loss of data.
var holdsData = []string{"AWS::Kinesis::Stream", "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Cognito::UserPool",
	"AWS::KMS::Key"}

// Ensure that in prod nothing that holds data goes with its stack, and that dev is disposable.
func TestRemoval(t *testing.T) {
	// what a first deployment made that failed, goes
	want := map[string]string{"dev": "Delete", "prod": "RetainExceptOnCreate"}
	for _, kind := range append([]string{"AWS::Logs::LogGroup"}, holdsData...) {
		for _, r := range theApp(t).All(kind) {
			if r.DeletionPolicy != want[r.Stack.Environment] {
				t.Errorf("%s is %s when its stack is deleted, want %s", r.Path, r.DeletionPolicy, want[r.Stack.Environment])
			}
		}
	}
	table := theApp(t).one(t, "prod", "Twin/Table")
	if table.Get("PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != true {
		t.Error("the table of prod has no point-in-time recovery")
	}
}

// Ensure that a disposable environment goes as a whole: the bucket is emptied when nothing writes into it any more,
// and only where it has the tag for it.
func TestDisposableBucket(t *testing.T) {
	a := everything(t)
	for _, e := range []string{"dev", "demand"} {
		emptied := a.one(t, e, "Twin/RejectsEmptied/Default")
		if emptied.Text("Bucket") != "${Twin/Rejects}" || emptied.Text("ServiceToken") != "${Twin/Empty/Function.Arn}" {
			t.Errorf("%s: %v", emptied.Path, emptied.Properties)
		}
		for _, later := range []string{"Twin/Empty/Policy", "Twin/Rejects/Policy"} { // is deleted after it
			if !slices.ContainsFunc(emptied.DependsOn, func(id string) bool { return emptied.Stack.Target(id) == later }) {
				t.Errorf("%s does not depend on %s", emptied.Path, later)
			}
		}
		if trigger := a.one(t, e, "Twin/Apply/Trigger"); !slices.Contains(trigger.DependsOn, emptied.ID) {
			t.Errorf("%s would still write rejects", trigger.Path)
		}
	}
	for _, b := range a.All("AWS::S3::Bucket") {
		if b.Name() == "Twin/PageFiles" {
			continue // what put its files there takes them out again
		}
		disposable := b.DeletionPolicy == "Delete"
		if tagged := strings.Contains(b.Text("Tags"), `{"Key":"`+wiring.EmptyTag+`","Value":"true"}`); tagged != disposable {
			t.Errorf("%s: tagged to be emptied: %t, disposable: %t", b.Path, tagged, disposable)
		}
	}
	for _, e := range []string{"prod", "full"} {
		if len(a.In(e, "Custom::DigitalTwinEmptyBucket")) > 0 {
			t.Errorf("%s would be emptied", e)
		}
	}
}
