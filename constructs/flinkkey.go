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

// newStateKey makes the key of an application's state. It can be used for this one application, by the service,
// and through the service by who deploys; the application's own role has no part in it. [Application.addStarter]
// lets the function that starts it.
func (a *Application) newStateKey(p *PipelineExtractorProps) awskms.Key {
	key := newKey(a.Node, "StateKey", "Digital Twin "+p.Core.props.Environment+": state of "+p.Dataset+" on Flink", p.Core.props.Retain)
	deploys := map[string]interface{}{"ArnLike": map[string]interface{}{"aws:PrincipalArn": p.Core.deployer(awscdk.Stack_Of(key))}}
	a.operate(key, "Deployments", deploys, awsiam.NewAccountRootPrincipal())

	account := *awscdk.Stack_Of(key).Account()
	source := map[string]interface{}{"aws:SourceArn": a.arn(), "aws:SourceAccount": account}
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
		{"ServiceDescribes", []awsiam.IPrincipal{service(flinkService), service(flinkInfrastructure)}, []string{"kms:DescribeKey"}, equal(source)},
		{"SnapshotsEncrypt", []awsiam.IPrincipal{service(flinkService)}, []string{"kms:GenerateDataKey"}, equal(both)},
		{"SnapshotsDecrypt", []awsiam.IPrincipal{service(flinkService)}, []string{"kms:Decrypt"}, equal(context)},
		{"DisksUse", []awsiam.IPrincipal{service(flinkInfrastructure)}, []string{"kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext"}, equal(context)},
		{"DisksGrant", []awsiam.IPrincipal{service(flinkInfrastructure)}, []string{"kms:CreateGrant"}, grantsDecryption(context)},
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

// operations are what an operator of the application does with its key, each with the conditions for it.
func (a *Application) operations() []operation {
	through := map[string]interface{}{"kms:ViaService": via(awscdk.Stack_Of(a.Node), "kinesisanalytics")}
	one := maps.Clone(through)
	one["kms:EncryptionContext:aws:kinesisanalytics:arn"] = a.arn()
	return []operation{
		{"Describe", []string{"kms:DescribeKey"}, map[string]interface{}{"StringEquals": through}},
		{"Use", operates, map[string]interface{}{"StringEquals": one}},
		{"Grant", []string{"kms:CreateGrant"}, grantsDecryption(one)},
	}
}

type operation struct {
	name       string
	actions    []string
	conditions map[string]interface{}
}

// operate lets principals operate the application with its key.
func (a *Application) operate(key awskms.Key, sid string, more map[string]interface{}, who ...awsiam.IPrincipal) {
	for _, o := range a.operations() {
		conditions := maps.Clone(o.conditions)
		maps.Copy(conditions, more)
		equal := maps.Clone(conditions["StringEquals"].(map[string]interface{}))
		equal["kms:CallerAccount"] = *awscdk.Stack_Of(key).Account()
		conditions["StringEquals"] = equal
		key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid: str(sid + o.name), Principals: &who, Actions: strs(o.actions...), Resources: strs("*"), Conditions: &conditions,
		}), no)
	}
}
