package constructs

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// accept says, at the resource of a construct, why findings of cdk-nag are accepted there. It is metadata of
// the template in the form that cdk-nag reads, so whoever runs cdk-nag over an app with these constructs sees
// the reasons, and nothing here imports it. The tests run the AwsSolutions and NIST 800-53 packs, hold the list
// of reasons against testdata/accepted.txt, and fail for one that nothing asks for any more.
//
// A rule with findings of its own is narrowed to one of them by the end of its name:
// AwsSolutions-IAM5[/aws/lambda/*].
func accept(c awsconstructs.IConstruct, reason string, rules ...string) {
	const key, list = "cdk_nag", "rules_to_suppress"
	resource, ok := c.(awscdk.CfnResource)
	if !ok {
		resource = c.Node().DefaultChild().(awscdk.CfnResource)
	}
	var all []interface{}
	if m, ok := resource.GetMetadata(str(key)).(map[string]interface{}); ok {
		all = m[list].([]interface{})
	}
	for _, rule := range rules {
		entry := map[string]interface{}{"id": rule, "reason": reason}
		if id, finding, ok := strings.Cut(strings.TrimSuffix(rule, "]"), "["); ok {
			entry["id"] = id
			entry["applies_to"] = []interface{}{map[string]interface{}{"regex": "/" + escapes.Replace(finding) + "$/"}}
		}
		all = append(all, entry)
	}
	resource.AddMetadata(str(key), map[string]interface{}{list: all})
}

// escapes writes text so that a regular expression of JavaScript finds it as it is.
var escapes = strings.NewReplacer("/", `\/`, "*", `\*`, ".", `\.`, ":", ":")

// noResources is why a policy has actions on all resources.
const noResources = "IAM knows no resources for these actions, which show no data of the twin."

// acceptPattern accepts that a policy speaks of resources by a pattern, named by its end.
func acceptPattern(policy awsconstructs.IConstruct, end, reason string) {
	accept(policy, reason, "AwsSolutions-IAM5["+end+"]")
}
