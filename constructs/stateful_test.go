package constructs_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/assembly"
	"github.com/railtwin/digitaltwin/internal/upgrade"
)

// stateful are the types of resources that hold what is not made again, or whose identity others know.
var stateful = []string{
	"AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Kinesis::Stream", "AWS::Cognito::UserPool",
	"AWS::Cognito::UserPoolClient",
	"AWS::S3::Bucket", "AWS::Logs::LogGroup", "AWS::SNS::Topic",
}

// Ensure that what holds data in the environments of cdk.json is what testdata/stateful.txt lists: its identity, its
// deletion policies, and the properties that it can only be created with. A change of the file is a change that a
// reviewer must see: it may lose data when it is deployed. -update rewrites it.
func TestStateful(t *testing.T) {
	var text strings.Builder
	for _, s := range theApp(t).Stacks {
		var lines []string
		for _, r := range s.Resources {
			if slices.Contains(stateful, r.Type) {
				lines = append(lines, statefulLine(r))
			}
		}
		slices.Sort(lines)
		fmt.Fprintf(&text, "%s, protected %t\n%s", s.Name, s.Protected, strings.Join(lines, ""))
	}
	golden(t, "stateful.txt", text.String())
}

func statefulLine(r *assembly.Resource) string {
	line := fmt.Sprintf("  %s %s: %s, %s", r.Type, r.ID, r.DeletionPolicy, r.UpdateReplacePolicy)
	if protected := r.Get("DeletionProtectionEnabled"); protected != nil {
		line += fmt.Sprintf(", protected %v", protected)
	}
	only := append(slices.Clone(upgrade.Schemas[r.Type].CreateOnly), upgrade.MoreCreateOnly[r.Type]...)
	slices.Sort(only)
	for _, property := range slices.Compact(only) {
		if v := r.Text(strings.Split(property, "/")...); v != "" {
			line += fmt.Sprintf("\n    %s = %s", property, v)
		}
	}
	return line + "\n"
}
