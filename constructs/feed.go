package constructs

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	feedschema "github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Changes are the choices of the change feed.
type Changes struct {
	// Followers is how many may follow at once, by streams and long polls: so many executions of AWS Lambda are reserved,
	// and missing elsewhere in the account. More are refused by API Gateway. A caller keeps at most half of them, see
	// [ClientProps.Followers]. Default: 20.
	Followers int `json:"followers"`
}

const (
	usualFollowers = 20
	maxFollowers   = 500 // with what the rest of an account needs, of its 1,000 executions
)

func (c *Changes) check() []error {
	if c == nil || c.Followers >= 0 && c.Followers <= maxFollowers {
		return nil
	}
	return []error{fmt.Errorf("changes.followers is %d: want 1 to %d, or 0 for %d", c.Followers, maxFollowers,
		usualFollowers)}
}

// Feed is the change feed of an environment.
type Feed struct {
	Key     awskms.Key        // of Log
	Log     awsdynamodb.Table // what has changed, for a day
	Tell    *Function         // from the stream of the table into the log
	Trigger awslambda.CfnEventSourceMapping
	Follow  *Function // from the log to followers; writes who follows, and nothing else

	read, write *keyUse
}

// addFeed makes key and log of the change feed. They go with their setting: the log is a copy, of a day.
func (core *DigitalTwinCore) addFeed() {
	key := newKey(core.Node, "FeedKey", "Digital Twin "+core.environment+": the log of the change feed",
		core.environment+"/feed", false)
	table := awsdynamodb.NewTable(core.Node, str("FeedLog"), &awsdynamodb.TableProps{
		PartitionKey:        &awsdynamodb.Attribute{Name: str(feedschema.Minute), Type: awsdynamodb.AttributeType_NUMBER},
		SortKey:             &awsdynamodb.Attribute{Name: str(feedschema.Position), Type: awsdynamodb.AttributeType_BINARY},
		BillingMode:         awsdynamodb.BillingMode_PAY_PER_REQUEST,
		Encryption:          awsdynamodb.TableEncryption_CUSTOMER_MANAGED,
		EncryptionKey:       key,
		TimeToLiveAttribute: str(feedschema.TTL),
		RemovalPolicy:       awscdk.RemovalPolicy_DESTROY,
	})
	accept(table, "The log is what has changed in a day, and the table itself has it all: followers whose log is lost "+
		"read everything again.",
		"AwsSolutions-DDB3", "NIST.800.53.R5-DynamoDBInBackupPlan", "NIST.800.53.R5-DynamoDBPITREnabled")
	core.Feed = &Feed{
		Key: key, Log: table,
		read:  use(key, "ReadersRead", "dynamodb", decrypts, nil),
		write: use(key, "WritersWrite", "dynamodb", writesTable, nil),
	}
	stack := awscdk.Stack_Of(core.Node)
	use(key, "DeploymentsMake", "dynamodb", makesTable, nil).allow(*stack.Account(), core.deployer(stack))
}

// addFeedFunctions makes the functions of the change feed.
func (core *DigitalTwinCore) addFeedFunctions() error {
	if core.Feed == nil {
		return nil
	}
	if err := core.addTell(); err != nil {
		return err
	}
	return core.addFollow()
}

// readsTableStream is what reading the stream of a table takes.
var readsTableStream = []string{"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator",
	"dynamodb:ListStreams"}

// tellWindow is for how long writes are gathered before they are told: an item of the log costs as much for one change
// as for some.
const tellWindow = time.Second

func (core *DigitalTwinCore) addTell() error {
	table, log := core.Table, core.Feed.Log
	f, err := core.newCoreFunction("Tell", "changes",
		"Digital Twin: tells followers what writes to the table have changed",
		time.Minute, wiring.Changes{Environment: core.environment, Table: *table.TableName(), Log: *log.TableName()}.Env())
	if err != nil {
		return err
	}
	f.allow("ReadReadings", []string{"dynamodb:Query"}, *table.TableArn())
	f.allow("ReadTableStream", readsTableStream, *table.TableStreamArn())
	f.useKey("DecryptReadings", core.readReadings)
	f.allow("WriteLog", []string{"dynamodb:PutItem"}, *log.TableArn())
	f.useKey("EncryptLog", core.Feed.write)
	f.allowFailedBatches(core.host)
	f.useKey("EncryptRejects", core.putRejects)
	window := tellWindow
	if core.profile == LowLatency {
		window = 0
	}
	// Of the items of the store itself only the catalogue's change what is served.
	pattern := func(text string) *awslambda.CfnEventSourceMapping_FilterProperty {
		return &awslambda.CfnEventSourceMapping_FilterProperty{Pattern: str(text)}
	}
	props := &awslambda.CfnEventSourceMappingProps{
		FunctionName:                   f.Function.FunctionArn(),
		EventSourceArn:                 table.TableStreamArn(),
		StartingPosition:               str("TRIM_HORIZON"),
		BatchSize:                      num(500),
		MaximumBatchingWindowInSeconds: seconds(window),
		BisectBatchOnFunctionError:     true,
		FunctionResponseTypes:          strs("ReportBatchItemFailures"),
		MaximumRecordAgeInSeconds:      seconds(defaultRetry), // the stream keeps records for 24 hours
		MaximumRetryAttempts:           num(retriesForever),
		FilterCriteria: &awslambda.CfnEventSourceMapping_FilterCriteriaProperty{Filters: list[interface{}](
			pattern(`{"dynamodb":{"Keys":{"`+schema.Component+`":{"S":[{"anything-but":["`+schema.Catalogue+`"]}]}}}}`),
			pattern(`{"dynamodb":{"Keys":{"`+schema.Part+`":{"S":[{"prefix":"`+schema.DatasetPart+`"}]}}}}`),
		)},
		DestinationConfig: &awslambda.CfnEventSourceMapping_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventSourceMapping_OnFailureProperty{Destination: core.rejects.BucketArn()},
		},
	}
	if core.alarms != nil {
		// see consumerAlarms
		props.MetricsConfig = &awslambda.CfnEventSourceMapping_MetricsConfigProperty{Metrics: strs("EventCount")}
	}
	core.Feed.Trigger = awslambda.NewCfnEventSourceMapping(f.Node, str("Trigger"), props)
	core.Feed.Trigger.Node().AddDependency(f.Policy) // AWS Lambda tries the role on the stream when the mapping is made
	accept(f.Function, "A stream's trigger runs at most as many at once as there are shards.",
		"NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "Batches that are given up go to the trigger's failure destination with their records; a "+
		"dead-letter queue is for asynchronous calls.",
		"NIST.800.53.R5-LambdaDLQ")
	core.Feed.Tell = f
	return nil
}

// followTime is how long a function may run, and API Gateway streams: followers are sent away before.
const followTime = 15 * time.Minute

func (core *DigitalTwinCore) addFollow() error {
	f, err := core.newRestrictedFunction("Follow", "follow", "Digital Twin: streams to a follower what changes",
		followTime, core.querySettings().Env())
	if err != nil {
		return err
	}
	function := f.Function.Node().DefaultChild().(awslambda.CfnFunction)
	function.SetMemorySize(num(128)) // which is paid for as long as somebody follows
	function.SetReservedConcurrentExecutions(num(core.props.Changes.Followers))
	core.letRead(f)
	f.allowIf("KeepSeats", []string{"dynamodb:DeleteItem", "dynamodb:PutItem"}, ofSeats, *core.Feed.Log.TableArn())
	f.useKey("UseLog", core.Feed.write)
	acceptAnswering(f)
	core.Feed.Follow = f
	return nil
}

// followRoute is the call of a follower. It is there with the change feed only.
var followRoute = Route{Method: "GET", Path: "/v1/changes", Follow: true}

// integrateFollow lets API Gateway stream what the function says, for as long as that may take.
func (core *DigitalTwinCore) integrateFollow() awsapigateway.Integration {
	return awsapigateway.NewLambdaIntegration(core.Feed.Follow.Function, &awsapigateway.LambdaIntegrationOptions{
		ScopePermissionToMethod: no, ResponseTransferMode: awsapigateway.ResponseTransferMode_STREAM,
		Timeout: duration(followTime),
	})
}

// feedAlarms are of the change feed.
func (core *DigitalTwinCore) feedAlarms() []alarm {
	if core.Feed == nil {
		return nil
	}
	calls := words{"records": "calls of followers"}
	return append(core.consumerAlarms("Tell", core.Feed.Tell, []string{*core.Feed.Trigger.Ref()}, "writes to the table",
		defaultRetry),
		alarm{id: "Untold", metric: core.MetricUntold(nil)},
		alarm{id: "FollowFails", kind: "Fails", metric: core.Feed.Follow.Function.MetricErrors(over("Sum", time.Minute)),
			times: 3, of: 5, words: calls},
		alarm{
			id: "FollowersFull", metric: core.Feed.Follow.Function.MetricThrottles(over("Sum", 5*time.Minute)), times: 3,
			words: words{"followers": fmt.Sprint(core.props.Changes.Followers)},
		},
	)
}
