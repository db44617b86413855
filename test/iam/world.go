package iam

import (
	"maps"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// The account and region that an environment is in which does not say where, and the account of strangers.
const (
	Account  = "123456789012"
	Region   = "eu-central-1"
	Stranger = "210987654321"
)

// World is an account in which an environment of an app is deployed.
type World struct {
	Environment string
	Statements  []*Statement // of all policies, in a fixed order
	Roles       map[string]*Role
	Policies    map[string][]*Statement // of managed policies, by their ARNs

	app    *assembly.App
	places map[string]Place // by the ARN of what has a policy
}

// Role is a role that the environment makes.
type Role struct {
	ARN    string
	Rights []*Statement
}

// Caller is the role as it asks.
func (r *Role) Caller() Caller { return Caller{ARN: r.ARN, Account: Account, Rights: r.Rights} }

// NewWorld deploys an environment of an app.
func NewWorld(app *assembly.App, environment string) (*World, error) {
	w := &World{Environment: environment, app: app, Roles: map[string]*Role{}, Policies: map[string][]*Statement{},
		places: map[string]Place{}}
	for r := range w.Resources("AWS::IAM::Role") {
		w.Roles[w.ARN(r)] = &Role{ARN: w.ARN(r)}
	}
	for r := range w.Resources("") {
		read := policies[r.Type]
		if read == nil {
			if hasPolicy(r.Properties) {
				return nil, unknown("the policy of %s, a %s", r.Path, r.Type)
			}
			continue
		}
		if err := read(w, r); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// Resources are those of a type, or all of them, in a fixed order.
func (w *World) Resources(kind string) func(yield func(*assembly.Resource) bool) {
	return func(yield func(*assembly.Resource) bool) {
		for _, s := range w.app.Stacks {
			if s.Environment != w.Environment {
				continue
			}
			for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
				if r := s.Resources[id]; (kind == "" || r.Type == kind) && !yield(r) {
					return
				}
			}
		}
	}
}

// hasPolicy reports whether a policy is below a property: no type of resource can be forgotten.
func hasPolicy(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		if list, ok := v["Statement"].([]any); ok && len(list) > 0 {
			if first, ok := list[0].(map[string]any); ok && first["Effect"] != nil {
				return true
			}
		}
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), hasPolicy)
	case []any:
		return slices.ContainsFunc(v, hasPolicy)
	case string:
		return strings.Contains(v, `"Statement"`)
	}
	return false
}

// policies read the policies that a type of resource has.
var policies = map[string]func(*World, *assembly.Resource) error{
	"AWS::IAM::Role":          (*World).addTrust,
	"AWS::IAM::Policy":        (*World).addRights,
	"AWS::IAM::ManagedPolicy": (*World).addManaged,
	"AWS::Lambda::Permission": (*World).addPermission,
	"AWS::KMS::Key": of("KeyPolicy", func(w *World, r *assembly.Resource) []string { return []string{w.ARN(r)} },
		true),
	"AWS::S3::BucketPolicy": of("PolicyDocument", func(w *World, r *assembly.Resource) []string {
		return []string{"arn:aws:s3:::" + w.Text(r, "Bucket")}
	}, false),
	"AWS::SQS::QueuePolicy": of("PolicyDocument", func(w *World, r *assembly.Resource) (arns []string) {
		for _, url := range r.Get("Queues").([]any) {
			name := w.text(r.Stack, url)
			arns = append(arns, "arn:aws:sqs:"+Region+":"+Account+":"+name[strings.LastIndex(name, "/")+1:])
		}
		return arns
	}, false),
	"AWS::SNS::TopicPolicy": of("PolicyDocument", func(w *World, r *assembly.Resource) (arns []string) {
		for _, topic := range r.Get("Topics").([]any) {
			arns = append(arns, w.text(r.Stack, topic))
		}
		return arns
	}, false),
	"AWS::SecretsManager::ResourcePolicy": of("ResourcePolicy", func(w *World, r *assembly.Resource) []string {
		return []string{w.Text(r, "SecretId")}
	}, false),
	"AWS::Kinesis::ResourcePolicy": of("ResourcePolicy", func(w *World, r *assembly.Resource) []string {
		return []string{w.Text(r, "ResourceArn")}
	}, false),
	"AWS::DynamoDB::Table": of("ResourcePolicy/PolicyDocument",
		func(w *World, r *assembly.Resource) []string { return []string{w.ARN(r)} }, false),
}

// of reads the policy of a resource in a property of it or of another one.
func of(property string, about func(*World, *assembly.Resource) []string, required bool) func(*World,
	*assembly.Resource) error {
	return func(w *World, r *assembly.Resource) error {
		document := r.Get(strings.Split(property, "/")...)
		if document == nil {
			return nil
		}
		statements, err := w.read(r, document)
		if err != nil {
			return err
		}
		for _, arn := range about(w, r) {
			w.addPolicy(arn, required, statements...)
		}
		return nil
	}
}

func (w *World) read(r *assembly.Resource, document any) ([]*Statement, error) {
	statements, err := Read(strings.TrimPrefix(r.Stack.Name, "DigitalTwin-"+w.Environment)+" "+r.Name(), document,
		func(v any) string { return w.text(r.Stack, v) })
	w.Statements = append(w.Statements, statements...)
	return statements, err
}

func (w *World) addPolicy(arn string, required bool, statements ...*Statement) {
	p := w.places[arn]
	w.places[arn] = Place{Account: Account, Policy: append(p.Policy, statements...), Required: required}
}

func (w *World) addTrust(r *assembly.Resource) error {
	statements, err := w.read(r, r.Get("AssumeRolePolicyDocument"))
	w.addPolicy(w.ARN(r), true, statements...)
	if r.Get("Policies") != nil {
		return unknown("the policies inside of the role %s", r.Path)
	}
	return err
}

func (w *World) addRights(r *assembly.Resource) error {
	statements, err := w.read(r, r.Get("PolicyDocument"))
	if err != nil {
		return err
	}
	for _, reference := range r.Get("Roles").([]any) {
		name := w.text(r.Stack, reference)
		found := false
		for arn, role := range w.Roles {
			if strings.HasSuffix(arn, "/"+name) {
				role.Rights = append(role.Rights, statements...)
				found = true
			}
		}
		if !found {
			return unknown("the policy %s of the role %s, which is not made here", r.Path, name)
		}
	}
	return nil
}

func (w *World) addManaged(r *assembly.Resource) error {
	statements, err := w.read(r, r.Get("PolicyDocument"))
	w.Policies[w.ARN(r)] = statements
	return err
}

// addPermission reads what lets a service or a role call a function.
func (w *World) addPermission(r *assembly.Resource) error {
	who := Principal{"Service", w.Text(r, "Principal")}
	if strings.HasPrefix(who.Value, "arn:") {
		who.Kind = "AWS"
	}
	s := &Statement{
		Owner: strings.TrimPrefix(r.Stack.Name, "DigitalTwin-"+w.Environment) + " " + r.Name(), Principals: []Principal{who},
		Actions: []string{w.Text(r, "Action")}, Resources: []string{w.Text(r, "FunctionName")},
	}
	for _, c := range []Condition{{"ArnLike", "aws:SourceArn", nil}, {"StringEquals", "aws:SourceAccount", nil}} {
		if v := w.Text(r, strings.TrimPrefix(c.Key, "aws:")); v != "" {
			c.Values = []string{v}
			s.Conditions = append(s.Conditions, c)
		}
	}
	w.Statements = append(w.Statements, s)
	w.addPolicy(s.Resources[0], false, s)
	return nil
}

// Decide reports whether AWS allows a request in this world.
func (w *World) Decide(r Request) (bool, error) { return Decide(r, w.Place(r.Resource)) }

// Makes reports whether the environment makes what has an ARN, and its policy.
func (w *World) Makes(arn string) bool {
	_, ok := w.places[arn]
	return ok
}

// Place is what a resource belongs to: the bucket of an object, the table of an index, the function of an alias. What
// is not made here is somebody else's, who lets this account in: then the roles' own policies decide.
func (w *World) Place(resource string) Place {
	for arn := resource; arn != ""; arn = parent(arn) {
		if p, ok := w.places[arn]; ok {
			return p
		}
	}
	account := Account
	if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && parts[4] != "" {
		account = parts[4]
	}
	if account == Account && !strings.Contains(resource, ":kms:") {
		return Place{Account: Account}
	}
	welcome := &Statement{Owner: "the owner of " + resource, Principals: []Principal{{"AWS", account}, {"AWS", Account}},
		Actions: []string{"*"}, Resources: []string{"*"}}
	return Place{Account: account, Policy: []*Statement{welcome}, Required: strings.Contains(resource, ":kms:")}
}

// parent is what the resource with an ARN is part of.
func parent(arn string) string {
	if i := strings.LastIndexAny(arn, "/:"); i > 0 && strings.Count(arn[:i], ":") >= 5 {
		return arn[:i]
	}
	return ""
}
