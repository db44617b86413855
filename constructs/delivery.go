package constructs

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// DeliveryPipelineProps are the choices of a delivery pipeline.
type DeliveryPipelineProps struct {
	// ConnectionARN is a connection of AWS CodeConnections to the code host: GitHub, GitLab, Bitbucket, Azure DevOps or a
	// server of your own. Somebody has to confirm it once in the console. Required.
	ConnectionARN string
	// Repository is the repository as the code host names it, such as railtwin/digitaltwin. Required.
	Repository string
	// Branch is the branch whose commits are delivered. Default: main.
	Branch string
	// Environments are delivered to in this order. At least one.
	Environments []DeliveryEnvironment
	// Emails are told of failed deliveries and asked for approvals. Default: nobody; subscribe to the topic.
	Emails []string
	// LogDays is how long the logs of builds are kept. Default: 90.
	LogDays int
}

// DeliveryEnvironment is an environment that a pipeline delivers to. Its account has to be bootstrapped with --trust
// for the account of the pipeline.
type DeliveryEnvironment struct {
	Name    string // the key in "environments" of cdk.json
	Account string // 12 digits
	Region  string // such as eu-central-1
	// Qualifier is the one that cdk bootstrap was given. Default: the CDK's own.
	Qualifier string
	// Approve asks somebody before the deployment.
	Approve bool
	// SmokeRole is the ARN of a role in the account of the environment, which is among canary.runners of its settings:
	// by it the pipeline reads the secret of the canary's client and puts a record. Default: the deployment is not
	// smoked.
	SmokeRole string
}

var (
	connectionARN  = regexp.MustCompile(`^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:connection/[A-Za-z0-9-]+$`)
	repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$`)
	branchName     = regexp.MustCompile(`^[A-Za-z0-9._/-]+$`)
)

func (p DeliveryPipelineProps) withDefaults() (DeliveryPipelineProps, error) {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	p.Branch, p.LogDays = cmp.Or(p.Branch, "main"), cmp.Or(p.LogDays, 90)
	if !connectionARN.MatchString(p.ConnectionARN) {
		bad("props.ConnectionARN is %q: want arn:aws:codeconnections:REGION:ACCOUNT:connection/ID", p.ConnectionARN)
	}
	if !repositoryName.MatchString(p.Repository) {
		bad("props.Repository is %q: want OWNER/NAME", p.Repository)
	}
	if !branchName.MatchString(p.Branch) {
		bad("props.Branch is %q: want the name of a branch", p.Branch)
	}
	if err := checkLogDays(p.LogDays); err != nil {
		bad("props.LogDays: %w", err)
	}
	if len(p.Environments) == 0 {
		bad("props.Environments is empty: name the environments in the order of their delivery")
	}
	for i, e := range p.Environments {
		where := fmt.Sprintf("props.Environments[%d]", i)
		if !environmentName.MatchString(e.Name) || !accountNumber.MatchString(e.Account) ||
			!regionName.MatchString(e.Region) {
			bad("%s is %s in %q of %q: want a name of cdk.json, 12 digits, and a region such as "+
				"eu-central-1", where, e.Name, e.Region, e.Account)
		}
		if e.Qualifier != "" && !qualifierName.MatchString(e.Qualifier) {
			bad("%s.Qualifier is %q: want what cdk bootstrap --qualifier was given", where, e.Qualifier)
		}
		if e.SmokeRole != "" && !roleARN.MatchString(e.SmokeRole) {
			bad("%s.SmokeRole is %q: want arn:aws:iam::ACCOUNT:role/NAME", where, e.SmokeRole)
		}
		if slices.ContainsFunc(p.Environments[:i], func(o DeliveryEnvironment) bool { return o.Name == e.Name }) {
			bad("%s: %s is there twice", where, e.Name)
		}
	}
	return p, errors.Join(errs...)
}

// DeliveryPipeline delivers every commit of a branch: tests and synth once, then for each environment the gate, an
// approval where it is asked for, the deployment and the smoke test. Each step is one of "twin deliver". Deliveries
// wait for each other. A month of twenty costs about 6 USD and the key.
type DeliveryPipeline struct {
	Node     awsconstructs.Construct
	Key      awskms.Key
	Bucket   awss3.Bucket // artifacts of deliveries, and the cache of builds
	State    awss3.Bucket // what is deployed, below the name of each environment; no build reaches it
	Topic    awssns.Topic // failed deliveries and approvals
	Pipeline awscodepipeline.CfnPipeline

	props DeliveryPipelineProps
}

// NewDeliveryPipeline makes a DeliveryPipeline, in an account of tools or in that of an environment.
func NewDeliveryPipeline(scope awsconstructs.Construct, id string, props DeliveryPipelineProps) (*DeliveryPipeline,
	error) {
	p, err := props.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("constructs: DeliveryPipeline %s: %w", id, err)
	}
	d := &DeliveryPipeline{Node: awsconstructs.NewConstruct(scope, &id), props: p}
	d.addKey()
	d.addBuckets()
	d.addTopic()
	role := d.addPipelineRole()
	build := d.addBuild()
	stages := []interface{}{d.sourceStage(), d.buildStage(build)}
	projects := []string{*build.project.AttrArn()}
	for _, e := range p.Environments {
		project := d.addEnvironment(e)
		stages = append(stages, d.environmentStage(e, project))
		projects = append(projects, *project.project.AttrArn())
	}
	policy := d.allowPipeline(role, projects)
	d.Pipeline = awscodepipeline.NewCfnPipeline(d.Node, str("Pipeline"), &awscodepipeline.CfnPipelineProps{
		RoleArn: role.RoleArn(), PipelineType: str("V2"), ExecutionMode: str("QUEUED"), RestartExecutionOnUpdate: no,
		ArtifactStore: &awscodepipeline.CfnPipeline_ArtifactStoreProperty{
			Type: str("S3"), Location: d.Bucket.BucketName(),
			EncryptionKey: &awscodepipeline.CfnPipeline_EncryptionKeyProperty{Id: d.Key.KeyArn(), Type: str("KMS")},
		},
		Stages: &stages,
	})
	d.Pipeline.Node().AddDependency(policy)
	d.addNotifications()
	awscdk.Tags_Of(d.Node).Add(str("application"), str("digitaltwin"), nil)
	return d, nil
}
