package constructs

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// DigitalTwinCore is what an environment has once. It costs about 21 USD a month without any traffic:
// a shard, five keys, a secret and a dashboard; then what is written and read.
type DigitalTwinCore struct {
	Node awsconstructs.Construct

	Keys    Keys
	Stream  awskinesis.Stream // changes on their way to the table
	Table   awsdynamodb.Table // the newest readings and the catalogue
	Rejects awss3.Bucket      // rejects and failed batches

	Apply        *Function // from the stream into the table
	ApplyTrigger awslambda.CfnEventSourceMapping
	Query        *Function // from the table to the API; cannot write
	Catalogue    *Function // writes catalogue entries while a dataset is deployed
	Credentials  *Function // writes the secrets of clients while they are deployed
	Upgrade      *Function // brings the table into the form of this version when it is deployed
	Empty        *Function // empties the bucket before it is deleted; nil where it is retained

	Users   *Users
	Clients map[string]*Client // by name; see AddClient

	PeopleKey  awsapigateway.IApiKey   // of the application by which people sign in; nil where calls carry none
	PeoplePlan awsapigateway.UsagePlan // the same

	API        awsapigateway.RestApi
	APIURL     string                   // ends in /v1
	DomainName awsapigateway.DomainName // nil without one
	Firewall   awswafv2.CfnWebACL       // nil without one

	AlarmTopic awssns.ITopic         // where alarms go; nil without alarms
	Alarms     []awscloudwatch.Alarm // of the core; those of a dataset are in its stack
	Dashboard  awscloudwatch.Dashboard

	props DigitalTwinCoreProps
}

// NewDigitalTwinCore makes a DigitalTwinCore.
func NewDigitalTwinCore(scope awsconstructs.Construct, id string, props DigitalTwinCoreProps) (*DigitalTwinCore, error) {
	p, err := props.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	this := awsconstructs.NewConstruct(scope, &id)
	core := &DigitalTwinCore{Node: this, Clients: map[string]*Client{}, props: p}
	core.addKeys()
	core.Stream = newTwinStream(this, p, core.Keys.Changes)
	core.Table = newTable(this, p, core.Keys.Readings)
	core.Rejects = newRejects(this, p, core.Keys.Rejects)
	core.Users = newUsers(this, p)
	if err := core.addFunctions(); err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	core.shareKeys()
	core.addAPI()
	if p.Firewall != nil {
		core.addFirewall()
	}
	for _, name := range slices.Sorted(maps.Keys(p.Clients)) {
		core.addClient(name, p.Clients[name])
	}
	core.addPeopleKey()
	if p.Alarms != nil {
		core.addAlarms()
	}
	core.Dashboard = newDashboard(this, core)
	core.addOutputs()
	return core, nil
}

// addKeys makes the keys, which nobody can use yet.
func (core *DigitalTwinCore) addKeys() {
	key := func(id, what string) awskms.Key {
		return newKey(core.Node, id, "Digital Twin "+core.props.Environment+": "+what, core.props.Retain)
	}
	core.Keys = Keys{
		Changes:     key("ChangesKey", "changes on their way"),
		Readings:    key("ReadingsKey", "the newest readings"),
		Rejects:     key("RejectsKey", "rejects and failed batches"),
		Logs:        key("LogsKey", "logs"),
		Credentials: key("CredentialsKey", "credentials of clients"),
	}
	allowLogs(core.Keys.Logs)
}

// shareKeys says who may use which key, and through which service.
func (core *DigitalTwinCore) shareKeys() {
	k, extractors, cfn := core.Keys, core.extractorRoles(), core.deployer(awscdk.Stack_Of(core.Node))
	useKeyAs(k.Changes, "ExtractorsPut", "kinesis", encrypts, extractors)
	useKey(k.Changes, "ApplyReads", "kinesis", decrypts, core.Apply.Role)
	useKeyAs(k.Changes, "DeploymentsAttach", "kinesis", attaches, cfn)

	useKey(k.Readings, "QueryReads", "dynamodb", decrypts, core.Query.Role)
	useKey(k.Readings, "WritersWrite", "dynamodb", writesTable, core.Apply.Role, core.Catalogue.Role, core.Upgrade.Role)
	useKeyAs(k.Readings, "DeploymentsAttach", "dynamodb", attaches, cfn)

	useKeyAs(k.Rejects, "ExtractorsPut", "s3", encrypts, extractors)
	useKey(k.Rejects, "ApplyPuts", "s3", encrypts, core.Apply.Role)

	useKey(k.Credentials, "CredentialsWrites", "secretsmanager", writesSecret, core.Credentials.Role)
	useKeyAs(k.Credentials, "DeploymentsMake", "secretsmanager", makesSecret, cfn)
}

// The paths of the functions' roles. A path is not a name: names stay generated, but a key policy can
// speak of all extractors, whose stacks come later than the key.
func (core *DigitalTwinCore) rolePath(function string) string {
	return "/digitaltwin/" + core.props.Environment + "/" + function + "/"
}

func (core *DigitalTwinCore) extractorRoles() string {
	stack := awscdk.Stack_Of(core.Node)
	return fmt.Sprintf("arn:%s:iam::%s:role%s*", *stack.Partition(), *stack.Account(), core.rolePath("extract"))
}

func (core *DigitalTwinCore) logs() logProps {
	return logProps{Days: core.props.LogDays, Retain: core.props.Retain, Key: core.Keys.Logs}
}

// addOutputs tells a consumer and an operator where things are. No secret is among them, only where one lies.
func (core *DigitalTwinCore) addOutputs() {
	outputs := []struct{ id, value, description string }{
		{"ApiUrl", core.APIURL, "Where the read API is"},
		{"TokenUrl", core.Users.TokenURL, "Where a client gets an access token with its id and secret"},
		{"Scope", core.Users.ReadScope, "The scope to ask for"},
		{"MachineClientId", *core.Clients[machine].Client.UserPoolClientId(), "The client id of the first consumer"},
		{"MachineCredentials", *core.Clients[machine].Secret.Ref(), "Where in AWS Secrets Manager its credentials are"},
		{"UserPoolId", *core.Users.Pool.UserPoolId(), "The user pool"},
		{"TableName", *core.Table.TableName(), "The table of the newest readings"},
		{"RejectsBucket", *core.Rejects.BucketName(), "Where rejects and failed batches are kept"},
	}
	add := func(id, value, description string) {
		outputs = append(outputs, struct{ id, value, description string }{id, value, description})
	}
	if core.Users.People != nil {
		add("PeopleClientId", *core.Users.People.UserPoolClientId(), "The client id of the application by which people sign in")
		add("SignInUrl", core.Users.SignInURL, "Where that application sends people to sign in")
	}
	if core.PeopleKey != nil {
		add("PeopleApiKeyId", *core.PeopleKey.KeyId(), "The id of the key that the application sends in the header x-api-key")
	}
	if core.DomainName != nil {
		add("DomainTarget", *core.DomainName.DomainNameAliasDomainName(), "What the record of the API's domain name points to")
	}
	if core.AlarmTopic != nil {
		add("AlarmTopicArn", *core.AlarmTopic.TopicArn(), "The topic that alarms go to")
	}
	for _, o := range outputs {
		awscdk.NewCfnOutput(core.Node, str(o.id), &awscdk.CfnOutputProps{Value: str(o.value), Description: str(o.description)})
	}
}
