package iam

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// ARN is the ARN of a resource of the environment.
func (w *World) ARN(r *assembly.Resource) string {
	arn, _ := w.identity(r)
	return arn
}

// Text is the text of a property, with the references of this world.
func (w *World) Text(r *assembly.Resource, path ...string) string {
	return w.text(r.Stack, r.Get(path...))
}

func (w *World) text(s *assembly.Stack, v any) string { return s.Resolve(v, w) }

// Find is the resource with a name in the stack of the core, or, with a dataset, in that of the dataset; nil if there
// is none.
func (w *World) Find(dataset, name string) *assembly.Resource {
	stack := "DigitalTwin-" + w.Environment
	if dataset != "" {
		stack += "-" + strings.ReplaceAll(dataset, "_", "-")
	}
	for r := range w.Resources("") {
		if r.Stack.Name == stack && r.Name() == name {
			return r
		}
	}
	return nil
}

// Pseudo is the value of a pseudo parameter.
func (w *World) Pseudo(name string) string {
	values := map[string]string{"AWS::AccountId": Account, "AWS::Region": Region, "AWS::Partition": "aws",
		"AWS::URLSuffix": "amazonaws.com",
		// only the core's
		"AWS::StackId": "arn:aws:cloudformation:" + Region + ":" + Account + ":stack/DigitalTwin-" + w.Environment + "/id"}
	if v, ok := values[name]; ok {
		return v
	}
	return "${" + name + "}"
}

// Resource is what a reference to a resource gives.
func (w *World) Resource(r *assembly.Resource, attribute string) string {
	arn, ref := w.identity(r)
	switch {
	case attribute == "":
		return ref
	case strings.HasSuffix(strings.ToLower(attribute), "arn") && arn != "":
		if r.Type == "AWS::Logs::LogGroup" {
			return arn + ":*"
		}
		if r.Type == "AWS::DynamoDB::Table" && attribute == "StreamArn" {
			return arn + "/stream/1"
		}
		return arn
	}
	return "${" + r.Name() + "." + attribute + "}"
}

// identity is the ARN of a resource, and what Ref gives. What has no name in its template is named after its place in
// it.
func (w *World) identity(r *assembly.Resource) (arn, ref string) {
	name := r.Stack.Name + "-" + r.ID
	regional := func(service, resource string) string {
		return "arn:aws:" + service + ":" + Region + ":" + Account + ":" + resource
	}
	switch r.Type {
	case "AWS::KMS::Key":
		return regional("kms", "key/"+name), name
	case "AWS::Kinesis::Stream":
		return regional("kinesis", "stream/"+name), name
	case "AWS::Kinesis::StreamConsumer":
		arn := w.Text(r, "StreamARN") + "/consumer/" + w.Text(r, "ConsumerName") + ":1"
		return arn, arn
	case "AWS::DynamoDB::Table":
		return regional("dynamodb", "table/"+name), name
	case "AWS::S3::Bucket":
		name = strings.ToLower(name)
		return "arn:aws:s3:::" + name, name
	case "AWS::IAM::Role":
		if named := w.Text(r, "RoleName"); named != "" {
			name = named
		}
		path := w.Text(r, "Path")
		if path == "" {
			path = "/"
		}
		return "arn:aws:iam::" + Account + ":role" + path + name, name
	case "AWS::IAM::ManagedPolicy":
		arn := "arn:aws:iam::" + Account + ":policy" + w.Text(r, "Path") + w.Text(r, "ManagedPolicyName")
		return arn, arn
	case "AWS::Lambda::Function":
		return regional("lambda", "function:"+name), name
	case "AWS::Lambda::Alias":
		arn := regional("lambda", "function:"+w.Text(r, "FunctionName")+":"+w.Text(r, "Name"))
		return arn, arn
	case "AWS::Lambda::EventSourceMapping":
		return regional("lambda", "event-source-mapping:"+name), name
	case "AWS::SecretsManager::Secret":
		arn := regional("secretsmanager", "secret:"+r.ID+"-abcdefghijkl-mnopqr")
		return arn, arn
	case "AWS::ApiGateway::ApiKey":
		sum := sha256.Sum256([]byte(name))
		return "", hex.EncodeToString(sum[:5])
	case "AWS::SQS::Queue":
		return regional("sqs", name), "https://sqs." + Region + ".amazonaws.com/" + Account + "/" + name
	case "AWS::SNS::Topic":
		if named := w.Text(r, "TopicName"); named != "" {
			name = named
		}
		return regional("sns", name), regional("sns", name)
	case "AWS::Events::Rule":
		return regional("events", "rule/"+name), name
	case "AWS::Logs::LogGroup":
		if named := w.Text(r, "LogGroupName"); named != "" {
			name = named
		}
		return regional("logs", "log-group:"+name), name
	case "AWS::CloudWatch::Dashboard":
		return "arn:aws:cloudwatch::" + Account + ":dashboard/" + name, name
	case "AWS::Cognito::UserPool":
		return regional("cognito-idp", "userpool/"+name), name
	case "AWS::KinesisAnalyticsV2::Application":
		name = w.Text(r, "ApplicationName")
		return regional("kinesisanalytics", "application/"+name), name
	}
	return "", name
}

// Tags are the tags of a resource as conditions ask for them.
func (w *World) Tags(r *assembly.Resource) map[string][]string {
	tags := map[string][]string{}
	list, _ := r.Get("Tags").([]any)
	for _, e := range list {
		tag := e.(map[string]any)
		tags["aws:ResourceTag/"+w.text(r.Stack, tag["Key"])] = []string{w.text(r.Stack, tag["Value"])}
	}
	return tags
}
