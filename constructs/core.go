package constructs

import (
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// DigitalTwinCoreProps are the choices of an environment.
type DigitalTwinCoreProps struct {
	// Environment is the name of the environment: lower case letters, digits and dashes. It is a
	// dimension of the metrics and part of the user pool's domain. Required.
	Environment string
	// Assets is the code of the functions, see [Build]. Required.
	Assets Assets
	// Arch is what Assets were built for. Default: Arm64.
	Arch Architecture
	// Retain keeps stream, table, users, bucket and logs when the stack is deleted, and protects the
	// table and the users from deletion. Default: everything goes with the stack, but for a bucket that
	// still holds rejects.
	Retain bool
	// Shards of the twin stream, each 1 MB and 1,000 records a second for 13 USD a month. Default: 1.
	Shards int
	// OnDemand lets the twin stream scale by itself instead, from about 30 USD a month.
	OnDemand bool
	// LogDays is how long logs are kept. Default: 30.
	LogDays int
	// RejectDays is how long rejects and failed batches are kept. Default: 30.
	RejectDays int
	// Rate and Burst limit the calls a second to the whole API; what is above is answered with 429.
	// Default: 100 and 200.
	Rate, Burst int
	// TokenValidity is how long an access token is good for, 5 minutes to 24 hours. Amazon Cognito takes
	// a fee for every token, so clients should keep theirs. Default: 1 hour.
	TokenValidity time.Duration
}

var environmentName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)

func (p DigitalTwinCoreProps) withDefaults() (DigitalTwinCoreProps, error) {
	if p.Arch == "" {
		p.Arch = Arm64
	}
	if p.Shards == 0 {
		p.Shards = 1
	}
	if p.LogDays == 0 {
		p.LogDays = 30
	}
	if p.RejectDays == 0 {
		p.RejectDays = 30
	}
	if p.Rate == 0 {
		p.Rate = 100
	}
	if p.Burst == 0 {
		p.Burst = 2 * p.Rate
	}
	if p.TokenValidity == 0 {
		p.TokenValidity = time.Hour
	}
	var errs []error
	if !environmentName.MatchString(p.Environment) {
		errs = append(errs, fmt.Errorf("props.Environment is %q: want a name of lower case letters, digits and dashes, at most 20", p.Environment))
	}
	if p.Assets == nil {
		errs = append(errs, errors.New("props.Assets is required: pass what constructs.Build returns"))
	}
	if p.Shards < 0 || p.RejectDays < 0 || p.Rate < 0 || p.Burst < 0 {
		errs = append(errs, errors.New("props.Shards, RejectDays, Rate and Burst must not be negative"))
	}
	if p.TokenValidity < 5*time.Minute || p.TokenValidity > 24*time.Hour {
		errs = append(errs, fmt.Errorf("props.TokenValidity is %s: want 5 minutes to 24 hours", p.TokenValidity))
	}
	errs = append(errs, checkLogDays(p.LogDays))
	return p, errors.Join(errs...)
}

// DigitalTwinCore is what an environment has once. It costs about 20 USD a month without any traffic:
// a shard, four keys and a dashboard; then what is written and read.
type DigitalTwinCore struct {
	Node awsconstructs.Construct

	Keys    Keys
	Stream  awskinesis.Stream // changes on their way to the table, see DESIGN 4
	Table   awsdynamodb.Table // the newest readings and the catalogue, see DESIGN 5
	Rejects awss3.Bucket      // rejects and failed batches, see DESIGN 8

	Apply     *Function // from the stream into the table
	Query     *Function // from the table to the API; cannot write
	Catalogue *Function // writes catalogue entries while a dataset is deployed

	Users     *Users
	API       awsapigateway.RestApi
	Dashboard awscloudwatch.Dashboard

	props DigitalTwinCoreProps
}

// NewDigitalTwinCore makes a DigitalTwinCore.
func NewDigitalTwinCore(scope awsconstructs.Construct, id string, props DigitalTwinCoreProps) (*DigitalTwinCore, error) {
	p, err := props.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	this := awsconstructs.NewConstruct(scope, &id)
	core := &DigitalTwinCore{Node: this, props: p}
	core.Keys = Keys{
		Changes:  newKey(this, "ChangesKey", "Digital Twin "+p.Environment+": changes on their way", p.Retain),
		Readings: newKey(this, "ReadingsKey", "Digital Twin "+p.Environment+": the newest readings", p.Retain),
		Rejects:  newKey(this, "RejectsKey", "Digital Twin "+p.Environment+": rejects and failed batches", p.Retain),
		Logs:     newKey(this, "LogsKey", "Digital Twin "+p.Environment+": logs", p.Retain),
	}
	allowLogs(core.Keys.Logs)
	core.Stream = newTwinStream(this, p, core.Keys.Changes)
	core.Table = newTable(this, p, core.Keys.Readings)
	core.Rejects = newRejects(this, p, core.Keys.Rejects)
	core.Users = newUsers(this, p)
	if err := core.addFunctions(); err != nil {
		return nil, fmt.Errorf("constructs: DigitalTwinCore %s: %w", id, err)
	}
	core.shareKeys()
	core.API = newAPI(this, p, core.Query.Function, core.Users, core.logs())
	core.Dashboard = newDashboard(this, core)
	core.addOutputs()
	return core, nil
}

// shareKeys says who may use which key, and through which service.
func (core *DigitalTwinCore) shareKeys() {
	k, extractors, cfn := core.Keys, core.extractorRoles(), deployer(awscdk.Stack_Of(core.Node))
	useKeyAs(k.Changes, "ExtractorsPut", "kinesis", encrypts, extractors)
	useKey(k.Changes, "ApplyReads", "kinesis", decrypts, core.Apply.Role)
	useKeyAs(k.Changes, "DeploymentsAttach", "kinesis", attaches, cfn)

	useKey(k.Readings, "QueryReads", "dynamodb", decrypts, core.Query.Role)
	useKey(k.Readings, "WritersWrite", "dynamodb", writesTable, core.Apply.Role, core.Catalogue.Role)
	useKeyAs(k.Readings, "DeploymentsAttach", "dynamodb", attaches, cfn)

	useKeyAs(k.Rejects, "ExtractorsPut", "s3", encrypts, extractors)
	useKey(k.Rejects, "ApplyPuts", "s3", encrypts, core.Apply.Role)
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

// addOutputs tells a consumer and an operator where things are. Secrets are not among them: the
// machine client's is read with `aws cognito-idp describe-user-pool-client`.
func (core *DigitalTwinCore) addOutputs() {
	for _, o := range []struct{ id, value, description string }{
		{"ApiUrl", *core.API.UrlForPath(str("/v1")), "Where the read API is"},
		{"TokenUrl", core.Users.TokenURL, "Where a client gets an access token with its id and secret"},
		{"Scope", core.Users.ReadScope, "The scope to ask for"},
		{"MachineClientId", *core.Users.Machine.UserPoolClientId(), "The client id of the first consumer"},
		{"UserPoolId", *core.Users.Pool.UserPoolId(), "The user pool, where a client's secret can be read"},
		{"TableName", *core.Table.TableName(), "The table of the newest readings"},
		{"RejectsBucket", *core.Rejects.BucketName(), "Where rejects and failed batches are kept"},
	} {
		awscdk.NewCfnOutput(core.Node, str(o.id), &awscdk.CfnOutputProps{Value: str(o.value), Description: str(o.description)})
	}
}
