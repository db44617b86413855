package upgrade_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/upgrade"
)

// assemblyOf writes templates and reads them, by the names of their stacks.
func assemblyOf(t *testing.T, templates map[string]string) *assembly.App {
	t.Helper()
	dir := t.TempDir()
	for name, text := range templates {
		if err := os.WriteFile(filepath.Join(dir, name+".template.json"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	a, err := assembly.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// one is a template of one resource.
func one(kind, properties string) map[string]string {
	return map[string]string{"S": `{"Resources":{"R":` + resource("R", kind, properties) + `}}`}
}

func resource(id, kind, properties string) string {
	return `{"Type":"` + kind + `","Metadata":{"aws:cdk:path":"S/` + id +
		`/Resource"},"DeletionPolicy":"RetainExceptOnCreate",` +
		`"UpdateReplacePolicy":"Retain","Properties":{` + properties + `}}`
}

// Ensure that each rule finds what it is about, and nothing in what stays as it is.
func TestCompare(t *testing.T) {
	const function, mapping = `"R":{"Type":"AWS::Lambda::Function","Properties":{}}`, "AWS::Lambda::EventSourceMapping"
	trigger := func(position, function string) map[string]string {
		return one(mapping, `"FunctionName":"`+function+`","EventSourceArn":"arn:s","StartingPosition":"`+position+`"`)
	}
	exports := func(resources, value string) map[string]string {
		return map[string]string{
			"S": `{"Resources":{` + resources + `},"Outputs":{"E":{"Value":` + value + `,"Export":{"Name":"S:E"}}}}`,
			"T": `{"Resources":{"P":{"Type":"AWS::IAM::Policy","Properties":{"A":{"B":[{"Fn::ImportValue":"S:E"}]}}}}}`,
		}
	}
	without := func(m map[string]string, stack string) map[string]string {
		delete(m, stack)
		return m
	}
	for _, c := range []struct {
		name          string
		before, after map[string]string
		want          []string // kinds and parts of what is said
	}{
		{"nothing", one("AWS::Kinesis::Stream", `"ShardCount":1`), one("AWS::Kinesis::Stream", `"ShardCount":2`), nil},
		{"start", trigger("TRIM_HORIZON", "f"), trigger("LATEST", "f"),
			[]string{"loses: S R: it is made anew and begins with what comes then",
				"refused: S R: there is one already (S/R/Resource) when it is made, with the same FunctionName and " +
					"EventSourceArn"}},
		{"start by an alias", trigger("LATEST", "f"), trigger("AT_TIMESTAMP", "f:start"),
			[]string{"again: S R: it is made anew and begins at the time"}},
		{"shards", one("AWS::Kinesis::Stream", `"ShardCount":1`), one("AWS::Kinesis::Stream", `"ShardCount":4`),
			[]string{"refused: S R: from 1 to 4 shards"}},
		{"retention", one("AWS::Kinesis::Stream", `"RetentionPeriodHours":48`),
			one("AWS::Kinesis::Stream", `"RetentionPeriodHours":24`),
			[]string{"loses: S R: it keeps records for a shorter time"}},
		{"keys of a table", one("AWS::DynamoDB::Table", `"KeySchema":[{"AttributeName":"a"}]`),
			one("AWS::DynamoDB::Table", `"KeySchema":[{"AttributeName":"b"}]`),
			[]string{"loses: S R: it is made anew: the old one is retained and billed, with its readings out of reach"}},
		{"two indexes", one("AWS::DynamoDB::Table", ``), one("AWS::DynamoDB::Table", `"GlobalSecondaryIndexes":[{},{}]`),
			[]string{"refused: S R: 2 indexes change at once"}},
		{"a fixed name", one("AWS::IAM::ManagedPolicy", `"ManagedPolicyName":"p","Description":"a"`),
			one("AWS::IAM::ManagedPolicy", `"ManagedPolicyName":"p","Description":"b"`),
			[]string{"refused: S R: there is one already (S/R/Resource) when it is made, with the same ManagedPolicyName"}},
		{"a retained name", one("AWS::Logs::LogGroup", `"LogGroupName":"aws-waf-logs-a"`),
			map[string]string{"S": `{"Resources":{}}`}, []string{"leaves: S R: it is retained with its name"}},
		{"a type", one("AWS::SQS::Queue", ``), one("AWS::SNS::Topic", ``), []string{"refused: S R: it changes its type"}},
		{"a key that goes", one("AWS::KMS::Key", ``), map[string]string{"S": `{"Resources":{}}`},
			[]string{"loses: S R: it goes: the old one is retained and billed, with what only it decrypts"}},
		{"a stack that goes", one("AWS::KMS::Key", ``), map[string]string{"T": `{"Resources":{}}`},
			[]string{"leaves: S: the stack is not in the app any more"}},
		{"an export that goes", exports(function, `{"Ref":"R"}`),
			map[string]string{"S": `{"Resources":{` + function + `}}`, "T": `{"Resources":{}}`},
			[]string{"refused: S: an export that T uses changes or goes: S:E"}},
		{"an export whose stack is left", exports(function, `{"Ref":"R"}`),
			map[string]string{"S": `{"Resources":{` + function + `}}`},
			[]string{"refused: S: an export that T uses", "leaves: T: the stack"}},
		{"an export that stays", exports(function, `{"Ref":"R"}`), without(exports(function, `{"Ref":"R"}`), "T"),
			[]string{"leaves: T: the stack"}},
		{"an export of what is made anew", exports(`"R":`+resource("R", "AWS::SNS::Topic", `"TopicName":"a"`), `{"Ref":"R"}`),
			exports(`"R":`+resource("R", "AWS::SNS::Topic", `"TopicName":"b"`), `{"Ref":"R"}`),
			[]string{"refused: S: an export that T uses", "loses: S R: it is made anew"}},
		{"what refers to what is made anew",
			map[string]string{"S": `{"Resources":{"F":` + resource("F", "AWS::Lambda::Function", `"FunctionName":"a"`) +
				`,"R":` + resource("R", mapping, `"EventSourceArn":{"Fn::GetAtt":["F","Arn"]},"FunctionName":"f"`) + `}}`},
			map[string]string{"S": `{"Resources":{"F":` + resource("F", "AWS::Lambda::Function", `"FunctionName":"b"`) +
				`,"R":` + resource("R", mapping, `"EventSourceArn":{"Fn::GetAtt":["F","Arn"]},"FunctionName":"f"`) + `}}`},
			[]string{"again: S R: it is made anew"}},
		{"a function of a custom resource", one("Custom::A", `"ServiceToken":"a"`), one("Custom::A", `"ServiceToken":"b"`),
			[]string{"refused: S R: its function changes"}},
		{"keys of callers", one("AWS::ApiGateway::Method", `"ApiKeyRequired":false`),
			one("AWS::ApiGateway::Method", `"ApiKeyRequired":true`), []string{"callers: S R: calls need an API key"}},
	} {
		var got []string
		for _, f := range upgrade.Compare(assemblyOf(t, c.before), assemblyOf(t, c.after)) {
			got = append(got, f.String())
		}
		ok := len(got) == len(c.want)
		for _, w := range c.want {
			ok = ok && slices.ContainsFunc(got, func(g string) bool { return strings.HasPrefix(g, w) })
		}
		if !ok {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}
