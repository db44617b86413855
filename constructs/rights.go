package constructs

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// right is a statement of a role's or a person's policy: these actions on these resources.
type right struct {
	sid     string
	actions []string
	when    map[string]map[string]interface{} // conditions, by operator
	on      []string
}

func (r right) statement() awsiam.PolicyStatement {
	p := &awsiam.PolicyStatementProps{Sid: str(r.sid), Actions: strs(r.actions...), Resources: strs(r.on...)}
	if len(r.when) > 0 {
		conditions := map[string]interface{}{}
		for operator, of := range r.when {
			conditions[operator] = of
		}
		p.Conditions = &conditions
	}
	return awsiam.NewPolicyStatement(p)
}

// equals is a condition that a key of the request has one of these values.
func equals(key string, values ...string) map[string]map[string]interface{} {
	var value interface{} = values
	if len(values) == 1 {
		value = values[0]
	}
	return map[string]map[string]interface{}{"StringEquals": {key: value}}
}

// grantBoth lets a grantee in on both sides: by rights of its own policy, by the policy of the key, and, where it is of
// another account, by the policy of the resource.
func grantBoth(grantee awsiam.IGrantable, scope awsconstructs.Construct, key *keyUse, guests *roster,
	rights ...right) awsiam.Grant {
	if key != nil {
		key.allowGrantee(grantee)
	}
	if foreign(grantee, scope) {
		guests.allowGrantee(grantee)
	}
	var all awsiam.Grant
	for _, r := range rights {
		options := &awsiam.GrantOnPrincipalOptions{Grantee: grantee, Actions: strs(r.actions...), ResourceArns: strs(r.on...)}
		if len(r.when) > 0 {
			conditions := map[string]*map[string]interface{}{}
			for operator, of := range r.when {
				conditions[operator] = &of
			}
			options.Conditions = &conditions
		}
		grant := awsiam.Grant_AddToPrincipal(options)
		if all != nil {
			grant = all.Combine(grant)
		}
		all = grant
	}
	return all
}

// newPeoplePolicy makes a managed policy for roles of people and of others that the stack does not make. Who owns the
// roles attaches it; its name and path are fixed, because IAM Identity Center refers to a policy by them.
func (h *host) newPeoplePolicy(scope awsconstructs.Construct, id, what, description string,
	rights ...right) awsiam.ManagedPolicy {
	var statements []awsiam.PolicyStatement
	for _, r := range rights {
		statements = append(statements, r.statement())
	}
	return awsiam.NewManagedPolicy(scope, str(id), &awsiam.ManagedPolicyProps{
		ManagedPolicyName: str(h.policyName(awscdk.Stack_Of(scope), what)),
		Path:              str("/digitaltwin/" + h.environment + "/"),
		Description:       str("Digital Twin: " + description), // to change it would make another policy of the same name
		Statements:        &statements,
	})
}

// warnNobody warns that nobody may do something, until somebody may.
func warnNobody(c awsconstructs.IConstruct, what, says string) {
	awscdk.Annotations_Of(c).AddWarningV2(str("digitaltwin:no-"+what), str(says))
}

func acknowledgeSomebody(c awsconstructs.IConstruct, what string) {
	awscdk.Annotations_Of(c).AcknowledgeWarning(str("digitaltwin:no-"+what), str("a grant names somebody"))
}
