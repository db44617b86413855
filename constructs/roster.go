package constructs

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// roster is a statement of a resource's policy for those who are named in it, whatever their number: one statement for
// each account. It names an account as the principal and its roles in a condition. So a role may be made later, or
// again (a principal that does not exist is refused, and one that is made again is locked out), and it needs a policy
// of its own beside: neither side alone lets anybody in.
type roster struct {
	owner      awsconstructs.IConstruct // of the policy
	sid        string
	actions    []string
	resources  []string               // default: that which has the policy
	conditions map[string]interface{} // beside the names, by operator
	add        func(awsiam.PolicyStatement)

	names      map[string][]string               // by account
	statements map[string]awsiam.PolicyStatement // by account
}

// maxRoster is how many names fit into the policy of a key, with a margin.
const maxRoster = 200

// allow lets principals of an account in. A nil roster is of a resource that this app does not make: its owner names
// them.
func (r *roster) allow(account string, arns ...string) {
	if r == nil || len(arns) == 0 || r.names != nil && slices.Contains(r.names[account], WholeAccount[0]) {
		return
	}
	if r.names == nil {
		r.names, r.statements = map[string][]string{}, map[string]awsiam.PolicyStatement{}
	}
	whole := slices.Equal(arns, WholeAccount)
	statement := r.statements[account]
	if statement == nil || whole {
		statement = r.statement(account)
		r.statements[account] = statement
		r.add(statement)
	}
	if whole {
		r.names[account] = WholeAccount
		return
	}
	all := append(r.names[account], arns...)
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) > maxRoster {
		awscdk.Annotations_Of(r.owner).AddError(str(fmt.Sprintf("%d roles are to be let in by the statement %s, and %d fit: "+
			"divide the datasets among several environments", len(all), r.sid, maxRoster)))
	}
	r.names[account] = all
	statement.AddCondition(str("ArnLike"), map[string]interface{}{"aws:PrincipalArn": all})
}

// allowAccess lets those on a list in, each in their account.
func (r *roster) allowAccess(a Access) {
	if r == nil {
		return
	}
	own := *awscdk.Stack_Of(r.owner).Account()
	if a.whole() {
		r.allow(own, a...)
		return
	}
	names := a.byAccount(own)
	for _, account := range slices.Sorted(maps.Keys(names)) {
		r.allow(account, names[account]...)
	}
}

// allowForeign lets those of other accounts in. Those of the own one need no policy of the resource.
func (r *roster) allowForeign(a Access) {
	if r == nil || a.whole() {
		return
	}
	own := *awscdk.Stack_Of(r.owner).Account()
	names := a.byAccount(own)
	delete(names, own)
	for _, account := range slices.Sorted(maps.Keys(names)) {
		r.allow(account, names[account]...)
	}
}

// statement is the statement for an account, without names yet.
func (r *roster) statement(account string) awsiam.PolicyStatement {
	sid := r.sid
	if own := *awscdk.Stack_Of(r.owner).Account(); account != own {
		sid += account
	} else if r.statements[account] != nil {
		sid += "Account" // all of it, beside those who were named before
	}
	conditions, resources := maps.Clone(r.conditions), r.resources
	if resources == nil {
		resources = []string{"*"}
	}
	p := &awsiam.PolicyStatementProps{
		Sid: str(sid), Actions: strs(r.actions...), Resources: strs(resources...),
		Principals: list[awsiam.IPrincipal](awsiam.NewAccountPrincipal(account)),
	}
	if len(conditions) > 0 {
		p.Conditions = &conditions
	}
	return awsiam.NewPolicyStatement(p)
}

// allowGrantee lets a role, a user or an account in that a construct of the app stands for.
func (r *roster) allowGrantee(grantee awsiam.IGrantable) {
	if r == nil {
		return
	}
	account, arns, err := principalsOf(grantee, *awscdk.Stack_Of(r.owner).Account())
	if err != nil {
		awscdk.Annotations_Of(r.owner).AddError(str(err.Error()))
		return
	}
	r.allow(account, arns...)
}

// principalsOf is the account of a grantee and its ARNs as aws:PrincipalArn has them.
func principalsOf(grantee awsiam.IGrantable, own string) (account string, arns []string, err error) {
	principal := grantee.GrantPrincipal()
	account = own
	if a := principal.PrincipalAccount(); a != nil && !unresolved(*a) && !unresolved(own) {
		account = *a
	}
	for kind, values := range *principal.PolicyFragment().PrincipalJson() {
		for _, v := range *values {
			switch {
			case kind != "AWS" || *v == "*":
				return "", nil, fmt.Errorf("a grant is for a role, a user or an account, and not for a principal of the kind %s",
					kind)
			case strings.HasSuffix(*v, ":root"):
				return account, WholeAccount, nil
			}
			arns = append(arns, *v)
		}
	}
	return account, arns, nil
}

// foreign reports whether a grantee is of another account than a construct.
func foreign(grantee awsiam.IGrantable, c awsconstructs.IConstruct) bool {
	own := *awscdk.Stack_Of(c).Account()
	account, _, err := principalsOf(grantee, own)
	return err == nil && account != own
}
