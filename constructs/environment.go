package constructs

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/extractors/canary"
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
	// Folder is where the files are that the settings name. Default: the working directory, which is that of cdk.json.
	Folder string
}

// Environment is a twin with its pipelines, in stacks of their own: CloudFormation stops at 500 resources.
type Environment struct {
	Core      *DigitalTwinCore
	Pipelines []*PipelineExtractor // in name order, but what others read before these
	Stacks    []awscdk.Stack       // the core's, then the datasets'
}

// NewEnvironment makes the stacks of an environment: DigitalTwin-<environment> with the core, and
// DigitalTwin-<environment>-<dataset> for each of its datasets. A dataset's stack depends on the core's,
// never the other way round, so it can be added and removed alone. Where several extractors have
// mistakes, the error has all of them.
func NewEnvironment(app awscdk.App, props EnvironmentProps) (*Environment, error) {
	s := props.Settings
	props.Extractors = withCanary(s, props.Extractors)
	pipelines, err := pipelinesOf(props)
	if err != nil {
		return nil, err
	}
	order, err := inOrder(pipelines)
	if err != nil {
		return nil, fmt.Errorf("constructs: environment %s: %w", s.Name, err)
	}
	core := s.core(props.Assets, props.Arch)
	if core.Rules, err = s.readRules(props); err != nil {
		return nil, fmt.Errorf("constructs: environment %s: %w", s.Name, err)
	}
	e := &Environment{}
	if e.Core, err = NewDigitalTwinCore(e.stack(app, s, "", "core"), "Twin", core); err != nil {
		return nil, err
	}
	keepExports(e.Core.Node, e.Core.exported()...)
	sql := map[string][]byte{}
	for _, x := range props.Extractors {
		sql[x.Name] = x.SQL
	}
	var errs []error
	made := map[string]*PipelineExtractor{}
	for _, name := range order {
		p := pipelines[name]
		if slices.ContainsFunc(p.reads(), func(other string) bool { return made[other] == nil }) {
			continue // the mistakes of the other are told
		}
		x, err := NewPipelineExtractor(e.stack(app, s, "-"+stackName(name), "dataset "+name), "Pipeline",
			p.extractor(e.Core, name, sql[name], made))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		for _, in := range x.made() {
			keepExports(x.Node, in.Stream.StreamArn(), in.Made.KeyArn())
		}
		if name == canary.Dataset && s.Canary != nil {
			x.addCanary(s.Canary)
		}
		made[name] = x
		e.Pipelines = append(e.Pipelines, x)
	}
	e.warn(s)
	return e, errors.Join(errs...)
}

// keepExports exports attributes from their stack whether another one imports them or not: when the last one that does
// leaves the app, its stack is still there, and CloudFormation refuses to take an export away that is in use.
func keepExports(c awsconstructs.Construct, attributes ...interface{}) {
	for _, a := range attributes {
		awscdk.Stack_Of(c).ExportValue(a, nil)
	}
}

// warn warns of what the settings alone show to be dangerous.
func (e *Environment) warn(s Settings) {
	for _, dataset := range s.off {
		stack := e.Core.stackOf(dataset)
		awscdk.Annotations_Of(e.Core.Node).AddWarningV2(str("digitaltwin:off-"+dataset), str(fmt.Sprintf(
			"the dataset %s is off, which deletes nothing: if its stack was deployed before, it still runs and is billed. "+
				"Delete it with: aws cloudformation delete-stack --stack-name %s", dataset, stack)))
	}
	if s.Removal != "destroy" && !s.Protect {
		awscdk.Annotations_Of(e.Core.Node).AddWarningV2(str("digitaltwin:unprotected"),
			str("the stacks, the table and the users of the "+
				"environment "+s.Name+
				` are not protected from deletion: set "protect": true after the first deployment has succeeded`))
	}
	if s.Alarms != nil && s.Alarms.TopicARN == "" && len(s.Alarms.Emails) == 0 {
		warnNobody(e.Core.Node, "subscriber", "the alarms of the environment "+s.Name+
			" reach nobody: name addresses in alarms.emails, or "+
			"subscribe to the topic of the output AlarmTopicArn")
	}
}

func (e *Environment) stack(app awscdk.App, s Settings, suffix, what string) awscdk.Stack {
	env := &awscdk.Environment{}
	if s.Account != "" {
		env.Account = str(s.Account)
	}
	if s.Region != "" {
		env.Region = str(s.Region)
	}
	stack := awscdk.NewStack(app, str("DigitalTwin-"+s.Name+suffix), &awscdk.StackProps{
		Synthesizer:           s.synthesizer(),
		Env:                   env,
		Description:           str("Digital Twin, environment " + s.Name + ": " + what),
		TerminationProtection: &s.Protect,
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
