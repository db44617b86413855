package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
)

// addAlarmTopic makes the topic that alarms go to, to which the alarms of this account alone may publish, over TLS.
// Its key is CloudWatch's, because a topic's messages are encrypted by who publishes.
func (core *DigitalTwinCore) addAlarmTopic() {
	p := core.props
	switch {
	case p.AlarmTopic != nil:
		core.AlarmTopic = p.AlarmTopic
		return
	case p.Alarms.TopicARN != "":
		core.AlarmTopic = awssns.Topic_FromTopicArn(core.Node, str("AlarmTopic"), str(p.Alarms.TopicARN))
		return
	}
	key := newKey(core.Node, "AlarmsKey", "Digital Twin "+p.Environment+": alarms", p.Retain)
	core.Keys.Alarms = key
	topic := awssns.NewTopic(core.Node, str("AlarmTopic"), &awssns.TopicProps{
		DisplayName: str("Digital Twin " + p.Environment), MasterKey: key, EnforceSSL: yes,
	})
	key.AddToResourcePolicy(core.fromAlarms("EncryptAlarms", []string{"kms:Decrypt", "kms:GenerateDataKey"}, "*"), no)
	topic.AddToResourcePolicy(core.fromAlarms("PublishAlarms", []string{"sns:Publish"}, *topic.TopicArn()))
	for _, e := range p.Alarms.Emails {
		topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(str(e), nil))
	}
	core.AlarmTopic = topic
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
				"aws:SourceArn": fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:*", *stack.Partition(), *stack.Region(), *stack.Account()),
			},
		},
	})
}
