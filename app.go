// Command digitaltwin is the CDK app: run by the CDK's command line (npx cdk synth), it reads the
// environments of cdk.json, builds the functions, and makes a core stack and a stack for every dataset.
package main

import (
	"fmt"
	"os"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
)

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
	environments, err := constructs.ReadSettings(app)
	if err != nil {
		return err
	}
	arch, err := constructs.ReadArchitecture(app)
	if err != nil {
		return err
	}
	assets, err := constructs.Build("dist", arch)
	if err != nil {
		return err
	}
	for _, settings := range environments {
		_, err := constructs.NewEnvironment(app, constructs.EnvironmentProps{
			Settings: settings, Extractors: extractors.All(), Assets: assets, Arch: arch,
		})
		if err != nil {
			return err
		}
	}
	app.Synth(nil)
	return nil
}
