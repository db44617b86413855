package constructs

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodestarnotifications"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// addKey makes the key of artifacts, logs and messages of deliveries.
func (d *DeliveryPipeline) addKey() {
	d.Key = newKey(d.Node, "Key", "Digital Twin: deliveries", "delivery", true)
	allowLogs(d.Key)
	d.Key.AddToResourcePolicy(d.fromNotifications("EncryptNotifications", []string{"kms:Decrypt", "kms:GenerateDataKey"},
		"*"), no)
}

// fromNotifications lets the rules of this account and region tell of deliveries.
func (d *DeliveryPipeline) fromNotifications(sid string, actions []string, resource string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        str(sid),
		Principals: list[awsiam.IPrincipal](awsiam.NewServicePrincipal(str("codestar-notifications.amazonaws.com"), nil)),
		Actions:    strs(actions...), Resources: strs(resource),
		Conditions: &map[string]interface{}{
			"StringEquals": map[string]interface{}{"aws:SourceAccount": *awscdk.Stack_Of(d.Node).Account()},
		},
	})
}

// addBuckets makes the bucket of artifacts, and another one of what is deployed, which stays: whoever builds could
// otherwise write what "twin deliver back" deploys to an environment.
func (d *DeliveryPipeline) addBuckets() {
	d.Bucket = d.newBucket("Bucket", &awss3.LifecycleRule{Id: str("cache"), Prefix: str("cache/"),
		Expiration: awscdk.Duration_Days(num(30))})
	d.State = d.newBucket("State")
}

func (d *DeliveryPipeline) newBucket(id string, rules ...*awss3.LifecycleRule) awss3.Bucket {
	b := awss3.NewBucket(d.Node, str(id), &awss3.BucketProps{
		Encryption: awss3.BucketEncryption_KMS, EncryptionKey: d.Key, BucketKeyEnabled: yes,
		EnforceSSL: yes, MinimumTLSVersion: jsii.Number(1.2),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(), ObjectOwnership: awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Versioned: yes,
		LifecycleRules: list(append(rules, &awss3.LifecycleRule{
			Id: str("versions"), NoncurrentVersionExpiration: awscdk.Duration_Days(num(90)),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(num(1)),
		})...),
		RemovalPolicy: removal(true),
	})
	accept(b, "The roles of the pipeline alone read and write it; logs of every access would need a bucket of their own.",
		"AwsSolutions-S1", "NIST.800.53.R5-S3BucketLoggingEnabled")
	accept(b, "Artifacts are made again from the commit; what is deployed is known to AWS CloudFormation too.",
		"NIST.800.53.R5-S3BucketReplicationEnabled")
	return b
}

// addTopic makes the topic of failed deliveries and approvals.
func (d *DeliveryPipeline) addTopic() {
	d.Topic = awssns.NewTopic(d.Node, str("Topic"), &awssns.TopicProps{
		DisplayName: str("Digital Twin deliveries"), MasterKey: d.Key, EnforceSSL: yes,
	})
	d.Topic.AddToResourcePolicy(d.fromNotifications("PublishNotifications", []string{"sns:Publish"}, *d.Topic.TopicArn()))
	for _, e := range d.props.Emails {
		d.Topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(str(e), nil))
	}
	if len(d.props.Emails) == 0 {
		warnNobody(d.Node, "subscriber", "failed deliveries and approvals reach nobody: name addresses in props.Emails, "+
			"or subscribe to the topic")
	}
}

func (d *DeliveryPipeline) addNotifications() {
	stack := awscdk.Stack_Of(d.Node)
	awscodestarnotifications.NewCfnNotificationRule(d.Node, str("Notifications"),
		&awscodestarnotifications.CfnNotificationRuleProps{
			Name: str(*stack.StackName() + "-" + *d.Node.Node().Id()), DetailType: str("FULL"),
			Resource: str(fmt.Sprintf("arn:%s:codepipeline:%s:%s:%s", *stack.Partition(), *stack.Region(), *stack.Account(),
				*d.Pipeline.Ref())),
			EventTypeIds: strs("codepipeline-pipeline-pipeline-execution-failed",
				"codepipeline-pipeline-manual-approval-needed"),
			Targets: &[]interface{}{&awscodestarnotifications.CfnNotificationRule_TargetProperty{
				TargetType: str("SNS"), TargetAddress: d.Topic.TopicArn(),
			}},
		})
}

func (d *DeliveryPipeline) newRole(scope awsconstructs.Construct, id, service, description string) awsiam.Role {
	return awsiam.NewRole(scope, str(id), &awsiam.RoleProps{
		Description: str(description), MaxSessionDuration: awscdk.Duration_Hours(num(4)),
		AssumedBy: awsiam.NewServicePrincipal(str(service), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]interface{}{
				"StringEquals": map[string]interface{}{"aws:SourceAccount": *awscdk.Stack_Of(d.Node).Account()},
			},
		}),
	})
}

func (d *DeliveryPipeline) newPolicy(scope awsconstructs.Construct, role awsiam.Role, rights ...right) awsiam.Policy {
	policy := awsiam.NewPolicy(scope, str("Policy"), &awsiam.PolicyProps{Roles: list[awsiam.IRole](role)})
	for _, r := range rights {
		policy.AddStatements(r.statement())
	}
	accept(policy, "The policy is of this one role and goes with it: nothing else is to have these "+
		"rights.", "NIST.800.53.R5-IAMNoInlinePolicy")
	return policy
}

// artifactRights are what a step needs of the artifacts of deliveries.
func (d *DeliveryPipeline) artifactRights(puts bool) []right {
	actions := []string{"s3:GetObject", "s3:GetObjectVersion"}
	if puts {
		actions = append(actions, "s3:PutObject")
	}
	return []right{
		{sid: "UseArtifacts", actions: actions, on: []string{*d.Bucket.BucketArn() + "/*"}},
		{sid: "UseKey", actions: []string{"kms:Decrypt", "kms:GenerateDataKey"}, on: []string{*d.Key.KeyArn()}},
	}
}

func (d *DeliveryPipeline) addPipelineRole() awsiam.Role {
	return d.newRole(d.Node, "Role", "codepipeline.amazonaws.com", "Digital Twin: runs the steps of deliveries")
}

// allowPipeline lets the pipeline start its projects and hand artifacts on. It can reach no environment.
func (d *DeliveryPipeline) allowPipeline(role awsiam.Role, projects []string) awsiam.Policy {
	connections := strings.Split(d.props.ConnectionARN, ":")[2]
	policy := d.newPolicy(d.Node, role, append(d.artifactRights(true),
		right{sid: "SeeBucket", actions: []string{"s3:GetBucketVersioning"}, on: []string{*d.Bucket.BucketArn()}},
		right{sid: "ReadSource", actions: []string{connections + ":UseConnection"}, on: []string{d.props.ConnectionARN}},
		right{sid: "RunSteps", actions: []string{"codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"},
			on: projects},
		right{sid: "AskForApproval", actions: []string{"sns:Publish"}, on: []string{*d.Topic.TopicArn()}},
	)...)
	acceptPattern(policy, "/*", "AWS CodePipeline names artifacts; what is deployed lies below a prefix of each "+
		"environment.")
	return policy
}
