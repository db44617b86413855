package constructs

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// DigitalTwinCore is what an environment has once. Idle it costs about 21 USD a month: a shard, five keys, a secret and
// a dashboard; then what is written and read. twin cost says it item by item.
type DigitalTwinCore struct {
	*host

	Node awsconstructs.Construct

	Keys     Keys
	Stream   awskinesis.Stream            // changes on their way to the table
	Consumer awskinesis.CfnStreamConsumer // by which Apply reads it with the profile LowLatency; nil otherwise
	Table    awsdynamodb.Table            // the newest readings and the catalogue
	Rejects  awss3.Bucket                 // rejects and failed batches

	Apply        *Function // from the stream into the table
	ApplyTrigger awslambda.CfnEventSourceMapping
	Query        *Function // from the table to the API; cannot write
	Inside       *Function // tells what came in, and the SQL of datasets; nil without Page
	Catalogue    *Function // writes catalogue entries while a dataset is deployed
	Credentials  *Function // writes the secrets of clients while they are deployed; nil with Auth
	Rotate       *Function // rotates the secrets of clients; nil with Auth
	Operate      *Function // does what operators ask for
	Authorize    *Function // verifies the tokens of your own issuer; nil without Auth
	Upgrade      *Function // brings the table into the form of this version when it is deployed
	Empty        *Function // empties the bucket before it is deleted; nil where it is retained

	Feed *Feed // nil without Changes

	Users   *Users             // nil with Auth
	Clients map[string]*Client // by name; see AddClient

	PeopleKey  awsapigateway.IApiKey   // of the application by which people sign in; nil where calls carry none
	PeoplePlan awsapigateway.UsagePlan // the same

	Page *webPage // nil without [DigitalTwinCoreProps.Page]

	API        awsapigateway.RestApi
	APIURL     string                   // ends in /v1
	DomainName awsapigateway.DomainName // nil without one
	Firewall   awswafv2.CfnWebACL       // nil without one

	AlarmTopic awssns.ITopic         // where alarms go; nil without alarms
	Alarms     []awscloudwatch.Alarm // of the core; those of a dataset are in its stack
	Dashboard  awscloudwatch.Dashboard

	OperatorPolicy awsiam.ManagedPolicy // for operators
	RestorePolicy  awsiam.ManagedPolicy // for restorers

	props        DigitalTwinCoreProps
	firewallLogs awslogs.LogGroup
	sharing
	rotation
	writesCredentials awsiam.PolicyStatement // of Credentials; each client adds its secret
	readsAPIKeys      awsiam.PolicyStatement // of Credentials; nil where no client has an API key
}

// sharing is who may use the keys of a core, beside its pipelines, and who of other accounts its resources.
type sharing struct {
	readChanges                 *keyUse
	readReadings, writeReadings *keyUse
	lookAtRejects               *keyUse
	readSecrets, writeSecrets   *keyUse
	streamGuests                *roster
	tableGuests, bucketGuests   *roster
}

// NewDigitalTwinCore makes a DigitalTwinCore.
func NewDigitalTwinCore(scope awsconstructs.Construct, id string, props DigitalTwinCoreProps) (*DigitalTwinCore,
	error) {
	account := *awscdk.Stack_Of(scope).Account()
	if unresolved(account) {
		account = ""
	}
	p, err := props.withDefaults(account)
	if err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	this := awsconstructs.NewConstruct(scope, &id)
	core := &DigitalTwinCore{Node: this, Clients: map[string]*Client{}, props: p, host: &host{
		node: this, environment: p.Environment, assets: p.Assets, arch: p.Arch, retain: p.Retain, logDays: p.LogDays,
		deployRole: p.DeployRole, qualifier: p.Qualifier, profile: p.Profile, operators: p.Operators, alarms: p.Alarms,
		traces:   p.Traces,
		datasets: map[string]bool{},
	}}
	core.addKeys()
	core.addData()
	if p.Auth == nil {
		core.Users = newUsers(this, p)
	}
	core.addPage()
	if err := core.addFunctions(); err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	core.addAPI()
	if err := core.publishPage(); err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	core.addFirewallLogs()
	if p.Firewall != nil {
		core.addFirewall()
	}
	for _, name := range slices.Sorted(maps.Keys(p.Clients)) {
		core.addClient(name, p.Clients[name])
	}
	if err := core.addRules(); err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	core.addPeopleKey()
	if p.Alarms != nil {
		core.addAlarmTopic()
		core.AlarmTopic = core.topic
		if err := core.addAlarms(); err != nil {
			return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
		}
	}
	core.Dashboard = newDashboard(this, core)
	core.dashboard = core.Dashboard
	core.addPeople()
	core.addOutputs()
	core.tag(this, "")
	return core, nil
}

// key makes a key of the core with an alias.
func (core *DigitalTwinCore) key(id, what, alias string) awskms.Key {
	return newKey(core.Node, id, "Digital Twin "+core.environment+": "+what, core.environment+"/"+alias, core.retain)
}

// addKeys makes the keys, and the ways to use each of them.
func (core *DigitalTwinCore) addKeys() {
	k := Keys{
		Changes:  core.key("ChangesKey", "changes on their way", "changes"),
		Readings: core.key("ReadingsKey", "the newest readings", "readings"),
		Rejects:  core.key("RejectsKey", "rejects and failed batches", "rejects"),
		Logs:     core.key("LogsKey", "logs", "logs"),
	}
	if core.props.Auth == nil {
		k.Credentials = core.key("CredentialsKey", "credentials of clients", "credentials")
	}
	core.Keys, core.logsKey = k, k.Logs
	allowLogs(k.Logs)

	stack := awscdk.Stack_Of(core.Node)
	deploys := func(u *keyUse) { u.allow(*stack.Account(), core.deployer(stack)) }
	core.putChanges = use(k.Changes, "ExtractorsPut", "kinesis", encrypts, nil)
	core.putChanges.allowAccess(core.props.Extractors)
	core.readChanges = use(k.Changes, "ReadersRead", "kinesis", decrypts, nil)
	deploys(use(k.Changes, "DeploymentsAttach", "kinesis", makesStream, nil))

	core.readReadings = use(k.Readings, "ReadersRead", "dynamodb", decrypts, nil)
	core.writeReadings = use(k.Readings, "WritersWrite", "dynamodb", writesTable, nil)
	makes := use(k.Readings, "DeploymentsMake", "dynamodb", makesTable, nil)
	deploys(makes)
	use(k.Readings, "RestorersRestore", "dynamodb", makesTable, nil).allowAccess(core.props.Restorers)

	core.putRejects = use(k.Rejects, "FunctionsPut", "s3", encrypts, nil)
	core.putRejects.allowAccess(core.props.Extractors)
	core.lookAtRejects = use(k.Rejects, "OperatorsRead", "s3", decrypts, nil)
	core.lookAtRejects.allowAccess(core.props.Operators)

	if k.Credentials == nil {
		return
	}
	core.readSecrets = use(k.Credentials, "ReadersRead", "secretsmanager", decrypts, nil)
	core.writeSecrets = use(k.Credentials, "CredentialsWrites", "secretsmanager", writesSecret, nil)
	deploys(use(k.Credentials, "DeploymentsMake", "secretsmanager", makesSecret, nil))
}

// addData makes what holds data.
func (core *DigitalTwinCore) addData() {
	p, k := core.props, core.Keys
	core.Stream = newTwinStream(core.Node, p, k.Changes)
	core.Table = newTable(core.Node, p, k.Readings)
	core.Rejects = newRejects(core.Node, p, k.Rejects)
	if p.Changes != nil {
		core.addFeed()
	}
	core.stream, core.rejects = core.Stream, core.Rejects
	core.streamGuests = streamGuests(core.Stream, "ConsumersRead", readsStream)
	core.tableGuests = &roster{
		owner: core.Table, sid: "ReadersRead", actions: readsTable,
		add: func(s awsiam.PolicyStatement) { core.Table.AddToResourcePolicy(s) },
	}
	core.bucketGuests = &roster{
		owner: core.Rejects, sid: "OperatorsRead", actions: []string{"s3:GetObject", "s3:ListBucket"},
		resources: []string{*core.Rejects.BucketArn(), *core.Rejects.BucketArn() + "/*"},
		add:       func(s awsiam.PolicyStatement) { core.Rejects.AddToResourcePolicy(s) },
	}
}

// exported are the attributes that the stacks of datasets take from the stack of the core. [NewEnvironment] exports all
// of them always: an export that is in use cannot be taken away, so what is exported must not depend on who imports.
func (core *DigitalTwinCore) exported() []interface{} {
	return []interface{}{
		core.Stream.StreamArn(), core.Keys.Changes.KeyArn(), core.Rejects.BucketArn(), core.Rejects.BucketName(),
		core.Keys.Rejects.KeyArn(),
		core.Keys.Logs.KeyArn(), core.Catalogue.Function.FunctionArn(),
	}
}

// addOutputs tells a consumer, an operator and another app where things are. No secret is among them, only where one
// lies.
func (core *DigitalTwinCore) addOutputs() {
	add := func(name, value, description string) { addOutput(core.Node, name, value, description) }
	add("ApiUrl", core.APIURL, "The address of the read API")
	add("Scope", core.readScope(), "The scope to ask for")
	if a := core.props.Auth; a != nil {
		add("Issuer", a.Issuer, "The issuer of access tokens")
	} else {
		add("TokenUrl", core.Users.TokenURL, "Where a client gets an access token with its id and secret")
		add("MachineClientId", *core.Clients[machine].Client.UserPoolClientId(), "The client id of the first consumer")
		add(wiring.OutputRotate, *core.Rotate.Function.FunctionName(), "The function that rotates the secrets of clients")
		add("UserPoolId", *core.Users.Pool.UserPoolId(), "The user pool")
	}
	add("TableName", *core.Table.TableName(), "The table of the newest readings")
	add("DashboardName", core.dashboardName(), "The dashboard in Amazon CloudWatch")
	add("RejectsBucket", *core.Rejects.BucketName(), "The bucket of rejects and failed batches")
	add("OperatorPolicy", *core.OperatorPolicy.ManagedPolicyArn(), "The managed policy for the roles of operators")
	add("RestorePolicy", *core.RestorePolicy.ManagedPolicyArn(), "The managed policy for the roles of restorers")
	add("StreamArn", *core.Stream.StreamArn(), "The twin stream, for pipelines of another app")
	add("ChangesKeyArn", *core.Keys.Changes.KeyArn(), "Its key")
	add("RejectsKeyArn", *core.Keys.Rejects.KeyArn(), "The key of the bucket, for pipelines of another app")
	add("LogsKeyArn", *core.Keys.Logs.KeyArn(), "The key of log groups, for pipelines of another app")
	add("CatalogueFunctionArn", *core.Catalogue.Function.FunctionArn(),
		"What writes catalogue entries, for pipelines of another app")
	if core.Users != nil && core.Users.People != nil {
		add("PeopleClientId", *core.Users.People.UserPoolClientId(),
			"The client id of the application by which people sign in")
		add("SignInUrl", core.Users.SignInURL, "Where that application sends people to sign in")
	}
	if core.PeopleKey != nil {
		add("PeopleApiKeyId", *core.PeopleKey.KeyId(), "The id of the key that the application sends in the header x-api-key")
	}
	if c := core.Clients[canaryClient]; c != nil {
		add("CanaryCredentials", *c.Secret.Ref(), "Where in AWS Secrets Manager the credentials of the client canary are")
	}
	if core.DomainName != nil {
		add("DomainTarget", *core.DomainName.DomainNameAliasDomainName(),
			"What the DNS record of the API's domain name points to")
	}
	if core.AlarmTopic != nil {
		add("AlarmTopicArn", *core.AlarmTopic.TopicArn(), "The topic of the alarms")
		add("RollbackAlarms", core.rollbackAlarms(), "The alarms by which a deployment is rolled back")
	}
}
