package constructs_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/tier"
)

const smokeRole = "arn:aws:iam::333333333333:role/ci/smoke"

// deliveryProps are a pipeline to three environments of three accounts.
func deliveryProps() constructs.DeliveryPipelineProps {
	return constructs.DeliveryPipelineProps{
		ConnectionARN: "arn:aws:codeconnections:eu-central-1:111111111111:connection/0a1b2c3d-0000-1111-2222-333344445555",
		Repository:    "railtwin/digitaltwin", Emails: []string{"delivery@example.com"},
		Environments: []constructs.DeliveryEnvironment{
			{Name: "dev", Account: "222222222222", Region: "eu-central-1"},
			{Name: "test", Account: "333333333333", Region: "eu-central-1", SmokeRole: smokeRole},
			{Name: "prod", Account: "444444444444", Region: "eu-central-2", Qualifier: "twins", Approve: true,
				SmokeRole: "arn:aws:iam::444444444444:role/ci/smoke"},
		},
	}
}

// delivery synthesizes a pipeline, once, with cdk-nag looking on.
var delivery = sync.OnceValues(func() (*app, error) {
	dir, err := sharedDir()
	if err != nil {
		return nil, err
	}
	return synth(dir, contextOfApp(), addDelivery)
})

// addDelivery makes the stack of the pipeline.
func addDelivery(app awscdk.App, _ constructs.Assets) error {
	nag(app)
	stack := awscdk.NewStack(app, jsii.String(deliveryStack), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-central-1")},
	})
	_, err := constructs.NewDeliveryPipeline(stack, "Delivery", deliveryProps())
	return err
}

const deliveryStack = "Delivery-tools"

func synthDelivery(t *testing.T) *app {
	t.Helper()
	tier.Node(t)
	a, err := delivery()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Ensure that the pipeline takes the steps in order, and asks where it should.
func TestDeliveryPipeline(t *testing.T) {
	pipeline := synthDelivery(t).All("AWS::CodePipeline::Pipeline")[0]
	want := []string{
		"Source: Source", "Build: CheckAndSynth", "Dev: Gate Deploy", "Test: Gate Deploy Smoke",
		"Prod: Gate Approve Deploy Smoke",
	}
	if got := stagesOf(t, pipeline); !slices.Equal(got, want) || pipeline.Get("PipelineType") != "V2" ||
		pipeline.Get("ExecutionMode") != "QUEUED" {
		t.Errorf("the stages are %q", got)
	}
}

// stagesOf are the stages of a pipeline with their actions.
func stagesOf(t *testing.T, pipeline *assembly.Resource) (lines []string) {
	t.Helper()
	var stages []struct {
		Name    string
		Actions []struct{ Name string }
	}
	decode(t, pipeline.Get("Stages"), &stages)
	for _, s := range stages {
		line := s.Name + ":"
		for _, action := range s.Actions {
			line += " " + action.Name
		}
		lines = append(lines, line)
	}
	return lines
}

// manyDatasets is how many datasets each environment has at most beside which the pipeline is synthesized. Thirty-one
// of them in three environments are 96 stacks, which take some minutes: -args -datasets 31.
var manyDatasets = flag.Int("datasets", 1, "how many datasets each environment of a delivery has, beside one with a "+
	"single one")

// Ensure that an app of three environments synthesizes beside its pipeline with one dataset and with many; that
// cfn-lint, cdk-nag, the validation of the CDK and the rules of policies find nothing; and that the pipeline is the
// same: one deployment is one action, so that no stage comes near the 50 actions that it may have.
func TestDeliveryOfManyDatasets(t *testing.T) {
	alone := synthDelivery(t)
	for _, n := range slices.Compact([]int{1, *manyDatasets}) {
		t.Run(fmt.Sprint(n, " datasets"), func(t *testing.T) { deliverDatasets(t, alone, n) })
	}
}

// ofDelivery reports whether all resources of a statement with a * are below these: AWS CodePipeline names artifacts,
// and what is deployed to an environment is below a prefix of its own.
func ofDelivery(s *statement) bool {
	return !slices.ContainsFunc(s.on, func(on string) bool {
		return strings.Contains(on, "*") && !strings.HasPrefix(on, "${Delivery/Bucket.Arn}/") &&
			!strings.HasPrefix(on, "${Delivery/State.Arn}/")
	})
}

func deliverDatasets(t *testing.T, alone *app, n int) {
	datasets, all := map[string]any{}, []extractors.Extractor(nil)
	wagons, err := extractors.Get("wagon_telemetry")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		x := extractors.Extractor{Name: fmt.Sprint("wagons_", i+1), SQL: wagons.SQL}
		all, datasets[x.Name] = append(all, x), map[string]any{}
	}
	context, environments := contextOfApp(), map[string]any{}
	for _, e := range deliveryProps().Environments {
		environments[e.Name] = map[string]any{"datasets": datasets, "canary": map[string]any{}}
	}
	context["environments"] = environments
	a, err := synthesizeBeside(t.TempDir(), context, all, addDelivery)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(a.Stacks), 1+3*(n+2); got != want { // a core, a canary and the datasets
		t.Errorf("%d stacks, want %d", got, want)
	}
	for _, f := range findings(t, a) {
		if !f.accepted {
			t.Errorf("%s finds %s in %v", f.rule, f.resource, f.environments)
		}
	}
	for _, problem := range unneeded(a, findings(t, a)) {
		t.Error(problem)
	}
	if report := validation(t, a.Dir); len(report) > 0 {
		t.Errorf("%s", report)
	}
	var templates []string
	for _, s := range a.Stacks {
		if n > 1 || s.Name == deliveryStack { // those of environments are linted by TestLint too
			templates = append(templates, filepath.Join(a.Dir, s.Name+".template.json"))
		}
	}
	if found := cfnLint(t, templates...); found != "" {
		t.Error(found)
	}
	for _, s := range a.statements() {
		for name, rule := range policyRules {
			if wrong := rule(s); wrong != "" && !(name == "resources are named" && ofDelivery(s)) {
				t.Errorf("%s: %s: %s\n%s", s.owner.Path, name, wrong, s)
			}
		}
	}
	pipeline := a.All("AWS::CodePipeline::Pipeline")[0]
	stages := stagesOf(t, pipeline)
	for _, stage := range stages {
		if actions := len(strings.Fields(stage)) - 1; actions > 50 {
			t.Errorf("%d actions: %s", actions, stage)
		}
	}
	if want := stagesOf(t, alone.All("AWS::CodePipeline::Pipeline")[0]); !slices.Equal(stages, want) {
		t.Errorf("the pipeline has the stages %q, and without datasets %q", stages, want)
	}
}

// Ensure that no role of a pipeline reaches an environment but by assuming the roles of that environment, and nothing
// else of any account.
func TestDeliveryRoles(t *testing.T) {
	a := synthDelivery(t)
	account := map[string]string{"dev": "222222222222", "test": "333333333333", "prod": "444444444444"}
	assumes := map[string][]string{}
	for _, s := range a.statements() {
		if s.owner.Type != "AWS::IAM::Policy" {
			continue
		}
		environment := ""
		if _, after, ok := strings.Cut(s.owner.Name(), "Environment-"); ok {
			environment, _, _ = strings.Cut(after, "/")
		}
		for _, action := range s.actions {
			service, _, _ := strings.Cut(action, ":")
			if !slices.Contains([]string{"sts", "s3", "kms", "logs", "codebuild", "codeconnections", "sns"}, service) ||
				strings.Contains(action, "*") {
				t.Errorf("%s may %s", s.owner.Name(), action)
			}
			if service == "sts" {
				assumes[environment] = append(assumes[environment], s.on...)
			}
		}
		for _, on := range s.on {
			if below, ok := strings.CutPrefix(on, "${Delivery/State.Arn}"); ok &&
				(environment == "" || below != "" && below != "/"+environment+"/*") {
				t.Errorf("%s reaches what is deployed: %s", s.owner.Name(), s)
			}
			if strings.Contains(on, ":iam:") && !strings.Contains(on, "::"+account[environment]+":role/") || on == "*" {
				t.Errorf("%s reaches %s", s.owner.Name(), on)
			}
		}
	}
	if len(assumes) != 3 || len(assumes["dev"]) != 3 || len(assumes["test"]) != 4 || assumes[""] != nil {
		t.Errorf("roles are assumed for %v", assumes)
	}
	want := "arn:aws:iam::444444444444:role/cdk-twins-deploy-role-444444444444-eu-central-2"
	if !slices.Contains(assumes["prod"], want) {
		t.Errorf("prod assumes %v, want %s", assumes["prod"], want)
	}
}

// Ensure that mistakes in the props are named, all at once.
func TestDeliveryProps(t *testing.T) {
	_, err := synthesizeApp(t, func(app awscdk.App, _ constructs.Assets) error {
		_, err := constructs.NewDeliveryPipeline(awscdk.NewStack(app, jsii.String("S"), nil), "Delivery",
			constructs.DeliveryPipelineProps{
				ConnectionARN: "github", Repository: "digitaltwin", LogDays: 2,
				Environments: []constructs.DeliveryEnvironment{
					{Name: "dev", Account: "1", Region: "eu-central-1"},
					{Name: "dev", Account: "222222222222", Region: "eu-central-1", SmokeRole: "smoke"},
				},
			})
		return err
	})
	for _, want := range []string{
		`ConnectionARN is "github": want arn:`, `Repository is "digitaltwin": want OWNER/NAME`,
		"logs cannot be kept for 2 days",
		`Environments[0] is dev in "eu-central-1" of "1"`, `Environments[1].SmokeRole is "smoke"`, "dev is there twice",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error is without %s: %v", want, err)
		}
	}
}

// decode reads a value of a template into out.
func decode(t *testing.T, v any, out any) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, out); err != nil {
		t.Fatal(err)
	}
}
