package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// addAlarmTopic makes the topic that alarms go to, to which the alarms of this account and operators alone may publish,
// over TLS. Its key is CloudWatch's, because a topic's messages are encrypted by who publishes.
//
// The topic has a name, so that the alarms of datasets can speak of it without an export of this stack: one that is in
// use could not be taken away again, and so neither could the alarms.
func (core *DigitalTwinCore) addAlarmTopic() {
	p := core.props
	switch {
	case p.AlarmTopic != nil:
		core.topic = p.AlarmTopic
		return
	case p.Alarms.TopicARN != "":
		core.topic = awssns.Topic_FromTopicArn(core.Node, str("AlarmTopic"), str(p.Alarms.TopicARN))
		return
	}
	core.Keys.Alarms = core.key("AlarmsKey", "alarms", "alarms")
	stack := awscdk.Stack_Of(core.Node)
	name := "DigitalTwin-" + p.Environment + "-alarms"
	topic := awssns.NewTopic(core.Node, str("AlarmTopic"), &awssns.TopicProps{
		TopicName: str(name), DisplayName: str("Digital Twin " + p.Environment), MasterKey: core.Keys.Alarms, EnforceSSL: yes,
	})
	core.Keys.Alarms.AddToResourcePolicy(core.fromAlarms("EncryptAlarms", publishes, "*"), no)
	topic.AddToResourcePolicy(core.fromAlarms("PublishAlarms", []string{"sns:Publish"}, *topic.TopicArn()))
	use(core.Keys.Alarms, "OperatorsTest", "sns", publishes, nil).allowAccess(p.Operators)
	for _, e := range p.Alarms.Emails {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(str(e), nil))
	}
	core.topic = topic
	core.topicARN = fmt.Sprintf("arn:%s:sns:%s:%s:%s", *stack.Partition(), *stack.Region(), *stack.Account(), name)
}

// topicFor is the topic of a severity as an alarm in any stack can speak of it.
func (h *host) topicFor(c awsconstructs.IConstruct, severity Severity) awssns.ITopic {
	stack := awscdk.Stack_Of(c)
	if warnings := h.alarms.WarningTopicARN; severity == Warning && warnings != "" {
		const id = "WarningTopic"
		if found := stack.Node().TryFindChild(str(id)); found != nil {
			return found.(awssns.ITopic)
		}
		return awssns.Topic_FromTopicArn(stack, str(id), str(warnings))
	}
	if h.topicARN == "" || *stack.Node().Addr() == *awscdk.Stack_Of(h.node).Node().Addr() {
		return h.topic
	}
	const id = "AlarmTopicOfCore"
	if found := stack.Node().TryFindChild(str(id)); found != nil {
		return found.(awssns.ITopic)
	}
	return awssns.Topic_FromTopicArn(stack, str(id), str(h.topicARN))
}

// fromAlarms lets CloudWatch act for the alarms of this account and region, and for nobody else's.
func (core *DigitalTwinCore) fromAlarms(sid string, actions []string, resource string) awsiam.PolicyStatement {
	stack := awscdk.Stack_Of(core.Node)
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: str(sid), Principals: list[awsiam.IPrincipal](awsiam.NewServicePrincipal(str("cloudwatch.amazonaws.com"), nil)),
		Actions: strs(actions...), Resources: strs(resource),
		Conditions: &map[string]interface{}{
			"StringEquals": map[string]interface{}{"aws:SourceAccount": *stack.Account()},
			"ArnLike": map[string]interface{}{
				"aws:SourceArn": fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:*", *stack.Partition(), *stack.Region(),
					*stack.Account()),
			},
		},
	})
}
