package test

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
	for _, f := range a.all("AWS::Lambda::Function") {
		role := f.stack.name + " " + f.text("Role")
		if other, taken := users[role]; taken {
			t.Errorf("%s and %s share %s", f.path, other, role)
		}
		users[role] = f.path
	}
	for _, r := range a.all("AWS::IAM::Role") {
		if policies := r.text("ManagedPolicyArns"); policies != "" && r.name() != "Twin/ApiLogsRole" {
			t.Errorf("%s has %s", r.path, policies)
		}
	}
}

// trusted are the services that may assume the roles that are not a function's.
var trusted = map[string]string{"Twin/ApiLogsRole": "apigateway.amazonaws.com", "Pipeline/Flink/Role": "kinesisanalytics.amazonaws.com"}

// Ensure that each role can be assumed by the one service that it is for, and by nobody else.
func TestTrust(t *testing.T) {
	for _, s := range everything(t).statements() {
		if !s.trust {
			continue
		}
		want := trusted[s.owner.name()]
		if want == "" {
			want = "lambda.amazonaws.com"
		}
		if !slices.Equal(s.principals, []string{want}) || !slices.Equal(s.actions, []string{"sts:AssumeRole"}) {
			t.Errorf("%s: %s", s.owner.path, s)
		}
	}
}

// reads and writes are the actions on what holds data. An action that is neither fails the tests, until it is
// listed here.
var (
	reads = []string{
		"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query",
		"kinesis:DescribeStream", "kinesis:DescribeStreamConsumer", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards",
		"kinesis:SubscribeToShard", "s3:GetObject", "s3:GetObjectVersion",
	}
	writes = []string{
		"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "kinesis:PutRecord", "kinesis:PutRecords", "s3:DeleteObject", "s3:DeleteObjectVersion",
		"s3:PutObject",
	}
	// What says where data is, or how much, is neither.
	looks = []string{"kinesis:DescribeStreamSummary", "s3:GetBucketTagging", "s3:ListBucket", "s3:ListBucketVersions"}
)

// bothWays finds roles that read from a stream, table or bucket and write to it too, and roles that read readings
// and write anything. What is said of the catalogue only is about no readings.
func bothWays(a *app) (wrong []string) {
	type access struct{ reads, writes map[string]bool }
	roles := map[string]*access{}
	for _, s := range a.statements() {
		if s.owner.Type != "AWS::IAM::Policy" || s.effect == "Deny" {
			continue
		}
		policy := s.owner.path
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
		bad.stacks[0].Resources[r].path = fmt.Sprint("policy ", i)
	}
	want := []string{
		"policy 0 reads from ${Twin/Table.Arn} and writes to it", "policy 0 reads readings and writes to 1 places",
		"policy 1 reads readings and writes to 1 places",
		"policy 2 reads from ${Twin/Stream.Arn} and writes to it", "policy 2: nothing says whether kinesis:MergeShards reads or writes",
	}
	if got := bothWays(bad); !slices.Equal(got, want) {
		t.Errorf("of bad policies it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Ensure that a role's policy and a key's agree: what one side allows the other does too. A right on one side
// alone is a mistake that only a deployment would show, or a right that nobody needs.
func TestKeysAndRolesAgree(t *testing.T) {
	a := everything(t)
	all := a.statements()
	for _, wrong := range disagreements(a, all) {
		t.Error(wrong)
	}
	for sid, want := range map[string]string{
		"DecryptReadings": "which no role does", "QueryReads": "which the key does not know", "ExtractorsPut": "which the key does not know",
	} {
		without := slices.DeleteFunc(slices.Clone(all), func(s *statement) bool { return s.sid == sid })
		if wrong := disagreements(a, without); len(wrong) == 0 || !strings.Contains(wrong[0], want) {
			t.Errorf("without %s it says %v", sid, wrong)
		}
	}
}

// disagreements finds the grants of one side that the other does not have.
func disagreements(a *app, statements []*statement) (wrong []string) {
	var ofRoles, ofKeys []grant
	for _, s := range statements {
		if !s.uses() {
			continue
		}
		if s.owner.Type == "AWS::KMS::Key" {
			ofKeys = append(ofKeys, keyGrants(s)...)
		} else {
			ofRoles = append(ofRoles, roleGrants(a, s)...)
		}
	}
	for _, r := range ofRoles {
		if !slices.ContainsFunc(ofKeys, func(k grant) bool { return k.of(r) }) {
			wrong = append(wrong, fmt.Sprintf("the role %s may %s with %s in %s, which the key does not know", r.role, r.action, r.key, r.environment))
		}
	}
	for _, k := range ofKeys {
		// The deployment's own role is not of these stacks.
		if !strings.Contains(k.role, "/cdk-") && !strings.HasSuffix(k.role, "role/ci/deployer") && !slices.ContainsFunc(ofRoles, func(r grant) bool { return k.of(r) }) {
			wrong = append(wrong, fmt.Sprintf("the key %s in %s lets %s %s, which no role does", k.key, k.environment, k.role, k.action))
		}
	}
	return wrong
}

// grant is that a role may do something with a key, by what one of the two says. The role is a reference, such as
// ${Twin/Query/Role.Arn}, or the pattern of its ARN.
type grant struct{ environment, key, role, path, action string }

// of reports whether a grant of a key is about a grant of a role.
func (k grant) of(r grant) bool {
	pattern, isPattern := strings.CutSuffix(k.role, "*")
	named := k.role == r.role || isPattern && strings.HasSuffix(pattern, ":role"+r.path)
	return named && k.environment == r.environment && k.key == r.key && k.action == r.action
}

func keyGrants(s *statement) (all []grant) {
	who := s.principals
	for _, w := range s.when {
		if pattern, ok := strings.CutPrefix(w, "ArnLike aws:PrincipalArn "); ok {
			who = strings.Split(pattern, " or ")
		}
	}
	for _, role := range who {
		for _, action := range s.actions {
			if isService(role) || !slices.Contains(uses, action) {
				continue
			}
			all = append(all, grant{s.owner.stack.Environment, "${" + s.owner.name() + ".Arn}", role, "", action})
		}
	}
	return all
}

func roleGrants(a *app, s *statement) (all []grant) {
	roles, _ := s.owner.get("Roles").([]any)
	for _, v := range roles {
		reference := s.owner.stack.text(v) // ${Twin/Query/Role}
		path := ""
		for _, r := range a.all("AWS::IAM::Role") {
			if r.stack == s.owner.stack && "${"+r.name()+"}" == reference {
				path = r.text("Path")
			}
		}
		for _, key := range s.on {
			for _, action := range s.actions {
				if strings.HasPrefix(key, "arn:") || !slices.Contains(uses, action) {
					continue // the key of somebody else's stream
				}
				all = append(all, grant{s.owner.stack.Environment, key, strings.TrimSuffix(reference, "}") + ".Arn}", path, action})
			}
		}
	}
	return all
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

// Ensure that neither a template nor its outputs hold a secret, or a way to read one.
func TestNoSecrets(t *testing.T) {
	for _, s := range everything(t).stacks {
		b, err := json.Marshal(s.Resources)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"ClientSecret\"", ".ClientSecret", "{{resolve:", "BEGIN PRIVATE", "AKIA"} {
			if strings.Contains(string(b), word) {
				t.Errorf("%s contains %s", s.name, word)
			}
		}
		for name, o := range s.Outputs {
			if text := strings.ToLower(name + s.text(o.Value)); strings.Contains(text, "secret") || strings.Contains(text, "password") {
				t.Errorf("%s: the output %s is %s", s.name, name, s.text(o.Value))
			}
		}
	}
}
