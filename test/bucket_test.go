package test

import (
	"slices"
	"testing"
)

// Ensure that rejects are nobody else's to see, and gone after the days in cdk.json.
func TestRejectsBucket(t *testing.T) {
	for _, b := range theApp(t).all("AWS::S3::Bucket") {
		for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
			if b.get("PublicAccessBlockConfiguration", block) != true {
				t.Errorf("%s: %s is not set", b.path, block)
			}
		}
		rules, _ := b.get("LifecycleConfiguration", "Rules").([]any)
		if len(rules) != 1 || rules[0].(map[string]any)["ExpirationInDays"] != map[string]float64{"dev": 7, "prod": 30}[b.stack.Environment] || rules[0].(map[string]any)["Status"] != "Enabled" {
			t.Errorf("%s keeps objects by %v", b.path, rules)
		}
	}
}

// Ensure that the buckets refuse what does not come over TLS.
func TestBucketsAreForTLSOnly(t *testing.T) {
	a := everything(t)
	denied := map[string]bool{}
	for _, s := range a.statements() {
		if s.owner.Type == "AWS::S3::BucketPolicy" && s.effect == "Deny" && slices.Contains(s.when, "Bool aws:SecureTransport false") {
			denied[s.owner.stack.name+" "+s.owner.text("Bucket")] = true
		}
	}
	for _, b := range a.all("AWS::S3::Bucket") {
		if !denied[b.stack.name+" ${"+b.name()+"}"] {
			t.Errorf("%s takes plain HTTP", b.path)
		}
	}
}
