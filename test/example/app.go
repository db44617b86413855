// Command example is a CDK app of another module that uses the constructs: a twin with a dataset of its own, in a
// stack beside whatever else the app deploys, and a role of its own that may put records into the dataset's stream.
//
// It is a module of its own, as a user's is; the tests of the repository run it.
package main

import (
	_ "embed"
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
)

//go:embed greenhouse.sql
var greenhouse []byte

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() (err error) {
	defer jsii.Close()
	defer constructs.Recover(&err)
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Greenhouses-dev"), nil)

	assets, err := constructs.Build("dist", constructs.Arm64) // from the sources of the module with the constructs
	if err != nil {
		return err
	}
	core, err := constructs.NewDigitalTwinCore(stack, "Twin",
		constructs.DigitalTwinCoreProps{Environment: "dev", Assets: assets})
	if err != nil {
		return err
	}
	climate, err := constructs.NewPipelineExtractor(stack, "Climate", constructs.PipelineExtractorProps{
		Core: core, Dataset: "greenhouse", SQL: greenhouse, Source: constructs.NewStream(1),
		Framing: constructs.Lines, // the controllers gather the lines of several houses in a record
	})
	if err != nil {
		return err
	}
	controllers := awsiam.NewRole(stack, jsii.String("Controllers"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("iot.amazonaws.com"), nil),
	})
	climate.GrantPut(controllers)
	app.Synth(nil)
	return nil
}
