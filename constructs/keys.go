package constructs

import (
	"cmp"
	"fmt"
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Keys are the customer-managed keys of an environment, one for each kind of data. Each costs one USD a month.
type Keys struct {
	Changes     awskms.Key // the twin stream
	Readings    awskms.Key // the table and its index
	Rejects     awskms.Key // the bucket for what went wrong
	Logs        awskms.Key // the log groups
	Credentials awskms.Key // the secrets of the clients
	Alarms      awskms.Key // the topic of the alarms; nil without one
}

// The ways to use a key. Readers of data need decryption only.
var (
	decrypts = []string{"kms:Decrypt"}
	encrypts = []string{"kms:GenerateDataKey"}
	// DynamoDB works with a table key that it wraps again on behalf of a writer.
	writesTable = []string{"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
	// Secrets Manager decrypts the data key of a secret before it encrypts the next version with it.
	writesSecret = []string{"kms:Decrypt", "kms:GenerateDataKey"}
	// What CloudFormation does when it makes a secret without a value, or gives one another key.
	makesSecret = []string{"kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}
	// What CloudFormation does when it makes a table or a stream that is encrypted with a key.
	attaches = []string{"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"}
	// Administration without any use of the key: who administers it cannot read with it.
	administers = []string{
		"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey", "kms:DisableKeyRotation",
		"kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants",
		"kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant",
		"kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
	}
)

// newKey makes a key that the account's administrators manage and nobody can use yet.
func newKey(scope awsconstructs.Construct, id, description string, retain bool) awskms.Key {
	account := awsiam.NewAccountRootPrincipal()
	return awskms.NewKey(scope, str(id), &awskms.KeyProps{
		Description:       str(description),
		EnableKeyRotation: yes,
		RemovalPolicy:     removal(retain),
		Policy: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: list(
			awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid: str("Administer"), Principals: list[awsiam.IPrincipal](account),
				Actions: strs(administers...), Resources: strs("*"),
			}),
		)}),
	})
}

// useKey lets roles use a key through one service of AWS only.
func useKey(key awskms.Key, sid, service string, actions []string, roles ...awsiam.IRole) {
	var who []awsiam.IPrincipal
	for _, r := range roles {
		who = append(who, awsiam.NewArnPrincipal(r.RoleArn()))
	}
	grantKey(key, sid, service, actions, nil, who...)
}

// useKeyAs is useKey for roles that this stack cannot name, because they are made later or by others:
// all roles of the account whose ARN is like the pattern, as far as their own policies allow it too.
func useKeyAs(key awskms.Key, sid, service string, actions []string, pattern string) {
	grantKey(key, sid, service, actions,
		map[string]interface{}{"ArnLike": map[string]interface{}{"aws:PrincipalArn": pattern}},
		awsiam.NewAccountRootPrincipal())
}

func grantKey(key awskms.Key, sid, service string, actions []string, conditions map[string]interface{}, who ...awsiam.IPrincipal) {
	stack := awscdk.Stack_Of(key)
	all := map[string]interface{}{"StringEquals": map[string]interface{}{
		"kms:ViaService": via(stack, service), "kms:CallerAccount": *stack.Account(),
	}}
	maps.Copy(all, conditions)
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: str(sid), Principals: &who, Actions: strs(actions...), Resources: strs("*"), Conditions: &all,
	}), no)
}

// allowKey is the function's side of [useKey].
func (f *Function) allowKey(sid, service string, actions []string, key awskms.IKey) {
	f.allowIf(sid, actions, map[string]interface{}{
		"StringEquals": map[string]interface{}{"kms:ViaService": via(awscdk.Stack_Of(f.Function), service)},
	}, *key.KeyArn())
}

// via is a service as kms:ViaService names it.
func via(stack awscdk.Stack, service string) string {
	return fmt.Sprintf("%s.%s.%s", service, *stack.Region(), *stack.UrlSuffix())
}

// allowLogs lets CloudWatch Logs encrypt the log groups of this account with a key.
func allowLogs(key awskms.Key) {
	stack := awscdk.Stack_Of(key)
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        str("EncryptLogs"),
		Principals: list[awsiam.IPrincipal](awsiam.NewServicePrincipal(str(fmt.Sprintf("logs.%s.%s", *stack.Region(), *stack.UrlSuffix())), nil)),
		Actions:    strs("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"),
		Resources:  strs("*"),
		Conditions: &map[string]interface{}{
			"ArnLike": map[string]interface{}{
				"kms:EncryptionContext:aws:logs:arn": fmt.Sprintf("arn:%s:logs:%s:%s:log-group:*", *stack.Partition(), *stack.Region(), *stack.Account()),
			},
		},
	}), no)
}

// deployer is the role that CloudFormation acts as when the CDK deploys a stack.
func (core *DigitalTwinCore) deployer(stack awscdk.Stack) string {
	if core.props.DeployRole != "" {
		return core.props.DeployRole
	}
	// The synthesizer of the stack would know the qualifier, but does not tell it over jsii.
	context, _ := stack.Node().TryGetContext(str("@aws-cdk/core:bootstrapQualifier")).(string)
	qualifier := cmp.Or(core.props.Qualifier, context, *awscdk.DefaultStackSynthesizer_DEFAULT_QUALIFIER())
	return fmt.Sprintf("arn:%s:iam::%s:role/cdk-%s-cfn-exec-role-%s-%s",
		*stack.Partition(), *stack.Account(), qualifier, *stack.Account(), *stack.Region())
}
