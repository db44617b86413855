package constructs_test

import (
	"slices"
	"strings"
	"testing"
)

// Ensure that rejects are nobody else's to see, and gone after the days in cdk.json.
func TestRejectsBucket(t *testing.T) {
	for _, b := range theApp(t).All("AWS::S3::Bucket") {
		for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if b.Get("PublicAccessBlockConfiguration", block) != true {
				t.Errorf("%s: %s is not set", b.Path, block)
			}
		}
		rules, _ := b.Get("LifecycleConfiguration", "Rules").([]any)
		if len(rules) != 1 ||
			rules[0].(map[string]any)["ExpirationInDays"] != map[string]float64{"dev": 7, "prod": 30}[b.Stack.Environment] ||
			rules[0].(map[string]any)["Status"] != "Enabled" {
			t.Errorf("%s keeps objects by %v", b.Path, rules)
		}
	}
}

// Ensure that the buckets refuse what does not come over TLS.
func TestBucketsAreForTLSOnly(t *testing.T) {
	a := everything(t)
	denied := map[string]bool{}
	for _, s := range a.statements() {
		if s.owner.Type == "AWS::S3::BucketPolicy" && s.effect == "Deny" &&
			slices.Contains(s.when, "Bool aws:SecureTransport false") {
			denied[s.owner.Stack.Name+" "+s.owner.Text("Bucket")] = true
		}
	}
	for _, b := range a.All("AWS::S3::Bucket") {
		if !denied[b.Stack.Name+" ${"+b.Name()+"}"] {
			t.Errorf("%s takes plain HTTP", b.Path)
		}
	}
}

// deployedIndexes are those of the version before. What is among them must stay as it is, and a version may add one: an
// update that does more is refused by CloudFormation.
var deployedIndexes = []string{"dataset of dataset, component"}

// Ensure that an update of the table changes one index at most.
func TestIndexes(t *testing.T) {
	for _, table := range theApp(t).All("AWS::DynamoDB::Table") {
		var got []string
		for _, index := range table.Get("GlobalSecondaryIndexes").([]any) {
			var keys []string
			for _, k := range index.(map[string]any)["KeySchema"].([]any) {
				keys = append(keys, k.(map[string]any)["AttributeName"].(string))
			}
			got = append(got, index.(map[string]any)["IndexName"].(string)+" of "+strings.Join(keys, ", "))
		}
		added := 0
		for _, index := range got {
			if !slices.Contains(deployedIndexes, index) {
				added++
			}
		}
		for _, index := range deployedIndexes {
			if !slices.Contains(got, index) {
				t.Errorf("%s has lost the index %s", table.Path, index)
			}
		}
		if added > 1 {
			t.Errorf("%s has the indexes %q: more than one is new", table.Path, got)
		}
	}
}
