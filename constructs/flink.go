package constructs

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	kda "github.com/aws/aws-cdk-go/awscdk/v2/awskinesisanalyticsv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Application is an extractor on Amazon Managed Service for Apache Flink.
type Application struct {
	Node        awsconstructs.Construct
	Name        string // of the application, which its key and its role speak of
	Application kda.CfnApplication
	Role        awsiam.Role
	RoleARN     string        // the same role by its name, which is known before it is made
	Policy      awsiam.Policy // all that the role may do
	Key         awskms.Key    // of checkpoints, snapshots and what is on the disks
	Logs        awslogs.LogGroup
	Starter     *Function // starts and stops it with the deployment

	host *host
	uses []*keyUse // of Key by who starts and stops it
}

// flinkRuntime is what functions/extract-flink is built for, and flinkNamespace where its metrics are.
const (
	flinkRuntime   = "FLINK-2_2"
	flinkNamespace = "AWS/KinesisAnalytics"
)

var applicationName = regexp.MustCompile(`^[a-zA-Z0-9_.-]{1,128}$`)

// addApplication makes the application that runs the extractor, and what starts it.
func (x *PipelineExtractor) addApplication(p *PipelineExtractorProps) error {
	if err := p.forFlink(x.Inputs); err != nil {
		return err
	}
	inputs, err := x.bindStreams(p, x.Inputs)
	if err != nil {
		return err
	}
	name := "DigitalTwin-" + x.host.environment + "-" + p.Dataset
	if !applicationName.MatchString(name) {
		return fmt.Errorf("the application cannot be called %q: want letters, digits, _, . and -, at most 128", name)
	}
	props, err := x.host.assets.FlinkExtractor(p.Dataset, p.SQL)
	if err != nil {
		return err
	}
	a := &Application{Node: awsconstructs.NewConstruct(x.Node, str("Flink")), Name: name, host: x.host}
	x.Flink = a
	code := awss3assets.NewAsset(a.Node, str("Code"), props)
	a.addRole(p)
	x.tellRole(a.Node, a.RoleARN)
	a.allowReading(inputs, code)
	a.Key = a.newStateKey(p)
	a.Logs = newLogGroup(a.Node, "Logs", a.host.logs())
	a.add(p, code, a.settings(p, inputs))
	a.addLogging()
	if err := a.addStarter(x, p, code); err != nil {
		return err
	}
	x.addReader(inputs)
	a.addWidgets(p.Dataset)
	x.addOperators()
	return nil
}

// arn is the application's, which is known before it is there because it has a name.
func (a *Application) arn() string {
	stack := awscdk.Stack_Of(a.Node)
	return fmt.Sprintf("arn:%s:kinesisanalytics:%s:%s:application/%s", *stack.Partition(), *stack.Region(),
		*stack.Account(), a.Name)
}

// addRole makes the role of the application: it may put changes and encrypt them.
func (a *Application) addRole(p *PipelineExtractorProps) {
	names := a.host.role(awscdk.Stack_Of(a.Node), "extract", p.Dataset+"-flink")
	a.RoleARN = names.ARN
	a.Role = awsiam.NewRole(a.Node, str("Role"), &awsiam.RoleProps{
		Description: str("Digital Twin: extracts changes from " + p.Dataset + " on Flink"),
		Path:        str(names.Path),
		RoleName:    str(names.Name),
		AssumedBy: awsiam.NewServicePrincipal(str("kinesisanalytics.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]interface{}{
				"ArnEquals":    map[string]interface{}{"aws:SourceArn": a.arn()},
				"StringEquals": map[string]interface{}{"aws:SourceAccount": *awscdk.Stack_Of(a.Node).Account()},
			},
		}),
	})
	a.Policy = awsiam.NewPolicy(a.Node, str("Policy"), &awsiam.PolicyProps{Roles: list[awsiam.IRole](a.Role)})
	accept(a.Policy, "The policy is of this one role and goes with it: nothing else is to have these rights.",
		"NIST.800.53.R5-IAMNoInlinePolicy")
	a.allow("PutChanges", []string{"kinesis:DescribeStreamSummary", "kinesis:PutRecords"}, *a.host.stream.StreamArn())
	a.useKey("EncryptChanges", a.host.putChanges)
}

// allowReading lets the application read its streams and its code.
func (a *Application) allowReading(inputs []*Input, code awss3assets.Asset) {
	a.allow("ReadCode", []string{"s3:GetObject", "s3:GetObjectVersion"}, *code.Bucket().ArnForObjects(code.S3ObjectKey()))
	for _, in := range inputs {
		name := ""
		if len(inputs) > 1 {
			name = sid(in.Tables[0])
		}
		a.allow("ReadStream"+name, readsStream, *in.Stream.StreamArn())
		switch {
		case in.read != nil:
			a.useKey("DecryptStream"+name, in.read)
		case in.Key != nil:
			a.Policy.AddStatements(right{
				sid: "DecryptStream" + name, actions: decrypts, on: []string{*in.Key.KeyArn()},
				when: equals("kms:ViaService", via(awscdk.Stack_Of(a.Node), "kinesis")),
			}.statement())
		}
		if in.Consumer != nil {
			a.allow("Subscribe"+name, subscribes, *in.Consumer.AttrConsumerArn())
		}
	}
}

func (a *Application) allow(sid string, actions []string, resources ...string) {
	a.Policy.AddStatements(right{sid: sid, actions: actions, on: resources}.statement())
}

// useKey lets the application use a key, on both sides, see [Function.useKey].
func (a *Application) useKey(sid string, u *keyUse) {
	u.allow(*awscdk.Stack_Of(a.Node).Account(), a.RoleARN)
	a.allow(sid, u.actions, *u.key.KeyArn())
}

// settings are the property groups that the runner reads.
func (a *Application) settings(p *PipelineExtractorProps, inputs []*Input) wiring.Flink {
	region := *awscdk.Stack_Of(a.Node).Region()
	s := wiring.Flink{
		Dataset: p.Dataset, Tables: map[string]wiring.FlinkSource{},
		Sink: wiring.FlinkSink{StreamARN: *a.host.stream.StreamArn(), Region: region},
	}
	for _, in := range inputs {
		source := wiring.FlinkSource{StreamARN: *in.Stream.StreamArn(), Region: region, Start: string(p.Start)}
		if p.Start == "" {
			source.Start = string(Oldest)
		}
		if in.Consumer != nil {
			source.Consumer = p.consumer()
		}
		for _, table := range in.Tables {
			s.Tables[table] = source
		}
	}
	return s
}

// add makes the application itself.
func (a *Application) add(p *PipelineExtractorProps, code awss3assets.Asset, settings wiring.Flink) {
	groups := settings.Groups()
	var properties []interface{}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		properties = append(properties, &kda.CfnApplication_PropertyGroupProperty{PropertyGroupId: str(id),
			PropertyMap: stringMap(groups[id])})
	}
	custom := str("CUSTOM") // the values are ignored otherwise
	a.Application = kda.NewCfnApplication(a.Node, str("Application"), &kda.CfnApplicationProps{
		ApplicationName:        str(a.Name),
		ApplicationDescription: str("Digital Twin: extracts changes from " + p.Dataset),
		ApplicationMode:        str("STREAMING"),
		RuntimeEnvironment:     str(flinkRuntime),
		ServiceExecutionRole:   a.Role.RoleArn(),
		ApplicationConfiguration: &kda.CfnApplication_ApplicationConfigurationProperty{
			ApplicationCodeConfiguration: &kda.CfnApplication_ApplicationCodeConfigurationProperty{
				CodeContentType: str("ZIPFILE"), // of a jar too
				CodeContent: &kda.CfnApplication_CodeContentProperty{
					S3ContentLocation: &kda.CfnApplication_S3ContentLocationProperty{
						BucketArn: code.Bucket().BucketArn(), FileKey: code.S3ObjectKey(),
					},
				},
			},
			ApplicationEncryptionConfiguration: &kda.CfnApplication_ApplicationEncryptionConfigurationProperty{
				KeyType: str("CUSTOMER_MANAGED_KEY"), KeyId: a.Key.KeyArn(),
			},
			ApplicationSnapshotConfiguration: &kda.CfnApplication_ApplicationSnapshotConfigurationProperty{
				SnapshotsEnabled: yes,
			},
			ApplicationSystemRollbackConfiguration: &kda.CfnApplication_ApplicationSystemRollbackConfigurationProperty{
				RollbackEnabled: yes,
			},
			EnvironmentProperties: &kda.CfnApplication_EnvironmentPropertiesProperty{
				PropertyGroups: &properties,
			},
			FlinkApplicationConfiguration: &kda.CfnApplication_FlinkApplicationConfigurationProperty{
				CheckpointConfiguration: &kda.CfnApplication_CheckpointConfigurationProperty{
					ConfigurationType: custom, CheckpointingEnabled: yes,
					CheckpointInterval:         num(int(p.Flink.Checkpoint.Milliseconds())),
					MinPauseBetweenCheckpoints: num(int(minPause.Milliseconds())),
				},
				MonitoringConfiguration: &kda.CfnApplication_MonitoringConfigurationProperty{
					ConfigurationType: custom, LogLevel: str("INFO"), MetricsLevel: str("APPLICATION"),
				},
				ParallelismConfiguration: &kda.CfnApplication_ParallelismConfigurationProperty{
					ConfigurationType: custom, Parallelism: num(p.Flink.Parallelism),
					ParallelismPerKpu:  num(p.Flink.ParallelismPerKPU),
					AutoScalingEnabled: p.Flink.AutoScaling,
				},
			},
		},
		// How an update of a running application goes on: from its state, without what changed SQL has no use for.
		RunConfiguration: &kda.CfnApplication_RunConfigurationProperty{
			ApplicationRestoreConfiguration: &kda.CfnApplication_ApplicationRestoreConfigurationProperty{
				ApplicationRestoreType: str("RESTORE_FROM_LATEST_SNAPSHOT"),
			},
			FlinkRunConfiguration: &kda.CfnApplication_FlinkRunConfigurationProperty{AllowNonRestoredState: yes},
		},
	})
	a.Application.Node().AddDependency(a.Policy)
}

// minPause is the least time between the end of a checkpoint and the begin of the next.
const minPause = 5 * time.Second

// addLogging sends the application's logs into its group.
func (a *Application) addLogging() {
	stack := awscdk.Stack_Of(a.Node)
	stream := awslogs.NewCfnLogStream(a.Node, str("LogStream"),
		&awslogs.CfnLogStreamProps{LogGroupName: a.Logs.LogGroupName(), LogStreamName: str("flink")})
	group := fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s", *stack.Partition(), *stack.Region(), *stack.Account(),
		*a.Logs.LogGroupName())
	arn := group + ":log-stream:flink"
	a.allow("WriteLogs", []string{"logs:PutLogEvents"}, arn)
	a.allow("FindLogs", []string{"logs:DescribeLogStreams"}, *a.Logs.LogGroupArn())
	option := kda.NewCfnApplicationCloudWatchLoggingOption(a.Node, str("Logging"),
		&kda.CfnApplicationCloudWatchLoggingOptionProps{
			ApplicationName: a.Application.Ref(),
			CloudWatchLoggingOption: &kda.CfnApplicationCloudWatchLoggingOption_CloudWatchLoggingOptionProperty{
				LogStreamArn: str(arn),
			},
		})
	option.Node().AddDependency(stream)
}

// Metric is a metric that the service writes of the application, such as numRestarts, numRecordsInPerSecond,
// lastCheckpointDuration or millisBehindLatest.
func (a *Application) Metric(name, statistic string) awscloudwatch.Metric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str(flinkNamespace), MetricName: str(name), Statistic: str(statistic),
		DimensionsMap: &map[string]*string{"Application": str(a.Name)}, Period: awscdk.Duration_Minutes(num(5)),
	})
}
