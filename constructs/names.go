package constructs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// Roles and managed policies have names that are known before they are made: the policies of keys, which are made
// earlier, speak of roles by them, and whoever owns a person's role finds a policy by its name. They are unique in an
// account, and an environment may be in several of its regions, so the region is part of them.

const (
	roleLength   = 64  // of a role's name
	policyLength = 128 // of a managed policy's name
	regionLength = 14  // of the longest name of a region, such as ap-southeast-1
)

// roleNames is how a role is called.
type roleNames struct{ Path, Name, ARN string }

// role names the role of a function or application in a stack. Kind is the folder of the function, what tells it from
// others of the environment.
func (h *host) role(stack awscdk.Stack, kind, what string) roleNames {
	r := roleNames{Path: "/digitaltwin/" + h.environment + "/" + kind + "/", Name: h.unique(stack, what, roleLength)}
	r.ARN = fmt.Sprintf("arn:%s:iam::%s:role%s%s", *stack.Partition(), *stack.Account(), r.Path, r.Name)
	return r
}

// policyName names a managed policy for people.
func (h *host) policyName(stack awscdk.Stack, what string) string {
	return h.unique(stack, what, policyLength)
}

// unique is DigitalTwin-<environment>-<what>-<region>, cut to a length.
func (h *host) unique(stack awscdk.Stack, what string, length int) string {
	const prefix = "DigitalTwin-"
	return prefix + fit(h.environment+"-"+what, length-len(prefix)-regionLength-1) + "-" + *stack.Region()
}

var noName = regexp.MustCompile(`[^A-Za-z0-9_-]`)

// fit writes a text with the letters that a name may have, and no longer than n. What is changed for that ends in a
// hash of the whole, so that names that differ stay different.
func fit(text string, n int) string {
	name := noName.ReplaceAllString(text, "_")
	if name == text && len(name) <= n {
		return name
	}
	sum := sha256.Sum256([]byte(text))
	end := "-" + hex.EncodeToString(sum[:4])
	return name[:min(len(name), n-len(end))] + end
}

var noAlias = regexp.MustCompile(`[^A-Za-z0-9/_-]`)

// aliasOf writes a text with the letters that the alias of a key may have.
func aliasOf(text string) string { return noAlias.ReplaceAllString(text, "_") }
