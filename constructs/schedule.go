package constructs

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// calledEvery makes a rule that may call the function by a schedule. It has no targets yet.
func (f *Function) calledEvery(id, schedule, description string) awsevents.CfnRule {
	rule := awsevents.NewCfnRule(f.Node, str(id), &awsevents.CfnRuleProps{
		Description: str(description), ScheduleExpression: str(schedule),
	})
	awslambda.NewCfnPermission(f.Node, str("Called"+id), &awslambda.CfnPermissionProps{
		Action: str("lambda:InvokeFunction"), FunctionName: f.Function.FunctionArn(), Principal: str("events.amazonaws.com"),
		SourceAccount: awscdk.Stack_Of(f.Node).Account(), SourceArn: rule.AttrArn(),
	})
	return rule
}

// watchOperations makes a schedule call the operate function for what nobody else would tell: how long datasets have
// been paused, and runs have stood still.
func (core *DigitalTwinCore) watchOperations() {
	event, err := json.Marshal(wiring.Watch{Watch: true})
	if err != nil {
		panic("BUG: " + err.Error())
	}
	rule := core.Operate.calledEvery("Watch", "rate(5 minutes)",
		"Digital Twin: writes the metrics of runs and of datasets that are paused")
	rule.SetTargets(&[]interface{}{&awsevents.CfnRule_TargetProperty{
		Id: str("operate"), Arn: core.Operate.Function.FunctionArn(), Input: str(string(event)),
	}})
}
