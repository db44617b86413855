package constructs

import (
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// startTime is how long an application may take until it runs, the most that a function can wait.
const startTime = 15 * time.Minute

// addStarter makes what starts the application when it is deployed and stops it before it goes: CloudFormation
// makes it, and leaves it standing still. A paused one is stopped with a snapshot, from which it goes on.
func (a *Application) addStarter(x *PipelineExtractor, p *PipelineExtractorProps, code awss3assets.Asset) error {
	binary, err := a.host.assets.Function("flinkstart")
	if err != nil {
		return err
	}
	f := newFunction(a.Node, "Starter", functionProps{
		Description: "Digital Twin: starts and stops " + p.Dataset + " on Flink",
		Code:        binary, Arch: a.host.arch, Memory: 128, Timeout: startTime,
		Role: a.host.role(awscdk.Stack_Of(a.Node), "flinkstart", p.Dataset+"-starter"), Logs: a.host.logs(),
		Env: wiring.FlinkStart{Application: a.Name}.Env(),
	})
	a.Starter = f
	f.allow("StartAndStop", runs, a.arn())
	f.allow("DescribeState", []string{describes}, *a.Key.KeyArn())
	for _, u := range a.uses {
		f.useKey(strings.Replace(u.sid, "Operators", "State", 1), u)
	}
	accept(f.Function, "Only CloudFormation calls it, once for each deployment.", "NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "A deployment that gets no answer fails and is rolled back; there is nothing to work off later.",
		"NIST.800.53.R5-LambdaDLQ")
	running := "false"
	if !p.Paused {
		running = wiring.Running
	}
	resource := awscdk.NewCustomResource(a.Node, str("Running"), &awscdk.CustomResourceProps{
		ServiceToken:   f.Function.FunctionArn(),
		ResourceType:   str("Custom::DigitalTwinFlink"),
		ServiceTimeout: duration(startTime),
		// With new code the function looks at the application again: an update leaves it as it was, and one that
		// stood still stands still.
		Properties: &map[string]interface{}{wiring.RunningProperty: running, "Code": *code.AssetHash()},
	})
	resource.Node().AddDependency(a.Node.Node().FindChild(str("Application")), a.Node.Node().FindChild(str("Logging")),
		f.Policy)
	x.triggers = append(x.triggers, resource.Node().DefaultChild().(awscdk.CfnResource))
	return nil
}
