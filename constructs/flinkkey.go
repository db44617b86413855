package constructs

import (
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
)

// The services that keep an application's state: the first its snapshots, the second what runs.
const (
	flinkService        = "kinesisanalytics.amazonaws.com"
	flinkInfrastructure = "infrastructure.kinesisanalytics.amazonaws.com"
)

// What whoever makes, changes or starts an application does with its key on the way.
var operates = []string{"kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"}

// newStateKey makes the key of an application's state. It can be used for this one application, by the service, and
// through the service by who deploys, starts or stops it; the application's own role has no part in it.
func (a *Application) newStateKey(p *PipelineExtractorProps) awskms.Key {
	h, stack := a.host, awscdk.Stack_Of(a.Node)
	key := newKey(a.Node, "StateKey", "Digital Twin "+h.environment+": state of "+p.Dataset+" on Flink",
		aliasOf(h.environment+"/flink/"+p.Dataset), h.retain)
	a.uses = a.operations(key)
	for _, u := range a.uses {
		u.allowAccess(h.operators)
		u.allow(*stack.Account(), h.deployer(stack))
	}
	source := map[string]interface{}{"aws:SourceArn": a.arn(), "aws:SourceAccount": *stack.Account()}
	context := map[string]interface{}{"kms:EncryptionContext:aws:kinesisanalytics:arn": a.arn()}
	both := maps.Clone(source)
	maps.Copy(both, context)
	equal := func(m map[string]interface{}) map[string]interface{} {
		return map[string]interface{}{"StringEquals": m}
	}
	service := func(name string) awsiam.IPrincipal { return awsiam.NewServicePrincipal(str(name), nil) }
	for _, s := range []struct {
		sid        string
		who        []awsiam.IPrincipal
		actions    []string
		conditions map[string]interface{}
	}{
		{"ServiceDescribes", []awsiam.IPrincipal{service(flinkService), service(flinkInfrastructure)},
			[]string{"kms:DescribeKey"}, equal(source)},
		{"SnapshotsEncrypt", []awsiam.IPrincipal{service(flinkService)}, []string{"kms:GenerateDataKey"}, equal(both)},
		{"SnapshotsDecrypt", []awsiam.IPrincipal{service(flinkService)}, []string{"kms:Decrypt"}, equal(context)},
		{"DisksUse", []awsiam.IPrincipal{service(flinkInfrastructure)},
			[]string{"kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"}, equal(context)},
		{"DisksGrant", []awsiam.IPrincipal{service(flinkInfrastructure)}, []string{"kms:CreateGrant"},
			grantsDecryption(context)},
	} {
		key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid: str(s.sid), Principals: &s.who, Actions: strs(s.actions...), Resources: strs("*"), Conditions: &s.conditions,
		}), no)
	}
	return key
}

// grantsDecryption limits kms:CreateGrant to decryption for one encryption context, which equal is about.
func grantsDecryption(equal map[string]interface{}) map[string]interface{} {
	equal = maps.Clone(equal)
	equal["kms:GrantConstraintType"] = "EncryptionContextSubset"
	return map[string]interface{}{
		"StringEquals":              equal,
		"ForAllValues:StringEquals": map[string]interface{}{"kms:GrantOperations": "Decrypt"},
	}
}

// operations are what who makes, changes, starts or stops the application does with its key.
func (a *Application) operations(key awskms.Key) []*keyUse {
	const service = "kinesisanalytics"
	context := map[string]interface{}{"kms:EncryptionContext:aws:kinesisanalytics:arn": a.arn()}
	return []*keyUse{
		use(key, "OperatorsUse", service, operates, map[string]interface{}{"StringEquals": context}),
		use(key, "OperatorsGrant", service, []string{"kms:CreateGrant"}, grantsDecryption(context)),
	}
}

// describes is what the service does with the key on behalf of its caller, whom the key's administration lets.
const describes = "kms:DescribeKey"

// runs is what who starts and stops an application calls.
var runs = []string{
	"kinesisanalytics:DescribeApplication", "kinesisanalytics:ListApplicationSnapshots",
	"kinesisanalytics:StartApplication", "kinesisanalytics:StopApplication",
}

// addOperators makes the policy that the operators of the environment need to start and stop the application by hand.
// Its key lets them in.
func (x *PipelineExtractor) addOperators() {
	a := x.Flink
	actions := []string{describes}
	for _, u := range a.uses {
		actions = append(actions, u.actions...)
	}
	x.OperatePolicy = a.host.newPeoplePolicy(x.Node, "OperatePolicy", "Operate-"+x.Dataset.Name,
		"start and stop an application of Flink",
		right{sid: "StartAndStop", actions: runs, on: []string{a.arn()}},
		right{sid: "UseState", actions: actions, on: []string{*a.Key.KeyArn()}})
	addOutput(x.Node, "OperatePolicy", *x.OperatePolicy.ManagedPolicyArn(),
		"The managed policy for the roles of operators, beside that of the environment")
}
