package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// startTime is how long an application may take until it runs, the most that a function can wait.
const startTime = 15 * time.Minute

// addStarter makes what starts the application when it is deployed and stops it before it goes: CloudFormation
// makes it, and leaves it standing still. A paused one is stopped with a snapshot, from which it goes on.
func (a *Application) addStarter(x *PipelineExtractor, p *PipelineExtractorProps, code awss3assets.Asset) error {
	core := p.Core
	binary, err := core.props.Assets.Function("flinkstart")
	if err != nil {
		return err
	}
	f := newFunction(a.Node, "Starter", functionProps{
		Description: "Digital Twin: starts and stops " + p.Dataset + " on Flink",
		Code:        binary, Arch: core.props.Arch, Memory: 128, Timeout: startTime,
		RolePath: core.rolePath("flinkstart"), Logs: core.logs(),
		Env: wiring.FlinkStart{Application: a.Name}.Env(),
	})
	a.Starter = f
	f.allow("StartAndStop", []string{
		"kinesisanalytics:DescribeApplication", "kinesisanalytics:ListApplicationSnapshots",
		"kinesisanalytics:StartApplication", "kinesisanalytics:StopApplication",
	}, a.arn())
	for _, o := range a.operations() {
		f.allowIf(o.name+"StateKey", o.actions, o.conditions, *a.Key.KeyArn())
	}
	a.operate(a.Key, "Starter", nil, awsiam.NewArnPrincipal(f.Role.RoleArn()))
	accept(f.Function, "Only CloudFormation calls it, once for each deployment.", "NIST.800.53.R5-LambdaConcurrency")
	accept(f.Function, "A deployment that gets no answer fails and is rolled back; there is nothing to work off later.", "NIST.800.53.R5-LambdaDLQ")
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
	resource.Node().AddDependency(a.Node.Node().FindChild(str("Application")), a.Node.Node().FindChild(str("Logging")), f.Policy)
	x.triggers = append(x.triggers, resource.Node().DefaultChild().(awscdk.CfnResource))
	return nil
}
