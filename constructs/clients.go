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

	ReadPolicy awsiam.ManagedPolicy // for the roles of readers

	core   *DigitalTwinCore
	guests *roster               // readers of other accounts, in the policy of the secret
	policy awsiam.PolicyDocument // of the secret; nil where nobody of another account reads it
}

// ClientProps are the choices of one client.
type ClientProps struct {
	Limits
	// Readers may read the client's secret: what runs as the client. They are let in by the secret's key, and need
	// [Client.ReadPolicy] beside; for those of another account the secret has a resource policy. Default: nobody. See
	// also [Client.GrantRead].
	Readers Access `json:"readers"`
	// RotateDays is how old the client's secret may become before it is rotated: more than
	// [DigitalTwinCoreProps.SecretGrace]. What uses it reads it again at least once in that time, or when a token is
	// refused. Default: it is rotated on demand only.
	RotateDays int `json:"rotateDays"`
	// Operate lets the client ask for twin/operate beside twin/read: to forget, replay, rebuild and pause. Default: it
	// reads.
	Operate bool `json:"operate"`
	// Followers is how many streams and long polls of the change feed the client keeps at once, at most
	// [Changes.Followers]. Default: half of those, as every caller.
	Followers int `json:"followers"`
}

var clientName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

const (
	// maxClients is how many clients fit into the policy of the function that writes their secrets: IAM takes 10,240
	// characters, of which the ARNs of a client's secret and API key take 166 beside its name.
	maxClients  = 50
	policyRoom  = 10_240 - 900
	clientShare = 166
)

// checkClients finds what cannot be a client. account is the own account, empty where it is not known.
func checkClients(clients map[string]ClientProps, account string) []error {
	var errs []error
	room := policyRoom
	for _, name := range slices.Sorted(maps.Keys(clients)) {
		c := clients[name]
		if !clientName.MatchString(name) {
			errs = append(errs, fmt.Errorf("clients has %q: want a name of lower case letters, digits and dashes, at most 40",
				name))
		}
		errs = append(errs, c.check("clients."+name)...)
		errs = append(errs, c.Readers.check("clients."+name+".readers", account, true)...)
		room -= clientShare + len(name)
	}
	if len(clients) > maxClients {
		errs = append(errs, fmt.Errorf("clients has %d names: want at most %d", len(clients), maxClients))
	} else if room < 0 {
		errs = append(errs, fmt.Errorf("clients has %d names that are too long together by %d letters: shorten them",
			len(clients), -room))
	}
	return errs
}

// AddClient makes a client besides those in [DigitalTwinCoreProps.Clients]. Limits need an API that asks for
// keys, which it does if one of those has limits.
func (core *DigitalTwinCore) AddClient(name string, props ClientProps) (*Client, error) {
	all := maps.Clone(core.props.Clients)
	var errs []error
	if core.props.Auth != nil {
		return nil,
			errors.New("constructs: AddClient: the core has an issuer of your own (props.Auth), which knows the clients")
	}
	if core.Clients[name] != nil {
		errs = append(errs, fmt.Errorf("there is a client %q already", name))
	}
	all[name] = props
	errs = append(errs, checkClients(all, "")...)
	errs = append(errs, core.props.Changes.checkClients(all)...)
	errs = append(errs, checkRotation(core.props.SecretGrace, all)...)
	if props.Limits != (Limits{}) && !core.props.asksForKeys() {
		errs = append(errs, errors.New("the API asks for no keys, so it cannot limit a client: give one in props.Clients "+
			"limits too"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("constructs: AddClient: %w", err)
	}
	core.props.Clients = all
	c := core.addClient(name, props)
	core.boundFollowers()
	return c, nil
}

func (core *DigitalTwinCore) addClient(name string, props ClientProps) *Client {
	this := awsconstructs.NewConstruct(core.Node, str("Client-"+name))
	id := "Client-" + name
	if name == machine {
		id = "Machine"
	}
	c := &Client{Node: this, core: core, Client: core.Users.addMachine(id, core.props.TokenValidity, props.Operate)}
	c.Secret = awssecretsmanager.NewCfnSecret(this, str("Credentials"), &awssecretsmanager.CfnSecretProps{
		Description: str("Digital Twin " + core.environment + ": what the client " + name + " reads the API with"),
		KmsKeyId:    core.Keys.Credentials.KeyArn(),
	})
	accept(c.Secret, "The function Twin/Rotate rotates it, on demand or by a setting: two secrets of the client are "+
		"good at once, and the old one ends after a grace time, for which the rotation of AWS Secrets Manager has no step.",
		"AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled")
	// The client, and so all that is in the secret, can be made again.
	c.Secret.ApplyRemovalPolicy(removal(false), nil)
	if core.props.asksForKeys() {
		c.APIKey, c.Plan = core.newPlan(this, name, props.Limits)
	}
	c.addCredentials(props.Operate)
	c.addRotation(props)
	addOutput(core.Node, wiring.OutputCredentials(name), *c.Secret.Ref(),
		"Where in AWS Secrets Manager the credentials of a client are")
	c.addReaders(name, props.Readers)
	core.Clients[name] = c
	return c
}

// addCredentials makes the deployment write the secret. It passes through no template and no output: the function
// asks Amazon Cognito and API Gateway for it.
func (c *Client) addCredentials(operate bool) {
	f, stack := c.core.Credentials, awscdk.Stack_Of(c.Node)
	properties := wiring.Credentials{
		UserPool: *c.core.Users.Pool.UserPoolId(), Client: *c.Client.UserPoolClientId(), Secret: *c.Secret.Ref(),
		TokenURL: c.core.Users.TokenURL, Scope: strings.Join(c.core.Users.scopeNames(operate), " "), APIURL: c.core.APIURL,
	}
	c.core.writesCredentials = f.extend(c.core.writesCredentials, "WriteClients", changesSecret, *c.Secret.Ref())
	if c.APIKey != nil {
		properties.APIKey = *c.APIKey.KeyId()
		c.core.readsAPIKeys = f.extend(c.core.readsAPIKeys, "ReadKeys", []string{"apigateway:GET"},
			fmt.Sprintf("arn:%s:apigateway:%s::/apikeys/%s",
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
