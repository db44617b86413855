package assembly_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// twin writes an assembly of two stacks, the second of which imports from the first.
func twin(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"manifest.json": `{"artifacts":{
			"Twin-eu":{"type":"aws:cloudformation:stack","environment":"aws://123456789012/eu-central-1",
				"properties":{"terminationProtection":true,"tags":{"environment":"prod"}}},
			"Twin-eu-bikes":{"type":"aws:cloudformation:stack","environment":"aws://unknown-account/unknown-region","properties":{}}}}`,
		"Twin-eu.template.json": `{"Resources":{
			"Table1":{"Type":"AWS::DynamoDB::Table","Metadata":{"aws:cdk:path":"Twin-eu/Twin/Table/Resource"},"DeletionPolicy":"Retain",
				"Properties":{"SSESpecification":{"KMSMasterKeyId":{"Fn::GetAtt":["Key1","Arn"]}}}},
			"Key1":{"Type":"AWS::KMS::Key","Metadata":{"aws:cdk:path":"Twin-eu/Twin/Key/Resource"}}},
			"Outputs":{"TwinTableName":{"Value":{"Ref":"Table1"}},"Export1":{"Value":{"Fn::GetAtt":["Key1","Arn"]},"Export":{"Name":"Twin-eu:Key"}}}}`,
		"Twin-eu-bikes.template.json": `{"Resources":{
			"Policy1":{"Type":"AWS::IAM::Policy","Metadata":{"aws:cdk:path":"Twin-eu-bikes/Pipeline/Policy/Resource"},
				"Properties":{"Key":{"Fn::ImportValue":"Twin-eu:Key"},"Gone":{"Fn::ImportValue":"Twin-eu:No"},
					"Of":{"Fn::Join":[":",["arn",{"Ref":"AWS::Partition"},1,true]]}}}}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Ensure that resources are found by their places, and that references are followed over the borders of stacks.
func TestRead(t *testing.T) {
	a, err := assembly.Read(twin(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Stacks) != 2 || a.Stacks[0].Environment != "prod" || a.Stacks[0].Region != "eu-central-1" ||
		!a.Stacks[0].Protected {
		t.Errorf("the stacks are %+v", a.Stacks)
	}
	if s := a.Stacks[1]; s.Environment != "eu" || s.Region != "" || s.Protected {
		t.Errorf("the second stack is %+v", s)
	}
	table := a.Find("prod", "Twin/Table")
	if table == nil || table.DeletionPolicy != "Retain" ||
		table.Text("SSESpecification", "KMSMasterKeyId") != "${Twin/Key.Arn}" {
		t.Fatalf("the table is %+v", table)
	}
	if got := table.Get("SSESpecification", "KMSMasterKeyId", "Fn::GetAtt", "Arn"); got != nil {
		t.Errorf("a path through a list gives %v", got)
	}
	policy := a.All("AWS::IAM::Policy")[0]
	for name, want := range map[string]string{"Key": "${Twin/Key.Arn}", "Gone": "${no export Twin-eu:No}",
		"Of": "arn:${AWS::Partition}:1:true"} {
		if got := policy.Text(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if got := a.Output("Twin-eu", "TableName"); got != "${Twin/Table}" {
		t.Errorf("the output is %s", got)
	}
	if len(a.In("eu", "AWS::KMS::Key")) != 0 || len(a.In("prod", "AWS::KMS::Key")) != 1 {
		t.Error("the keys are of the wrong environment")
	}
}

// Ensure that a folder that is no assembly, and a template that is no JSON, are errors that say which.
func TestReadFaults(t *testing.T) {
	if _, err := assembly.Read(t.TempDir()); err == nil || !strings.Contains(err.Error(), "run npx cdk synth first") {
		t.Errorf("an empty folder: %v", err)
	}
	for _, name := range []string{"manifest.json", "Twin-eu.template.json"} {
		dir := twin(t)
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := assembly.Read(dir); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s is broken: %v", name, err)
		}
	}
}
