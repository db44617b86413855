package constructs

import (
	"errors"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/railtwin/digitaltwin/extractors"
)

// EnvironmentProps are what an environment is made of.
type EnvironmentProps struct {
	Settings Settings
	// Extractors are the SQL files that the settings can name. Required.
	Extractors []extractors.Extractor
	// Assets is the code of the functions, see [Build]. Required.
	Assets Assets
	// Arch is what Assets were built for. Default: Arm64.
	Arch Architecture
}

// Environment is a twin with its pipelines, in stacks of their own: CloudFormation stops at 500 resources.
type Environment struct {
	Core      *DigitalTwinCore
	Pipelines []*PipelineExtractor // in the order of their datasets
	Stacks    []awscdk.Stack       // the core's, then the datasets'
}

// NewEnvironment makes the stacks of an environment: DigitalTwin-<environment> with the core, and
// DigitalTwin-<environment>-<dataset> for each of its datasets. A dataset's stack depends on the core's,
// never the other way round, so it can be added and removed alone. Where several extractors have
// mistakes, the error has all of them.
func NewEnvironment(app awscdk.App, props EnvironmentProps) (*Environment, error) {
	s := props.Settings
	pipelines, err := pipelinesOf(props)
	if err != nil {
		return nil, err
	}
	e := &Environment{}
	if e.Core, err = NewDigitalTwinCore(e.stack(app, s, "", "core"), "Twin", s.core(props.Assets, props.Arch)); err != nil {
		return nil, err
	}
	var errs []error
	for _, x := range props.Extractors {
		p, ok := pipelines[x.Name]
		if !ok {
			continue
		}
		pipeline, err := NewPipelineExtractor(e.stack(app, s, "-"+stackName(x.Name), "dataset "+x.Name), "Pipeline", p.extractor(e.Core, x.Name, x.SQL))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		e.Pipelines = append(e.Pipelines, pipeline)
	}
	return e, errors.Join(errs...)
}

func (e *Environment) stack(app awscdk.App, s Settings, suffix, what string) awscdk.Stack {
	env := &awscdk.Environment{}
	if s.Account != "" {
		env.Account = str(s.Account)
	}
	if s.Region != "" {
		env.Region = str(s.Region)
	}
	protect := s.Removal != "destroy"
	stack := awscdk.NewStack(app, str("DigitalTwin-"+s.Name+suffix), &awscdk.StackProps{
		Synthesizer:           s.synthesizer(),
		Env:                   env,
		Description:           str("Digital Twin, environment " + s.Name + ": " + what),
		TerminationProtection: &protect,
		Tags:                  stringMap(map[string]string{"application": "digitaltwin", "environment": s.Name}),
	})
	e.Stacks = append(e.Stacks, stack)
	return stack
}

// synthesizer deploys by the roles of another bootstrap than the ordinary one, where the settings name one.
func (s *Settings) synthesizer() awscdk.IStackSynthesizer {
	if s.Qualifier == "" && s.DeployRole == "" {
		return nil
	}
	props := &awscdk.DefaultStackSynthesizerProps{}
	if s.Qualifier != "" {
		props.Qualifier = str(s.Qualifier)
	}
	if s.DeployRole != "" {
		props.CloudFormationExecutionRole = str(s.DeployRole)
	}
	return awscdk.NewDefaultStackSynthesizer(props)
}

// stackName writes a dataset's name with the letters that a stack's name may have.
func stackName(dataset string) string { return strings.ReplaceAll(dataset, "_", "-") }
