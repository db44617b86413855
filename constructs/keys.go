package constructs

import (
	"fmt"
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Keys are the customer-managed keys of an environment, one for each kind of data. Each costs one USD a month. Each has
// an alias below alias/digitaltwin/<environment>/.
type Keys struct {
	Changes     awskms.Key // the twin stream
	Readings    awskms.Key // the table and its index
	Rejects     awskms.Key // the bucket for what went wrong
	Logs        awskms.Key // the log groups
	Credentials awskms.Key // the secrets of the clients; nil with an issuer of your own
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
	// Publishing to an encrypted topic.
	publishes = []string{"kms:Decrypt", "kms:GenerateDataKey"}
	// What CloudFormation does when it makes a secret without a value, or gives one another key. To describe the key,
	// which all of them do too, is part of its administration.
	makesSecret = []string{"kms:Decrypt", "kms:GenerateDataKey"}
	// What CloudFormation does when it encrypts a stream.
	makesStream = []string{"kms:Decrypt", "kms:GenerateDataKey"}
	// What CloudFormation does when it makes a table that is encrypted with a key, and who restores one.
	makesTable = []string{"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
		"kms:ReEncryptTo"}
	// Administration without any use of the key: who administers it cannot read with it.
	administers = []string{
		"kms:CancelKeyDeletion", "kms:CreateAlias", "kms:DeleteAlias", "kms:DescribeKey", "kms:DisableKey",
		"kms:DisableKeyRotation",
		"kms:EnableKey", "kms:EnableKeyRotation", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListGrants",
		"kms:ListKeyPolicies", "kms:ListKeyRotations", "kms:ListResourceTags", "kms:PutKeyPolicy", "kms:RevokeGrant",
		"kms:ScheduleKeyDeletion", "kms:TagResource", "kms:UntagResource", "kms:UpdateAlias", "kms:UpdateKeyDescription",
	}
)

// newKey makes a key that the account's administrators manage and nobody can use yet. Its policy speaks of roles by
// their names and of nothing else of a template, so that a key that was retained can be imported alone.
func newKey(scope awsconstructs.Construct, id, description, alias string, retain bool) awskms.Key {
	account := awsiam.NewAccountRootPrincipal()
	key := awskms.NewKey(scope, str(id), &awskms.KeyProps{
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
	awskms.NewCfnAlias(key, str("Name"), &awskms.CfnAliasProps{AliasName: str("alias/digitaltwin/" + alias),
		TargetKeyId: key.KeyId()})
	return key
}

// keyUse is a way to use a key through one service of AWS only, for those who are named.
//
// The key's policy says who may, and through which service; the policy of a role says with which key. So each of the
// two is needed, and says what the other does not.
type keyUse struct {
	*roster // nil where the key is another app's, whose owner names them
	key     awskms.IKey
	actions []string
}

// use is a use of a key through a service, under more conditions if there are any.
func use(key awskms.Key, sid, service string, actions []string, more map[string]interface{}) *keyUse {
	conditions := map[string]interface{}{}
	maps.Copy(conditions, more)
	equal := map[string]interface{}{"kms:ViaService": via(awscdk.Stack_Of(key), service)}
	if m, ok := conditions["StringEquals"].(map[string]interface{}); ok {
		maps.Copy(equal, m)
	}
	conditions["StringEquals"] = equal
	return &keyUse{key: key, actions: actions, roster: &roster{
		owner: key, sid: sid, actions: actions, conditions: conditions,
		add: func(s awsiam.PolicyStatement) { key.AddToResourcePolicy(s, no) },
	}}
}

// useKey lets a function use a key, on both sides.
func (f *Function) useKey(sid string, u *keyUse) {
	u.allow(*awscdk.Stack_Of(f.Function).Account(), f.RoleARN)
	f.allow(sid, u.actions, *u.key.KeyArn())
}

// useForeignKey is the function's side for a key that somebody else owns. That key's policy is not known, so the role
// says through which service.
func (f *Function) useForeignKey(sid, service string, actions []string, key awskms.IKey) {
	f.allowIf(sid, actions, through(f.Function, service), *key.KeyArn())
}

// through limits the use of a key to one service.
func through(c awsconstructs.IConstruct, service string) map[string]interface{} {
	return map[string]interface{}{"StringEquals": map[string]interface{}{"kms:ViaService": via(awscdk.Stack_Of(c),
		service)}}
}

// via is a service as kms:ViaService names it.
func via(stack awscdk.Stack, service string) string {
	return fmt.Sprintf("%s.%s.%s", service, *stack.Region(), *stack.UrlSuffix())
}

// allowLogs lets CloudWatch Logs encrypt the log groups of this account with a key.
func allowLogs(key awskms.Key) {
	stack := awscdk.Stack_Of(key)
	key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: str("EncryptLogs"),
		Principals: list[awsiam.IPrincipal](awsiam.NewServicePrincipal(str(fmt.Sprintf("logs.%s.%s", *stack.Region(),
			*stack.UrlSuffix())), nil)),
		Actions: strs("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom",
			"kms:ReEncryptTo"),
		Resources: strs("*"),
		Conditions: &map[string]interface{}{
			"ArnLike": map[string]interface{}{
				"kms:EncryptionContext:aws:logs:arn": fmt.Sprintf("arn:%s:logs:%s:%s:log-group:*", *stack.Partition(),
					*stack.Region(), *stack.Account()),
			},
		},
	}), no)
}
