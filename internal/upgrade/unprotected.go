package upgrade

import (
	"strings"

	"github.com/railtwin/digitaltwin/internal/assembly"
)

// Unprotects says that data would go with the next deletion, although this deployment loses none.
const Unprotects Kind = "unprotects"

// Unprotected finds resources that hold data and were retained or protected from deletion, and are not after the
// deployment. CloudFormation says nothing of it: a policy is no property.
func Unprotected(before, after *assembly.App) (found []Finding) {
	next := resources(after)
	for key, r := range resources(before) {
		n := next[key]
		if n == nil || holdsData[r.Type] == "" {
			continue
		}
		add := func(what string) {
			found = append(found, Finding{Unprotects, r.Stack.Name, r.Name(), what})
		}
		if retained(r.DeletionPolicy) && !retained(n.DeletionPolicy) {
			add("it is not retained any more when its stack is deleted, with " + holdsData[r.Type])
		}
		if retained(r.UpdateReplacePolicy) && !retained(n.UpdateReplacePolicy) {
			add("it is not retained any more when it is made anew, with " + holdsData[r.Type])
		}
		if r.Get("DeletionProtectionEnabled") == true && n.Get("DeletionProtectionEnabled") != true {
			add("it is not protected from deletion any more")
		}
	}
	sortFindings(found)
	return found
}

func retained(policy string) bool { return strings.HasPrefix(policy, "Retain") }
