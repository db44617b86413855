package constructs

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// IDigitalTwinCore is a twin that pipelines can be hooked onto: one that [NewDigitalTwinCore] made in this app, or one
// of another app, see [FromDigitalTwinCoreAttributes].
type IDigitalTwinCore interface {
	// EnvironmentName is the name of the environment, such as prod.
	EnvironmentName() string
	// GrantConsumeChanges lets a role, a user or an account read the twin stream, to do something else with every change.
	GrantConsumeChanges(grantee awsiam.IGrantable) awsiam.Grant
	// GrantReadReadings lets them read the newest readings from the table itself, past the API and its limits.
	GrantReadReadings(grantee awsiam.IGrantable) awsiam.Grant
	// GrantReadRejects lets an operator read what went wrong, to look at it or to replay it.
	GrantReadRejects(grantee awsiam.IGrantable) awsiam.Grant

	twin() *host
}

// host is what pipelines need of the twin that they are hooked onto.
type host struct {
	node        awsconstructs.Construct // of the twin
	environment string
	assets      Assets
	arch        Architecture
	retain      bool
	logDays     int
	traces      bool   // by AWS X-Ray
	deployRole  string // empty: that of cdk bootstrap
	qualifier   string // of cdk bootstrap; empty: that of the app
	profile     Profile
	operators   Access
	alarms      *Alarms       // nil: none are made
	topic       awssns.ITopic // of the alarms
	topicARN    string        // its ARN without a reference to its stack; empty where the topic is somebody else's

	stream    awskinesis.IStream
	rejects   awss3.IBucket
	logsKey   awskms.IKey
	catalogue string                  // the ARN of the function that writes catalogue entries
	dashboard awscloudwatch.Dashboard // nil where another app has it

	putChanges, putRejects *keyUse // what the functions of pipelines do with the twin's keys

	datasets map[string]bool // that have a pipeline already
}

// EnvironmentName is the name of the environment, such as prod.
func (h *host) EnvironmentName() string { return h.environment }

func (h *host) twin() *host { return h }

// stackOf is the name of the stack of a dataset, as [NewEnvironment] makes it.
func (h *host) stackOf(dataset string) string {
	return "DigitalTwin-" + h.environment + "-" + stackName(dataset)
}

func (h *host) logs() logProps { return logProps{Days: h.logDays, Retain: h.retain, Key: h.logsKey} }

// addDataset notes that a dataset has a pipeline: roles, policies and the catalogue know it by its name.
func (h *host) addDataset(name string) error {
	if h.datasets[name] {
		return fmt.Errorf("props.Dataset: there is a pipeline for %s already in the environment %s", name, h.environment)
	}
	h.datasets[name] = true
	return nil
}

// tag marks what a construct makes as of this environment, and of a dataset: an operator's policy and a bill can speak
// of it so.
func (h *host) tag(c awsconstructs.IConstruct, dataset string) {
	tags := awscdk.Tags_Of(c)
	tags.Add(str(tagEnvironment), str(h.environment), nil)
	if dataset != "" {
		tags.Add(str(tagDataset), str(dataset), nil)
	}
}

const (
	tagEnvironment = "digitaltwin:environment"
	tagDataset     = "digitaltwin:dataset"
	tagSeverity    = "digitaltwin:severity" // of alarms
)

// deployer is the role that CloudFormation acts as when the CDK deploys a stack.
func (h *host) deployer(stack awscdk.Stack) string {
	if h.deployRole != "" {
		return h.deployRole
	}
	// The synthesizer of the stack knows the qualifier, but does not tell it over jsii.
	context, _ := stack.Node().TryGetContext(str("@aws-cdk/core:bootstrapQualifier")).(string)
	qualifier := cmp.Or(h.qualifier, context, *awscdk.DefaultStackSynthesizer_DEFAULT_QUALIFIER())
	return fmt.Sprintf("arn:%s:iam::%s:role/cdk-%s-cfn-exec-role-%s-%s",
		*stack.Partition(), *stack.Account(), qualifier, *stack.Account(), *stack.Region())
}

// late is how old a record may become that waits to be worked on.
func (h *host) late() time.Duration {
	return time.Duration(cmp.Or(h.alarms.BehindMinutes, 5)) * time.Minute
}
