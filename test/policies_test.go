package test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the files of testdata that hold what is listed")

// statement is one statement of a policy, in words.
type statement struct {
	owner                         *resource // the policy, key, bucket, role or permission
	sid, effect                   string
	principals, actions, on, when []string
	trust                         bool // who may assume a role
}

func (s *statement) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", s.effect, strings.Join(s.actions, " "))
	if len(s.principals) > 0 {
		fmt.Fprintf(&b, "\n      by %s", strings.Join(s.principals, ", "))
	}
	if len(s.on) > 0 {
		fmt.Fprintf(&b, "\n      on %s", strings.Join(s.on, ", "))
	}
	for _, w := range s.when {
		fmt.Fprintf(&b, "\n      if %s", w)
	}
	return b.String()
}

// statements returns every statement of every policy of the app.
func (a *app) statements() []*statement {
	var all []*statement
	for _, p := range []struct {
		kind, document string
	}{
		{"AWS::IAM::Policy", "PolicyDocument"},
		{"AWS::IAM::ManagedPolicy", "PolicyDocument"},
		{"AWS::IAM::Role", "AssumeRolePolicyDocument"},
		{"AWS::KMS::Key", "KeyPolicy"},
		{"AWS::S3::BucketPolicy", "PolicyDocument"},
		{"AWS::Kinesis::ResourcePolicy", "ResourcePolicy"},
	} {
		for _, r := range a.all(p.kind) {
			list, _ := r.get(p.document, "Statement").([]any)
			for _, s := range list {
				all = append(all, readStatement(r, s.(map[string]any), p.kind == "AWS::IAM::Role"))
			}
		}
	}
	for _, r := range a.all("AWS::Lambda::Permission") {
		all = append(all, &statement{
			owner: r, effect: "Allow", actions: []string{r.text("Action")}, principals: []string{r.text("Principal")},
			on: []string{r.text("FunctionName")}, when: []string{"ArnLike aws:SourceArn " + r.text("SourceArn")},
		})
	}
	return all
}

func readStatement(r *resource, s map[string]any, trust bool) *statement {
	texts := func(v any) (out []string) {
		if list, ok := v.([]any); ok {
			for _, e := range list {
				out = append(out, r.stack.text(e))
			}
		} else if v != nil {
			out = append(out, r.stack.text(v))
		}
		slices.Sort(out)
		return out
	}
	st := &statement{owner: r, effect: s["Effect"].(string), trust: trust, actions: texts(s["Action"]), on: texts(s["Resource"])}
	st.sid, _ = s["Sid"].(string)
	if who, ok := s["Principal"].(map[string]any); ok {
		for _, kind := range slices.Sorted(maps.Keys(who)) {
			st.principals = append(st.principals, texts(who[kind])...)
		}
	} else if s["Principal"] != nil {
		st.principals = []string{r.stack.text(s["Principal"])}
	}
	conditions, _ := s["Condition"].(map[string]any)
	for _, operator := range slices.Sorted(maps.Keys(conditions)) {
		of := conditions[operator].(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(of)) {
			st.when = append(st.when, operator+" "+key+" "+strings.Join(texts(of[key]), " or "))
		}
	}
	return st
}

// Ensure that what every role may do, and who may use every key, is what testdata/permissions.txt says. The file
// is for reading: a change of a permission shows there as one line in words. -update rewrites it.
func TestPermissionsAreTheListedOnes(t *testing.T) {
	got := permissions(theApp(t), "prod", "wagon-telemetry")
	golden(t, "permissions.txt", got)
	// The other environment and the other datasets have the same, but for their own names.
	if dev := permissions(theApp(t), "dev", "wagon-telemetry"); strings.ReplaceAll(got, "/prod/", "/dev/") != dev {
		t.Errorf("dev differs from prod:\n%s", firstDifference(strings.ReplaceAll(got, "/prod/", "/dev/"), dev))
	}
	other := strings.ReplaceAll(permissions(theApp(t), "prod", "hsl-hfp"), "hsl_hfp", "wagon_telemetry")
	if other != got {
		t.Errorf("hsl_hfp differs from wagon_telemetry:\n%s", firstDifference(got, other))
	}
}

func permissions(a *app, environment, dataset string) string {
	byOwner := map[string][]string{}
	for _, s := range a.statements() {
		if s.owner.stack.name != "DigitalTwin-"+environment && s.owner.stack.name != "DigitalTwin-"+environment+"-"+dataset {
			continue
		}
		owner := s.owner.Type + " " + s.owner.name()
		if s.owner.Type == "AWS::Lambda::Permission" { // whose name has the name of the environment in it
			owner = s.owner.Type + " to call the query function"
		}
		byOwner[owner] = append(byOwner[owner], "  "+s.sid+"\n    "+s.String()+"\n")
	}
	var b strings.Builder
	for _, owner := range slices.Sorted(maps.Keys(byOwner)) {
		b.WriteString(owner + "\n" + strings.Join(byOwner[owner], "") + "\n")
	}
	return b.String()
}

// golden holds a text against a file of testdata, which -update rewrites.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s has changed; if it should, run go test ./test -run %s -update\n%s", file, t.Name(), firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var wl, gl string
		if i < len(w) {
			wl = w[i]
		}
		if i < len(g) {
			gl = g[i]
		}
		if wl != gl {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, wl, gl)
		}
	}
	return "none"
}

// Ensure that no action is a pattern.
func TestNoActionIsAPattern(t *testing.T) {
	for _, s := range theApp(t).statements() {
		if s.effect == "Deny" {
			continue
		}
		for _, action := range s.actions {
			if strings.Contains(action, "*") {
				t.Errorf("%s: %s allows %s", s.owner.path, s.sid, action)
			}
		}
	}
}

// patterns are the resources with a * that a statement may speak of, each with its reason.
var patterns = []struct{ suffix, reason string }{
	{"/Logs.Arn}", "the streams of one log group: CloudFormation writes the ARN of a group with :* at its end"},
	{"${Twin/Rejects.Arn}/aws/lambda/*", "AWS Lambda names the objects of failed batches"},
	{"${Twin/Rejects.Arn}/rejects/", "a function names its rejects, below a prefix of its own"},
}

// Ensure that every statement of a role speaks of named resources, and that only a key's own policy, which
// cannot speak of another key, says *.
func TestResourcesAreNamed(t *testing.T) {
	for _, s := range theApp(t).statements() {
		for _, on := range s.on {
			if !strings.Contains(on, "*") || s.owner.Type == "AWS::KMS::Key" || s.effect == "Deny" {
				continue
			}
			listed := slices.ContainsFunc(patterns, func(p struct{ suffix, reason string }) bool {
				return strings.HasSuffix(on, p.suffix) || strings.HasPrefix(on, p.suffix)
			})
			if !listed {
				t.Errorf("%s: %s is about %s", s.owner.path, s.sid, on)
			}
		}
	}
}

// Ensure that every function has a role of its own, and that no role has a policy that AWS manages, but the
// one that API Gateway asks for.
func TestEveryFunctionHasItsOwnRole(t *testing.T) {
	a := theApp(t)
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
		if r.get("Policies") != nil {
			t.Errorf("%s has policies that the walk does not see", r.path)
		}
	}
}

// Ensure that who reads cannot write: the query function changes nothing, and decrypts only.
func TestWhoReadsCannotWrite(t *testing.T) {
	reads := []string{
		"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "kms:Decrypt",
		"logs:CreateLogStream", "logs:PutLogEvents", // of its own log group
	}
	found := 0
	for _, s := range theApp(t).statements() {
		if s.owner.name() != "Twin/Query/Policy" {
			continue
		}
		found++
		for _, action := range s.actions {
			if !slices.Contains(reads, action) {
				t.Errorf("%s: the query function may %s", s.owner.path, action)
			}
		}
	}
	if found == 0 {
		t.Fatal("the query function has no policy")
	}
}

// Ensure that a key can be used through one service only, by roles that are named, and that whoever
// administers it cannot use it.
func TestKeysAreForTheirService(t *testing.T) {
	uses := []string{
		"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo",
		"kms:GenerateDataKeyWithoutPlaintext", "kms:GenerateDataKeyPair",
	}
	services := map[string]string{"Pipeline/SourceKey": "kinesis", "Twin/ChangesKey": "kinesis", "Twin/ReadingsKey": "dynamodb", "Twin/RejectsKey": "s3"}
	for _, s := range theApp(t).statements() {
		if s.owner.Type != "AWS::KMS::Key" || !slices.ContainsFunc(s.actions, func(a string) bool { return slices.Contains(uses, a) }) {
			continue
		}
		when := strings.Join(s.when, "\n")
		if s.owner.name() == "Twin/LogsKey" {
			if !strings.Contains(when, "ArnLike kms:EncryptionContext:aws:logs:arn arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*") {
				t.Errorf("%s: %s is not limited to the log groups of the account:\n%s", s.owner.path, s.sid, s)
			}
			continue
		}
		via := "StringEquals kms:ViaService " + services[s.owner.name()] + ".${AWS::Region}.${AWS::URLSuffix}"
		if !strings.Contains(when, via) || !strings.Contains(when, "StringEquals kms:CallerAccount ${AWS::AccountId}") {
			t.Errorf("%s: %s is not limited to its service and account:\n%s", s.owner.path, s.sid, s)
		}
		for _, who := range s.principals {
			root := strings.HasSuffix(who, ":root")
			if root != strings.Contains(when, "ArnLike aws:PrincipalArn arn:${AWS::Partition}:iam::${AWS::AccountId}:role/") {
				t.Errorf("%s: %s: %s is not a named role:\n%s", s.owner.path, s.sid, who, s)
			}
		}
	}
}

// Ensure that a service can assume a role, or call a function, only where it should.
func TestTrust(t *testing.T) {
	for _, s := range theApp(t).statements() {
		switch {
		case s.trust:
			// AWS Lambda and API Gateway hand no source over when they assume a role (aws:SourceArn would
			// lock them out); a role of another account cannot be given to them.
			want := []string{"lambda.amazonaws.com"}
			if s.owner.name() == "Twin/ApiLogsRole" {
				want = []string{"apigateway.amazonaws.com"}
			}
			if !slices.Equal(s.principals, want) || !slices.Equal(s.actions, []string{"sts:AssumeRole"}) {
				t.Errorf("%s: %s", s.owner.path, s)
			}
		case s.owner.Type == "AWS::Lambda::Permission":
			if !strings.Contains(strings.Join(s.when, ""), "${Twin/Api}/") {
				t.Errorf("%s can be called by %v for any source", s.owner.path, s.principals)
			}
		}
	}
}

// Ensure that the bucket refuses what does not come over TLS.
func TestBucketsAreForTLSOnly(t *testing.T) {
	a := theApp(t)
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
	for _, s := range theApp(t).stacks {
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
