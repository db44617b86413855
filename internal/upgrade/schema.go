package upgrade

import (
	_ "embed"
	"encoding/json"
	"slices"
)

// schemas are what CloudFormation's schemas say of the types of resources that the twin uses, as cfn-lint ships them; a
// test beside package constructs holds the file against them.
//
//go:embed schemas.json
var schemas []byte

// Schema is what matters of the schema of a type of resource.
type Schema struct {
	// CreateOnly are the paths of properties whose change makes the resource anew.
	CreateOnly []string `json:"createOnly"`
	// Identifier are the properties that identify the resource, where the template says them.
	Identifier []string `json:"identifier"`
}

// Schemas are the schemas by type.
var Schemas = read()

func read() map[string]Schema {
	var m map[string]Schema
	if err := json.Unmarshal(schemas, &m); err != nil {
		panic("BUG: schemas.json: " + err.Error())
	}
	return m
}

// MoreCreateOnly are properties that services do not change although CloudFormation's schemas do not say so
// (@aws-cdk/aws-service-spec does).
var MoreCreateOnly = map[string][]string{
	"AWS::DynamoDB::Table":                 {"KeySchema"},
	"AWS::KinesisAnalyticsV2::Application": {"RuntimeEnvironment"},
	"AWS::S3::Bucket":                      {"ObjectLockEnabled"},
	"AWS::Route53::RecordSet":              {"Name"},
	"AWS::Events::Rule":                    {"EventBusName"},
}

func createOnly(kind string) []string {
	return slices.Concat(Schemas[kind].CreateOnly, MoreCreateOnly[kind])
}

// uniqueBy are the properties whose values no two resources of a type may share, where that is more than their
// identifier says.
var uniqueBy = map[string][]string{
	"AWS::Lambda::EventSourceMapping":             {"FunctionName", "EventSourceArn"},
	"AWS::Cognito::UserPoolDomain":                {"Domain"},
	"AWS::IAM::ManagedPolicy":                     {"ManagedPolicyName"},
	"AWS::Kinesis::StreamConsumer":                {"ConsumerName", "StreamARN"},
	"AWS::Lambda::Alias":                          {"FunctionName", "Name"},
	"AWS::Route53::RecordSet":                     {"Name", "Type"},
	"AWS::SNS::Topic":                             {"TopicName"},
	"AWS::WAFv2::WebACLAssociation":               {"ResourceArn"},
	"AWS::SecretsManager::ResourcePolicy":         {"SecretId"},
	"AWS::ApiGateway::Resource":                   {"RestApiId", "ParentId", "PathPart"},
	"AWS::ApplicationAutoScaling::ScalableTarget": {"ResourceId", "ScalableDimension"},
}
