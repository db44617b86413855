package constructs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/railtwin/digitaltwin/constructs"
	"github.com/railtwin/digitaltwin/internal/tier"
)

// nag makes cdk-nag write its reports on every stack of an app, by two of its packs.
func nag(app awscdk.App) {
	props := &cdknag.NagPackProps{Reports: jsii.Bool(true),
		ReportFormats: &[]cdknag.NagReportFormat{cdknag.NagReportFormat_JSON}}
	awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(props), nil)
	awscdk.Aspects_Of(app).Add(cdknag.NewNIST80053R5Checks(props), nil)
}

var nagPacks = []string{"AwsSolutions", "NIST.800.53.R5"}

// finding is what a rule of cdk-nag found at a resource, in any number of environments and datasets.
type finding struct {
	rule, resource, reason string // resource without stack, such as Twin/Table
	accepted               bool
	environments           []string
}

// findings reads the reports of cdk-nag on an app.
func findings(t *testing.T, a *app) (all []*finding) {
	t.Helper()
	for _, s := range a.Stacks {
		for _, pack := range nagPacks {
			b, err := os.ReadFile(filepath.Join(a.Dir, pack+"-"+s.Name+"-NagReport.json"))
			if err != nil {
				t.Fatal(err)
			}
			var report struct {
				Lines []struct{ RuleID, ResourceID, Compliance, ExceptionReason string }
			}
			if err := json.Unmarshal(b, &report); err != nil {
				t.Fatal(err)
			}
			if len(report.Lines) == 0 {
				t.Fatalf("%s did not look at %s", pack, s.Name)
			}
			for _, l := range report.Lines {
				if l.Compliance == "Compliant" {
					continue
				}
				_, name, _ := strings.Cut(strings.TrimSuffix(l.ResourceID, "/Resource"), "/")
				reason := l.ExceptionReason
				if _, after, ok := strings.Cut(reason, "] "); ok && strings.HasPrefix(reason, "[") {
					reason = after // before it, the one finding of several that it is about
				}
				f := &finding{rule: l.RuleID, resource: name, reason: reason, accepted: l.Compliance == "Suppressed"}
				if i := slices.IndexFunc(all, f.same); i >= 0 {
					f = all[i]
				} else {
					all = append(all, f)
				}
				if !slices.Contains(f.environments, s.Environment) {
					f.environments = append(f.environments, s.Environment)
				}
			}
		}
	}
	return all
}

func (f *finding) same(g *finding) bool {
	return f.rule == g.rule && f.resource == g.resource && f.reason == g.reason && f.accepted == g.accepted
}

// Ensure that cdk-nag finds nothing but what is accepted at the resource with a reason, and that the reasons
// are those of testdata/accepted.txt, which is for reading. -update rewrites it.
func TestNag(t *testing.T) {
	a := everything(t)
	found := findings(t, a)
	for _, f := range found {
		if !f.accepted {
			t.Errorf("%s finds %s in %v: mend it, or accept it in the construct with a reason", f.rule, f.resource,
				f.environments)
		}
	}
	golden(t, "accepted.txt", acceptedList(a, found))
}

// acceptedList writes accepted findings by their reasons.
func acceptedList(a *app, found []*finding) string {
	of := map[string]map[string]bool{} // what has a reason
	for _, f := range found {
		if !f.accepted {
			continue
		}
		where := ""
		if all := len(slices.Compact(slices.Sorted(a.Environments()))); len(f.environments) < all {
			slices.Sort(f.environments)
			where = " in " + strings.Join(f.environments, ", ")
		}
		if of[f.reason] == nil {
			of[f.reason] = map[string]bool{}
		}
		of[f.reason]["  "+f.rule+" at "+f.resource+where+"\n"] = true
	}
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, reason+"\n"+strings.Join(slices.Sorted(maps.Keys(of[reason])), ""))
	}
	return strings.Join(parts, "\n")
}

// Ensure that every reason in a template is asked for: one that is not any more hides the next finding.
func TestNagReasonsAreNeeded(t *testing.T) {
	for _, problem := range unneeded(everything(t), findings(t, everything(t))) {
		t.Error(problem)
	}
}

// unneeded returns the reasons in the templates that no finding has.
func unneeded(a *app, found []*finding) (problems []string) {
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			m, _ := r.Metadata["cdk_nag"].(map[string]any)
			list, _ := m["rules_to_suppress"].([]any)
			for _, e := range list {
				rule, reason := e.(map[string]any)["id"].(string), e.(map[string]any)["reason"].(string)
				if !slices.ContainsFunc(found, func(f *finding) bool {
					return f.accepted && f.rule == rule && f.reason == reason && f.resource == r.Name() &&
						slices.Contains(f.environments, s.Environment)
				}) {
					problems = append(problems, fmt.Sprintf("%s: nothing finds %s, which is accepted because: %s", r.Path, rule,
						reason))
				}
			}
		}
	}
	return problems
}

// Ensure that the checks above can fail: a bucket as nobody should make it is found, and a reason that nothing
// asks for is named.
func TestNagCanFail(t *testing.T) {
	tier.Node(t)
	// without the CDK's own validation, which ends a bad synth
	context := map[string]any{"aws:cdk:enable-path-metadata": true}
	a, err := synth(t.TempDir(), context, func(cdk awscdk.App, _ constructs.Assets) error {
		stack := awscdk.NewStack(cdk, jsii.String("Bad-test"), nil)
		bucket := awss3.NewCfnBucket(stack, jsii.String("Bucket"), nil)
		cdknag.NagSuppressions_AddResourceSuppressions(bucket, &[]*cdknag.NagPackSuppression{
			{Id: jsii.String("AwsSolutions-S1"), Reason: jsii.String("Nobody is to know who reads.")},
			{Id: jsii.String("AwsSolutions-COG3"), Reason: jsii.String("This is a bucket.")},
		}, nil)
		nag(cdk)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	found := findings(t, a)
	for _, want := range []finding{
		{rule: "AwsSolutions-S10", resource: "Bucket", reason: "N/A"}, // takes plain HTTP
		{rule: "AwsSolutions-S1", resource: "Bucket", reason: "Nobody is to know who reads.", accepted: true},
	} {
		if !slices.ContainsFunc(found, want.same) {
			t.Errorf("not found: %+v", want)
		}
	}
	problems := unneeded(a, found)
	if len(problems) != 1 || !strings.Contains(problems[0], "AwsSolutions-COG3") {
		t.Errorf("unneeded: %v", problems)
	}
}
