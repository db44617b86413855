package constructs_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Ensure that every function has a role of its own, and that no role has a policy that AWS manages, but the
// one that API Gateway asks for.
func TestEveryFunctionHasItsOwnRole(t *testing.T) {
	a := everything(t)
	users := map[string]string{}
	for _, f := range a.All("AWS::Lambda::Function") {
		role := f.Stack.Name + " " + f.Text("Role")
		if other, taken := users[role]; taken {
			t.Errorf("%s and %s share %s", f.Path, other, role)
		}
		users[role] = f.Path
	}
	for _, r := range a.All("AWS::IAM::Role") {
		if policies := r.Text("ManagedPolicyArns"); policies != "" && r.Name() != "Twin/ApiLogsRole" {
			t.Errorf("%s has %s", r.Path, policies)
		}
	}
}

// trusted are the services that may assume the roles that are not a function's.
var trusted = map[string]string{"Twin/ApiLogsRole": "apigateway.amazonaws.com",
	"Pipeline/Flink/Role":  "kinesisanalytics.amazonaws.com",
	"Pipeline/Canary/Role": "scheduler.amazonaws.com"}

// Ensure that each role can be assumed by the one service that it is for, and by nobody else.
func TestTrust(t *testing.T) {
	for _, s := range everything(t).statements() {
		if !s.trust {
			continue
		}
		// as the one role that is named
		if slices.Contains([]string{"Pipeline/Extract/Role", "Pipeline/Objects/Role"}, s.owner.Name()) &&
			s.sid == "OperateReads" {
			if role := ":role/digitaltwin/" + s.owner.Stack.Environment + "/operate/"; len(s.when) != 1 ||
				!strings.HasPrefix(s.when[0], "ArnLike aws:PrincipalArn ") || !strings.Contains(s.when[0], role) {
				t.Errorf("%s: %s", s.owner.Path, s)
			}
			continue
		}
		want := trusted[s.owner.Name()]
		if want == "" {
			want = "lambda.amazonaws.com"
		}
		if !slices.Equal(s.principals, []string{want}) || !slices.Equal(s.actions, []string{"sts:AssumeRole"}) {
			t.Errorf("%s: %s", s.owner.Path, s)
		}
	}
}

// reads and writes are the actions on what holds data. An action that is neither fails the tests, until it is
// listed here.
var (
	reads = []string{
		"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan",
		"kinesis:DescribeStream", "kinesis:DescribeStreamConsumer", "kinesis:GetRecords", "kinesis:GetShardIterator",
		"kinesis:ListShards",
		"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
		"kinesis:SubscribeToShard", "s3:GetObject", "s3:GetObjectVersion",
	}
	writes = []string{
		"dynamodb:DeleteItem", "dynamodb:PartiQLUpdate", "dynamodb:PutItem", "dynamodb:UpdateItem", "kinesis:PutRecord",
		"kinesis:PutRecords", "s3:DeleteObject", "s3:DeleteObjectVersion",
		"s3:PutObject",
	}
	// What says where data is, or how much, is neither.
	looks = []string{"kinesis:DescribeStreamSummary", "s3:GetBucketTagging", "s3:ListBucket", "s3:ListBucketVersions"}
)

// swaps are the policies of those that read the readings which they replace: an item is written whole, and only if it
// is as it was read. They get no more of the table than that: who writes what a stream brings cannot look for items.
var swaps = map[string][]string{
	"Twin/Apply/Policy": {"dynamodb:BatchGetItem", "dynamodb:PartiQLUpdate", "dynamodb:UpdateItem"},
	"Twin/Upgrade/Policy": {"dynamodb:BatchGetItem", "dynamodb:DeleteItem", "dynamodb:PartiQLUpdate", "dynamodb:Scan",
		"dynamodb:UpdateItem"},
}

// operates is the policy of who does what an operator asks for: it reads rejects to replay them, marks and drops them,
// and replaces readings that it forgets. What else it may not do is in package access.
const operates = "Twin/Operate/Policy"

// tells is the policy of who tells followers what has changed in the table: it writes the log of that, and leaves
// failed batches, which hold keys and readings, in the bucket.
const tells = "Twin/Tell/Policy"

// follows is the policy of who streams what has changed: beside the log it keeps who follows, and nothing else.
const follows = "Twin/Follow/Policy"

// bothWays finds roles that read from a stream, table or bucket and write to it too, and roles that read readings
// and write anything. What is said of the catalogue only is about no readings.
func bothWays(a *app) (wrong []string) {
	type access struct{ reads, writes map[string]bool }
	roles := map[string]*access{}
	for _, s := range a.statements() {
		if s.owner.Type != "AWS::IAM::Policy" || s.effect == "Deny" || s.owner.Name() == operates {
			continue
		}
		if s.owner.Name() == tells && slices.Equal(s.actions, []string{"dynamodb:PutItem"}) &&
			slices.Equal(s.on, []string{"${Twin/FeedLog.Arn}"}) ||
			s.owner.Name() == tells && s.sid == "KeepFailedBatches" ||
			s.owner.Name() == follows &&
				slices.Contains(s.when, "ForAllValues:StringEquals dynamodb:LeadingKeys -1") {
			continue
		}
		if may := swaps[s.owner.Name()]; may != nil && slices.Equal(s.actions, may) &&
			slices.Equal(s.on, []string{"${Twin/Table.Arn}"}) {
			continue
		}
		policy := s.owner.Path
		role := roles[policy]
		if role == nil {
			role = &access{map[string]bool{}, map[string]bool{}}
			roles[policy] = role
		}
		for _, action := range s.actions {
			service, _, _ := strings.Cut(action, ":")
			if !slices.Contains([]string{"dynamodb", "kinesis", "s3"}, service) || slices.Contains(looks, action) {
				continue
			}
			of := role.reads
			switch {
			case slices.Contains(writes, action):
				of = role.writes
			case !slices.Contains(reads, action):
				wrong = append(wrong, fmt.Sprintf("%s: nothing says whether %s reads or writes", policy, action))
			}
			for _, on := range s.on {
				store, _, _ := strings.Cut(on, "}")
				if strings.Contains(strings.Join(s.when, "\n"), "dynamodb:LeadingKeys #catalogue") {
					store += "#catalogue"
				}
				of[store] = true
			}
		}
	}
	for policy, role := range roles {
		for store := range role.reads {
			if role.writes[store] {
				wrong = append(wrong, fmt.Sprintf("%s reads from %s} and writes to it", policy, store))
			}
			if store == "${Twin/Table.Arn" && len(role.writes) > 0 {
				wrong = append(wrong, fmt.Sprintf("%s reads readings and writes to %d places", policy, len(role.writes)))
			}
		}
	}
	slices.Sort(wrong)
	return wrong
}

// Ensure that who reads cannot write.
func TestWhoReadsCannotWrite(t *testing.T) {
	for _, wrong := range bothWays(everything(t)) {
		t.Error(wrong)
	}
	bad := appOf(t,
		policyOf(`{"Effect":"Allow","Action":["dynamodb:Query","dynamodb:PutItem"],"Resource":"${Twin/Table.Arn}"}`),
		policyOf(`{"Effect":"Allow","Action":"dynamodb:Query","Resource":"${Twin/Table.Arn}"},{"Effect":"Allow","Action":"s3:PutObject","Resource":"${Twin/Rejects.Arn}/x"}`),
		policyOf(`{"Effect":"Allow","Action":["kinesis:GetRecords","kinesis:PutRecord","kinesis:MergeShards"],"Resource":"${Twin/Stream.Arn}"}`),
	)
	for i, r := range []string{"A", "B", "C"} {
		bad.Stacks[0].Resources[r].Path = fmt.Sprint("policy ", i)
	}
	want := []string{
		"policy 0 reads from ${Twin/Table.Arn} and writes to it", "policy 0 reads readings and writes to 1 places",
		"policy 1 reads readings and writes to 1 places",
		"policy 2 reads from ${Twin/Stream.Arn} and writes to it",
		"policy 2: nothing says whether kinesis:MergeShards reads or writes",
	}
	if got := bothWays(bad); !slices.Equal(got, want) {
		t.Errorf("of bad policies it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Ensure that neither a template nor its outputs hold a secret, or a way to read one.
func TestNoSecrets(t *testing.T) {
	for _, s := range everything(t).Stacks {
		b, err := json.Marshal(s.Resources)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{`"ClientSecret"`, ".ClientSecret", "{{resolve:", "BEGIN PRIVATE", "AKIA"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s contains %s", s.Name, word)
			}
		}
		for name, o := range s.Outputs {
			if text := strings.ToLower(name + s.Text(o.Value)); strings.Contains(text, "secret") ||
				strings.Contains(text, "password") {
				t.Errorf("%s: the output %s is %s", s.Name, name, s.Text(o.Value))
			}
		}
	}
}
