package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// addPeople makes the managed policies for operators and restorers, which whoever owns their roles attaches. The keys
// let in whom the props name: neither side alone lets anybody in.
func (core *DigitalTwinCore) addPeople() {
	if len(core.props.Operators) == 0 {
		warnNobody(core.Node, "operator", "nobody may read rejects and failed batches: name roles in operators of the "+
			"environment "+
			`(props.Operators), or write "account", or call GrantReadRejects`)
	}
	core.OperatorPolicy = core.newPeoplePolicy(core.Node, "OperatorPolicy", "Operator",
		"look at rejects, logs, metrics and the dashboard",
		core.operatorRights()...)
	core.RestorePolicy = core.newPeoplePolicy(core.Node, "RestorePolicy", "Restore", "restore the table to a second",
		core.restorerRights()...)
	acceptPattern(core.OperatorPolicy, "Arn>/*", "An operator reads all rejects and failed batches of this one bucket.")
	for _, end := range []string{"log-group:*", "event-source-mapping:*"} {
		acceptPattern(core.OperatorPolicy, end, "A condition limits it to what has the tag of this environment, whose "+
			"stacks come later.")
	}
	acceptPattern(core.OperatorPolicy, "Resource::*", noResources)
	acceptPattern(core.RestorePolicy, "-restored*",
		"The table that is restored into has a name that the restorer chooses, after that of the table.")
}

// operatorRights are what an operator looks at, and the test of an alarm.
func (core *DigitalTwinCore) operatorRights() []right {
	stack := awscdk.Stack_Of(core.Node)
	own := func(service, resource string) string {
		return fmt.Sprintf("arn:%s:%s:%s:%s:%s", *stack.Partition(), service, *stack.Region(), *stack.Account(), resource)
	}
	ours := equals("aws:ResourceTag/"+tagEnvironment, core.environment)
	rights := append(rejectsRights(*core.Rejects.BucketArn(), *core.Keys.Rejects.KeyArn()), []right{
		{sid: "ReadLogs", actions: []string{"logs:FilterLogEvents", "logs:StartQuery"}, when: ours,
			on: []string{own("logs", "log-group:*")}},
		{sid: "SeeTriggers", actions: []string{"lambda:GetEventSourceMapping"}, when: ours,
			on: []string{own("lambda", "event-source-mapping:*")}},
		{sid: "SeeOutputs", actions: []string{"cloudformation:DescribeStacks"}, on: []string{*stack.StackId()}},
		{sid: "SeeDashboard", actions: []string{"cloudwatch:GetDashboard"}, on: []string{core.dashboardARN()}},
		{sid: "SeeMetrics", actions: []string{"cloudwatch:GetMetricData", "logs:DescribeLogGroups", "logs:GetQueryResults"},
			on: []string{"*"}},
	}...)
	if core.Rotate != nil {
		rights = append(rights, right{sid: "RotateSecrets", actions: []string{"lambda:InvokeFunction"},
			on: []string{*core.Rotate.Function.FunctionArn()}})
	}
	if core.Keys.Alarms != nil {
		rights = append(rights,
			right{sid: "TestAlarms", actions: []string{"sns:Publish"}, on: []string{*core.AlarmTopic.TopicArn()}},
			right{sid: "EncryptAlarms", actions: publishes, on: []string{*core.Keys.Alarms.KeyArn()}})
	}
	return rights
}

// dashboardARN is the ARN of the dashboard, which the construct says only for one that was given a name.
func (core *DigitalTwinCore) dashboardARN() string {
	stack := awscdk.Stack_Of(core.Node)
	return fmt.Sprintf("arn:%s:cloudwatch::%s:dashboard/%s", *stack.Partition(), *stack.Account(),
		core.dashboardName())
}

func (core *DigitalTwinCore) dashboardName() string {
	return *core.Dashboard.Node().DefaultChild().(awscdk.CfnResource).Ref()
}

// restorerRights are what it takes to restore the table to a second, into a table beside it and from there into its
// place. Its name stays, because that is what the functions know.
func (core *DigitalTwinCore) restorerRights() []right {
	table := *core.Table.TableArn()
	both := []string{table, table + "-restored*"}
	return []right{
		{sid: "Restore", actions: []string{
			"dynamodb:CreateBackup", "dynamodb:DeleteTable", "dynamodb:DescribeBackup", "dynamodb:DescribeContinuousBackups",
			"dynamodb:DescribeTable",
			"dynamodb:RestoreTableFromBackup", "dynamodb:RestoreTableToPointInTime", "dynamodb:TagResource",
			"dynamodb:UpdateContinuousBackups", "dynamodb:UpdateTable", "dynamodb:UpdateTimeToLive",
		}, on: both},
		{sid: "Fill", actions: []string{
			"dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query",
			"dynamodb:Scan",
			"dynamodb:UpdateItem",
		}, on: both},
		{sid: "UseReadings", actions: append([]string{describes}, makesTable...), on: []string{*core.Keys.Readings.KeyArn()}},
	}
}
