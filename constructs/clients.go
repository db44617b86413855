package constructs

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// machine is the name of the client that every environment has.
const machine = "machine"

// Client is a machine that may read the API. What it needs for that lies in a secret of its own: a JSON object
// with clientId, clientSecret, tokenUrl, scope and apiUrl, and apiKey where the API asks for one.
type Client struct {
	Node     awsconstructs.Construct
	Client   awscognito.UserPoolClient
	Secret   awssecretsmanager.CfnSecret
	Resource awscdk.CustomResource   // that writes the secret
	APIKey   awsapigateway.IApiKey   // nil where the API asks for none
	Plan     awsapigateway.UsagePlan // the same

	core *DigitalTwinCore
}

var clientName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func checkClients(clients map[string]Limits) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		l := clients[name]
		if !clientName.MatchString(name) {
			errs = append(errs, fmt.Errorf("clients has %q: want a name of lower case letters, digits and dashes, at most 40", name))
		}
		errs = append(errs, l.check("clients."+name)...)
	}
	return errs
}

// AddClient makes a client besides those in [DigitalTwinCoreProps.Clients]. Limits need an API that asks for
// keys, which it does if one of those has limits.
func (core *DigitalTwinCore) AddClient(name string, limits Limits) (*Client, error) {
	errs := checkClients(map[string]Limits{name: limits})
	if core.Clients[name] != nil {
		errs = append(errs, fmt.Errorf("there is a client %q already", name))
	}
	if limits != (Limits{}) && !core.props.asksForKeys() {
		errs = append(errs, errors.New("the API asks for no keys, so it cannot limit a client: give one in props.Clients limits too"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("constructs: AddClient: %w", err)
	}
	return core.addClient(name, limits), nil
}

func (core *DigitalTwinCore) addClient(name string, limits Limits) *Client {
	this := awsconstructs.NewConstruct(core.Node, str("Client-"+name))
	id := "Client-" + name
	if name == machine {
		id = "Machine"
	}
	c := &Client{Node: this, core: core, Client: core.Users.addMachine(id, core.props.TokenValidity)}
	c.Secret = awssecretsmanager.NewCfnSecret(this, str("Credentials"), &awssecretsmanager.CfnSecretProps{
		Description: str("Digital Twin " + core.props.Environment + ": what the client " + name + " reads the API with"),
		KmsKeyId:    core.Keys.Credentials.KeyArn(),
	})
	accept(c.Secret, "Amazon Cognito makes what is in it, and changes it only with the client: to rotate, add a client, move its consumers to it, and remove the old one.",
		"AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled")
	// The client, and so all that is in the secret, can be made again.
	c.Secret.ApplyRemovalPolicy(removal(false), nil)
	if core.props.asksForKeys() {
		c.APIKey, c.Plan = core.newPlan(this, name, limits)
	}
	c.addCredentials()
	core.Clients[name] = c
	return c
}

// addCredentials makes the deployment write the secret. It passes through no template and no output: the function
// asks Amazon Cognito and API Gateway for it.
func (c *Client) addCredentials() {
	f, stack := c.core.Credentials, awscdk.Stack_Of(c.Node)
	properties := wiring.Credentials{
		UserPool: *c.core.Users.Pool.UserPoolId(), Client: *c.Client.UserPoolClientId(), Secret: *c.Secret.Ref(),
		TokenURL: c.core.Users.TokenURL, Scope: c.core.Users.ReadScope, APIURL: c.core.APIURL,
	}
	f.allow("Write"+c.sid(), []string{"secretsmanager:PutSecretValue"}, *c.Secret.Ref())
	if c.APIKey != nil {
		properties.APIKey = *c.APIKey.KeyId()
		f.allow("ReadKeyOf"+c.sid(), []string{"apigateway:GET"}, fmt.Sprintf("arn:%s:apigateway:%s::/apikeys/%s",
			*stack.Partition(), *stack.Region(), *c.APIKey.KeyId()))
	}
	c.Resource = awscdk.NewCustomResource(c.Node, str("Written"), &awscdk.CustomResourceProps{
		ServiceToken:   f.Function.FunctionArn(),
		ResourceType:   str("Custom::DigitalTwinCredentials"),
		ServiceTimeout: duration(2 * time.Minute),
		Properties:     properties.Properties(),
	})
	c.Resource.Node().AddDependency(f.Policy)
}

// GrantRead lets a role read the client's secret, and decrypt it.
func (c *Client) GrantRead(reader awsiam.IRole) {
	useKey(c.core.Keys.Credentials, sidFor("ReaderReads", reader), "secretsmanager", decrypts, reader)
	allowRole(reader, []string{"secretsmanager:GetSecretValue"}, *c.Secret.Ref())
	allowRoleKey(reader, "secretsmanager", decrypts, c.core.Keys.Credentials)
}

// sid is the client's name with the letters that the Sid of a statement may have.
func (c *Client) sid() string { return strings.ReplaceAll(*c.Node.Node().Id(), "-", "Of") }
