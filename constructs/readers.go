package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

var (
	readsSecret = []string{"secretsmanager:GetSecretValue"}
	// A version is replaced by who has read it.
	changesSecret = []string{"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
		"secretsmanager:UpdateSecretVersionStage"}
)

// addReaders lets readers in, and makes the policy that they need beside. Where nobody is named, a warning says what to
// write.
func (c *Client) addReaders(name string, who Access) {
	c.guests = &roster{owner: c.Node, sid: "ReadersRead", actions: readsSecret, add: c.addToSecretPolicy}
	c.core.readSecrets.allowAccess(who)
	c.guests.allowForeign(who)
	if len(who) == 0 {
		warnNobody(c.Node, "reader", "nobody may read the secret of the client "+name+": name roles in clients."+name+
			`.readers of the environment (props.Clients), or write "account", or call GrantRead`)
	}
	c.ReadPolicy = c.core.newPeoplePolicy(c.Node, "ReadPolicy", "Read-"+name, "read the secret of a client", c.rights()...)
	addOutput(c.Node, "ReadPolicy"+wiring.Title(name), *c.ReadPolicy.ManagedPolicyArn(),
		"The managed policy for the roles of readers")
}

// rights are what a reader's role may do. The context limits the use of the key to this client's secret.
func (c *Client) rights() []right {
	secret := *c.Secret.Ref()
	return []right{
		{sid: "ReadSecret", actions: readsSecret, on: []string{secret}},
		{sid: "DecryptSecret", actions: decrypts, when: equals("kms:EncryptionContext:SecretARN", secret),
			on: []string{*c.core.Keys.Credentials.KeyArn()}},
	}
}

// GrantRead lets a role, a user or an account read the client's secret, and decrypt it. It can be called any number of
// times, also for a role of another account: the secret then has a resource policy, and the owner of that account adds
// the statements of ReadPolicy to the role.
func (c *Client) GrantRead(reader awsiam.IGrantable) awsiam.Grant {
	acknowledgeSomebody(c.Node, "reader")
	return grantBoth(reader, c.Node, c.core.readSecrets, c.guests, c.rights()...)
}

// addToSecretPolicy adds to the policy of the secret, which is made with its first statement.
func (c *Client) addToSecretPolicy(s awsiam.PolicyStatement) {
	if c.policy == nil {
		c.policy = awsiam.NewPolicyDocument(nil)
		awssecretsmanager.NewCfnResourcePolicy(c.Node, str("Policy"), &awssecretsmanager.CfnResourcePolicyProps{
			SecretId: c.Secret.Ref(), ResourcePolicy: c.policy, BlockPublicPolicy: yes,
		})
	}
	c.policy.AddStatements(s)
}
