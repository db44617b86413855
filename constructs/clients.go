package constructs

import (
	"cmp"
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

// Limits are what one client may ask of the API. API Gateway counts the calls of a client by an API key, so
// where any client has limits, every call carries a key in the header x-api-key besides its token. The key
// only says who is counted; what is allowed is for the token to say.
type Limits struct {
	Rate  int `json:"rate"`  // calls a second; 0: as the whole API
	Burst int `json:"burst"` // at once; default: twice the rate
	Daily int `json:"daily"` // calls a day; 0: any number
}

var clientName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func checkClients(clients map[string]Limits) []error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		l := clients[name]
		if !clientName.MatchString(name) {
			errs = append(errs, fmt.Errorf("clients has %q: want a name of lower case letters, digits and dashes, at most 40", name))
		}
		if l.Rate < 0 || l.Burst < 0 || l.Daily < 0 {
			errs = append(errs, fmt.Errorf("clients.%s has rate %d, burst %d and daily %d: want positive numbers, or none", name, l.Rate, l.Burst, l.Daily))
		}
		if l.Burst > 0 && l.Rate == 0 {
			errs = append(errs, fmt.Errorf("clients.%s has a burst of %d without a rate: say both", name, l.Burst))
		}
	}
	return errs
}

// asksForKeys reports whether calls of the API carry a key.
func (p *DigitalTwinCoreProps) asksForKeys() bool {
	for _, l := range p.Clients {
		if l != (Limits{}) {
			return true
		}
	}
	return false
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
		c.addKey(name, limits)
	}
	c.addCredentials()
	core.Clients[name] = c
	return c
}

// addKey makes the client's key, and a plan of its own that says how often it may call.
func (c *Client) addKey(name string, limits Limits) {
	props := &awsapigateway.UsagePlanProps{
		Description: str("Digital Twin " + c.core.props.Environment + ": " + name),
		ApiStages: list(&awsapigateway.UsagePlanPerApiStage{
			Api: c.core.API, Stage: c.core.API.DeploymentStage(),
		}),
	}
	if limits.Rate > 0 {
		props.Throttle = &awsapigateway.ThrottleSettings{
			RateLimit: num(limits.Rate), BurstLimit: num(cmp.Or(limits.Burst, 2*limits.Rate)),
		}
	}
	if limits.Daily > 0 {
		props.Quota = &awsapigateway.QuotaSettings{Limit: num(limits.Daily), Period: awsapigateway.Period_DAY}
	}
	c.APIKey = awsapigateway.NewApiKey(c.Node, str("Key"), &awsapigateway.ApiKeyProps{
		Description: str("Digital Twin " + c.core.props.Environment + ": counts the calls of " + name),
	})
	c.Plan = awsapigateway.NewUsagePlan(c.Node, str("Plan"), props)
	c.Plan.AddApiKey(c.APIKey, nil)
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
