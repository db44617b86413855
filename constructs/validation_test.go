package constructs_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskinesis"
	"github.com/aws/jsii-runtime-go"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/tier"
	"github.com/railtwin/digitaltwin/internal/upgrade"
	"github.com/railtwin/digitaltwin/test/venv"
)

// lintIgnores are the rules of cfn-lint that are not asked, each with its reason.
var lintIgnores = map[string]string{
	"W3005": "a dependency that a reference implies too says at the resource what it waits for",
}

// cfnLint runs cfn-lint over templates and returns what it finds, one finding a line.
func cfnLint(t *testing.T, templates ...string) string {
	t.Helper()
	args := []string{"-c", "from cfnlint.runner import main; main()", "--format", "parseable", "--regions", "eu-central-1"}
	for rule := range lintIgnores {
		args = append(args, "--ignore-checks", rule)
	}
	cmd := exec.Command(venv.Python(t, "testdata/cfn-lint.txt"), append(append(args, "--template"), templates...)...)
	out, err := cmd.CombinedOutput()
	if err != nil && len(out) == 0 {
		t.Fatalf("%s: %v", cmd, err)
	}
	return string(out)
}

// cfnSchemas are what cfn-lint's copies of CloudFormation's schemas say of types of resources.
func cfnSchemas(t *testing.T, types []string) map[string]upgrade.Schema {
	t.Helper()
	cmd := exec.Command(venv.Python(t, "testdata/cfn-lint.txt"), append([]string{"testdata/schemas.py"}, types...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var schemas map[string]upgrade.Schema
	if err := json.Unmarshal(out, &schemas); err != nil {
		t.Fatal(err)
	}
	return schemas
}

// Ensure that cfn-lint, which knows CloudFormation's own schemas, has nothing to say of any template. Of dev and
// prod it reads the core and one dataset: the others differ in names only (TestPermissionsAreTheListedOnes).
func TestTemplatesAreLinted(t *testing.T) {
	var templates []string
	for _, s := range everything(t).Stacks {
		core := s.Name == "DigitalTwin-"+s.Environment
		if core || !slices.Contains(environments, s.Environment) || strings.HasSuffix(s.Name, "-wagon-telemetry") {
			templates = append(templates, filepath.Join(everything(t).Dir, s.Name+".template.json"))
		}
	}
	if len(templates) < 7 {
		t.Fatalf("only %d templates", len(templates))
	}
	if found := cfnLint(t, templates...); found != "" {
		t.Error(found)
	}
}

// Ensure that cfn-lint would find a value that CloudFormation does not take.
func TestLintCanFail(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.template.json")
	err := os.WriteFile(bad,
		[]byte(`{"Resources":{"A":{"Type":"AWS::Kinesis::Stream","Properties":{"ShardCount":"many"}}}}`), 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if found := cfnLint(t, bad); !strings.Contains(found, "ShardCount") && !strings.Contains(found, "E3012") {
		t.Errorf("cfn-lint says %q", found)
	}
}

// Ensure that the CDK's own validation of the templates ran and has nothing to report.
func TestTemplatesAreValid(t *testing.T) {
	report := validation(t, everything(t).Dir)
	if len(report) > 0 {
		t.Errorf("%s", report)
	}
}

// Ensure that the CDK's validation, with the settings of cdk.json, ends a synth for what CloudFormation would refuse.
func TestValidationCanFail(t *testing.T) {
	tier.Node(t)
	dir := t.TempDir()
	_, err := synth(dir, contextOfApp(), func(cdk awscdk.App, _ constructs.Assets) error {
		validated(cdk)
		stack := awscdk.NewStack(cdk, jsii.String("Bad-test"), nil)
		stream := awskinesis.NewCfnStream(stack, jsii.String("Stream"), nil)
		stream.AddPropertyOverride(jsii.String("ShardCount"), "many")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "alidation failed") {
		t.Errorf("the synth ended with %v", err)
	}
	if report := validation(t, filepath.Join(dir, "cdk.out")); len(report) == 0 {
		t.Error("the report is empty")
	}
}

// validated lets the synth of an app validate its templates, as every synth does unless CDK_VALIDATION is false.
func validated(cdk awscdk.App) {
	awscdk.Validations_Of(cdk).AddPlugins(awscdk.NewCloudFormationValidatePlugin(nil))
}

// validation reads the CDK's report on the templates in a folder, but for the annotations that it repeats, see
// TestWarnings.
func validation(t *testing.T, dir string) []json.RawMessage {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "validation-report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var report struct{ PluginReports []json.RawMessage }
	if err := json.Unmarshal(b, &report); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(report.PluginReports, func(r json.RawMessage) bool {
		return strings.Contains(string(r), `"pluginName": "Construct Annotations"`)
	})
}
