package constructs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// policyRules hold for every statement of every policy. Each returns what is wrong, or nothing.
var policyRules = map[string]func(s *statement) string{
	"actions are named":            unnamedAction,
	"resources are named":          unnamedResource,
	"principals are named":         unnamedPrincipal,
	"a service says for whom":      confusedDeputy,
	"a key is for its service":     misusedKey,
	"who administers does not use": usingAdministrator,
}

// Ensure that every statement of every policy of every environment keeps the rules, and that nothing is allowed
// to break one that does not.
func TestPolicies(t *testing.T) {
	statements := everything(t).statements()
	if len(statements) < 100 {
		t.Fatalf("only %d statements were found", len(statements))
	}
	for _, s := range statements {
		for name, rule := range policyRules {
			if wrong := rule(s); wrong != "" {
				t.Errorf("%s: %s: %s\n%s", s.owner.Path, name, wrong, s)
			}
		}
	}
	for _, p := range patterns {
		if !slices.ContainsFunc(statements, func(s *statement) bool {
			return s.effect == "Allow" &&
				slices.ContainsFunc(s.on, p.is)
		}) {
			t.Errorf("no statement is about %s; take it off the list", p.resource)
		}
	}
	for service := range sourceless {
		if !slices.ContainsFunc(statements, func(s *statement) bool {
			return s.trust &&
				slices.Contains(s.principals, service)
		}) {
			t.Errorf("nothing trusts %s; take it off the list", service)
		}
	}
}

// unnamedAction finds actions by pattern, and statements about everything but something.
func unnamedAction(s *statement) string {
	if s.effect == "Deny" {
		return ""
	}
	if len(s.inverted) > 0 {
		return "it allows everything but what " + strings.Join(s.inverted, " and ") + " says"
	}
	for _, action := range s.actions {
		if strings.Contains(action, "*") {
			return "it allows " + action
		}
	}
	return ""
}

// pattern is a resource with a * that statements may speak of.
type pattern struct {
	resource string // begins or ends so
	reason   string
}

func (p pattern) is(on string) bool {
	return strings.HasSuffix(on, p.resource) || strings.HasPrefix(on, p.resource)
}

var patterns = []pattern{
	{"${Twin/Rejects.Arn}/aws/lambda/*", "AWS Lambda names the objects of failed batches"},
	{"${Twin/Rejects.Arn}/rejects/*", "the operate function reads, marks and drops all rejects"},
	{"${Twin/Rejects.Arn}/*", "all of a bucket is deleted before the bucket is"},
	{"${Twin/PageFiles.Arn}/*", "the page is all files of its bucket"},
	{"arn:aws:s3:::lake-of-positions/positions/*", "the objects of a source are those below its prefix"},
	{"${Twin/Rejects.Arn}/rejects/", "a function names its rejects, below a prefix of its own"},
	{"/extract/*", "the operate function reads sources again as the roles that read them, which come later"},
	{"${Twin/Table.Arn}-restored*", "a restorer names the table that is restored into"},
	{":log-group:*", "an operator searches the logs of the environment, by their tag"},
	{":event-source-mapping:*", "an operator sees the triggers of the environment, by their tag"},
}

// resourceless are actions for which IAM knows no resource.
var resourceless = []string{"cloudwatch:GetMetricData", "lambda:ListEventSourceMappings", "logs:DescribeLogGroups",
	"logs:GetQueryResults",
	"xray:PutTelemetryRecords", "xray:PutTraceSegments"}

// unnamedResource finds resources by pattern that are not on the list. The policies of a key and of a secret, which
// cannot speak of another one, say *.
func unnamedResource(s *statement) string {
	if s.effect == "Deny" || s.owner.Type == "AWS::KMS::Key" || s.owner.Type == "AWS::SecretsManager::ResourcePolicy" {
		return ""
	}
	for _, on := range s.on {
		if on == "*" && !slices.ContainsFunc(s.actions, func(a string) bool { return !slices.Contains(resourceless, a) }) {
			continue
		}
		if strings.Contains(on, "*") && !slices.ContainsFunc(patterns,
			func(p pattern) bool { return on != "*" && p.is(on) }) {
			return "it is about " + on
		}
	}
	return ""
}

// open are the environments whose settings let "account" in, and the statements that this opens.
var (
	open        = []string{"dev", "sources"}
	openedByAll = []string{"ProducersPut", "ReadersRead", "OperatorsRead", "OperatorsTest", "OperatorsUse",
		"OperatorsGrant"}
)

// unnamedPrincipal finds statements for everybody, and those for a whole account that no condition narrows down to
// roles and users by their names. A key's administration is the account's, or nobody could correct its policy.
func unnamedPrincipal(s *statement) string {
	if s.effect == "Deny" {
		return ""
	}
	for _, who := range s.principals {
		switch {
		case strings.Contains(who, "*"):
			return "it is for " + who
		case strings.HasSuffix(who, ":root") && s.sid != "Administer" && !slices.ContainsFunc(s.when, narrowsToNames) &&
			(!slices.Contains(open, s.owner.Stack.Environment) ||
				!slices.Contains(openedByAll, strings.TrimSuffix(s.sid, "Account"))):
			return "it is for all of an account"
		}
	}
	return ""
}

// narrowsToNames reports whether a condition names roles and users. A name with a * would let in whoever may make
// roles, but for those of IAM Identity Center, which nobody else can make.
func narrowsToNames(when string) bool {
	names, ok := strings.CutPrefix(when, "ArnLike aws:PrincipalArn ")
	if !ok {
		return false
	}
	return !slices.ContainsFunc(strings.Split(names, " or "), func(name string) bool {
		named := strings.Contains(name, ":iam::") && (strings.Contains(name, ":role/") || strings.Contains(name, ":user/"))
		return !named || strings.Contains(name, "*") && !strings.Contains(name, ":role/aws-reserved/sso.amazonaws.com/")
	})
}

// sourceless are the services that hand no source over when they assume a role: a condition on aws:SourceArn would
// lock them out. A role of another account cannot be given to them.
var sourceless = map[string]string{
	"lambda.amazonaws.com":     "the role of a function",
	"apigateway.amazonaws.com": "the role by which API Gateway writes the logs of an account",
}

// confusedDeputy finds services that are trusted for whoever makes them act.
func confusedDeputy(s *statement) string {
	for _, who := range s.principals {
		if s.effect == "Deny" || !isService(who) || s.trust && sourceless[who] != "" {
			continue
		}
		arn := s.asks("aws:SourceArn") || s.asks("kms:EncryptionContext:aws:logs:arn") ||
			s.asks("kms:EncryptionContext:aws:kinesisanalytics:arn")
		account := s.asks("aws:SourceAccount") || arn && strings.Contains(strings.Join(s.when, "\n"), ":${AWS::AccountId}:")
		if !arn && !account {
			return "it trusts " + who + " for any source"
		}
		if who == "s3.amazonaws.com" && !account {
			return "it trusts " + who + " for a bucket, whose ARN names no account"
		}
	}
	return ""
}

// uses are the actions that use a key, and not only administer it.
var uses = []string{
	"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair",
	"kms:GenerateDataKeyPairWithoutPlaintext", "kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateMac",
	"kms:ReEncryptFrom",
	"kms:ReEncryptTo", "kms:Sign",
}

func (s *statement) uses() bool {
	return s.effect == "Allow" && slices.ContainsFunc(s.actions, func(a string) bool { return slices.Contains(uses, a) })
}

// keyServices are the services through which each key is used.
var keyServices = map[string]string{
	"Pipeline/SourceKey": "kinesis", "Twin/ChangesKey": "kinesis", "Twin/ReadingsKey": "dynamodb",
	"Twin/FeedKey": "dynamodb", "Twin/RejectsKey": "s3",
	"Twin/CredentialsKey": "secretsmanager", "Twin/AlarmsKey": "sns", "Pipeline/Flink/StateKey": "kinesisanalytics",
}

// isService reports whether a principal is a service of AWS itself.
func isService(who string) bool {
	return strings.HasSuffix(who, ".amazonaws.com") || strings.HasSuffix(who, ".${AWS::URLSuffix}")
}

// misusedKey finds statements by which a key can be used otherwise than through its service. The policy of a key of
// ours says which; for a key that is somebody else's the role does.
func misusedKey(s *statement) string {
	if !s.uses() {
		return ""
	}
	if s.owner.Type != "AWS::KMS::Key" {
		if !s.asks("kms:ViaService") && slices.ContainsFunc(s.on,
			func(on string) bool { return !strings.HasPrefix(on, "${") }) {
			return "the role can use the key of others through any service"
		}
		return ""
	}
	if slices.ContainsFunc(s.principals, isService) {
		return "" // the service itself, see confusedDeputy
	}
	service, ok := keyServices[s.owner.Name()]
	if !ok {
		return "nothing says which service the key is for"
	}
	if !slices.Contains(s.when, "StringEquals kms:ViaService "+service+".${AWS::Region}.${AWS::URLSuffix}") {
		return "it is not limited to " + service
	}
	if slices.ContainsFunc(s.principals, func(who string) bool { return !strings.HasSuffix(who, ":root") }) {
		return "it names a role as its principal, which is locked out when it is made again"
	}
	return ""
}

// usingAdministrator finds administrators of a key who could read with it.
func usingAdministrator(s *statement) string {
	if s.owner.Type == "AWS::KMS::Key" && s.sid == "Administer" && s.uses() {
		return "it uses the key"
	}
	return ""
}

// Ensure that each rule finds what breaks it.
func TestPolicyRulesCanFail(t *testing.T) {
	for _, c := range []struct{ rule, resource string }{
		{"actions are named", policyOf(`{"Effect":"Allow","Action":"kinesis:*","Resource":"arn:aws:kinesis:a:b:stream/c"}`)},
		{"actions are named",
			policyOf(`{"Effect":"Allow","NotAction":"iam:PassRole","Resource":"arn:aws:kinesis:a:b:stream/c"}`)},
		{"resources are named", policyOf(`{"Effect":"Allow","Action":["kinesis:PutRecords"],"Resource":"*"}`)},
		{"resources are named",
			policyOf(`{"Effect":"Allow","Action":"kinesis:PutRecords","Resource":["arn:aws:kinesis:a:b:stream/c","arn:aws:kinesis:a:b:stream/*"]}`)},
		{"resources are named",
			`{"Type":"AWS::IAM::Role","Properties":{"Policies":[{"PolicyDocument":{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}}]}}`},
		{"resources are named",
			`{"Type":"AWS::Logs::ResourcePolicy","Properties":{"PolicyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"logs:PutLogEvents\",\"Resource\":\"*\"}]}"}}`},
		{"principals are named",
			`{"Type":"AWS::S3::BucketPolicy","Properties":{"PolicyDocument":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"}]}}}`},
		{"principals are named",
			`{"Type":"AWS::SNS::TopicPolicy","Properties":{"PolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sns:Publish","Resource":"arn:aws:sns:a:b:c"}]}}}`},
		{"principals are named",
			keyOf(`{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:Decrypt","Resource":"*"}`)},
		{"a service says for whom",
			`{"Type":"AWS::IAM::Role","Properties":{"AssumeRolePolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"kinesisanalytics.amazonaws.com"},"Action":"sts:AssumeRole"}]}}}`},
		{"a service says for whom",
			`{"Type":"AWS::Lambda::Permission","Properties":{"Action":"lambda:InvokeFunction","FunctionName":"f","Principal":"apigateway.amazonaws.com"}}`},
		{"a service says for whom",
			`{"Type":"AWS::Lambda::Permission","Properties":{"Action":"lambda:InvokeFunction","FunctionName":"f","Principal":"s3.amazonaws.com","SourceArn":"arn:aws:s3:::b"}}`},
		{"a service says for whom",
			`{"Type":"AWS::SNS::TopicPolicy","Properties":{"PolicyDocument":{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish","Resource":"arn:aws:sns:a:b:c"}]}}}`},
		{"a key is for its service",
			keyOf(`{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:role/r"},"Action":"kms:Decrypt","Resource":"*"}`)},
		{"a key is for its service",
			keyOf(`{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.${AWS::Region}.${AWS::URLSuffix}"}}}`)},
		{"a key is for its service",
			keyOf(`{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:role/r"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"dynamodb.${AWS::Region}.${AWS::URLSuffix}"}}}`)},
		{"principals are named",
			keyOf(`{"Sid":"Use","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"kms:Decrypt","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::1:role/digitaltwin/*"}}}`)},
		{"a key is for its service",
			policyOf(`{"Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:a:b:key/c"}`)},
		{"who administers does not use",
			keyOf(`{"Sid":"Administer","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":["kms:PutKeyPolicy","kms:Decrypt"],"Resource":"*"}`)},
	} {
		found := appOf(t, c.resource).statements()
		if len(found) != 1 {
			t.Errorf("%d statements in %s", len(found), c.resource)
			continue
		}
		if policyRules[c.rule](found[0]) == "" {
			t.Errorf("%s: nothing is wrong with %s", c.rule, c.resource)
		}
	}
}

func policyOf(statement string) string {
	return `{"Type":"AWS::IAM::Policy","Properties":{"PolicyDocument":{"Statement":[` + statement + `]}}}`
}

func keyOf(statement string) string {
	return `{"Type":"AWS::KMS::Key","Metadata":{"aws:cdk:path":"DigitalTwin-bad/Twin/ReadingsKey/Resource"},"Properties":{"KeyPolicy":{"Statement":[` + statement + `]}}}`
}

// appOf makes an app of resources as a template writes them.
func appOf(t *testing.T, resources ...string) *app {
	t.Helper()
	s := &assembly.Stack{Name: "DigitalTwin-bad", Environment: "bad", Resources: map[string]*assembly.Resource{}}
	for i, text := range resources {
		r := &assembly.Resource{Stack: s, ID: string(rune('A' + i))}
		if err := json.Unmarshal([]byte(text), r); err != nil {
			t.Fatal(err)
		}
		r.Path, _ = r.Metadata["aws:cdk:path"].(string)
		s.Resources[r.ID] = r
	}
	s.App = &assembly.App{Stacks: []*assembly.Stack{s}}
	return &app{s.App}
}
