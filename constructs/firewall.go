package constructs

import (
	"cmp"
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
)

// Firewall is AWS WAF before the API: it blocks addresses that ask too often, and what the common rules of AWS
// take for an attack. It costs about 7 USD a month and 0.60 USD for a million calls.
type Firewall struct {
	// Rate is how many calls an address may make in five minutes, 10 to 2,000,000,000. Default: as many as the whole API
	// answers, 300 times its rate.
	Rate int `json:"rate"`
}

func (f *Firewall) check() []error {
	if f == nil || f.Rate == 0 || f.Rate >= 10 && f.Rate <= 2_000_000_000 {
		return nil
	}
	return []error{fmt.Errorf("firewall.rate is %d: want 10 to 2,000,000,000 calls of an address in five minutes", f.Rate)}
}

// firewallWindow is how many seconds the calls of an address are counted for.
const firewallWindow = 300

// limit is how many calls an address may make in the window: as many as the whole API answers, so that the API's own
// limit is never the looser one, and one backend may have all of it.
func (f *Firewall) limit(rate int) int { return cmp.Or(f.Rate, firewallWindow*rate) }

// ruleGroup is a group of rules of AWS, and those of its rules that are only counted because they would block calls of
// this API that are in order.
type ruleGroup struct {
	metric, name string
	counted      []countedRule
}

type countedRule struct{ rule, why string }

var ruleGroups = []ruleGroup{
	{"common", "AWSManagedRulesCommonRuleSet", []countedRule{
		{"NoUserAgent_HEADER", "machines call, and many do not say what they are"},
		{"SizeRestrictions_QUERYSTRING", "a list of metrics or a cursor may be longer than 2 KB"},
		{"SizeRestrictions_BODY", "a selection of 1,000 components is longer than 8 KB"},
		{"SizeRestrictions_URIPATH", "a component's name may have 1,024 bytes, each of which is three when it is encoded"},
		{"RestrictedExtensions_URIPATH", "names in paths are data, and may end in .log or .ini"},
		{"RestrictedExtensions_QUERYARGUMENTS", "the same names in the query"},
		{"GenericLFI_URIPATH", "a name may contain ../, and no file is looked up by it"},
		{"GenericLFI_QUERYARGUMENTS", "the same names in the query"},
		{"GenericLFI_BODY", "the same names in a selection"},
		{"GenericRFI_URIPATH", "a name may be an address such as http://192.0.2.1/a, and nothing is fetched from it"},
		{"GenericRFI_QUERYARGUMENTS", "the same names in the query"},
		{"GenericRFI_BODY", "the same names in a selection"},
	}},
	{"inputs", "AWSManagedRulesKnownBadInputsRuleSet", []countedRule{
		{"ExploitablePaths_URIPATH", "names in paths are data, and no file is looked up by them"},
	}},
}

func (g ruleGroup) statement() *awswafv2.CfnWebACL_StatementProperty {
	overrides := []interface{}{}
	for _, r := range g.counted {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
			Name: str(r.rule), ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: map[string]interface{}{}},
		})
	}
	group := &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{
		VendorName: str("AWS"), Name: str(g.name), RuleActionOverrides: &overrides,
	}
	return &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: group}
}

// addFirewall puts AWS WAF before the API. Only what it blocks or counts is logged, without tokens and keys.
func (core *DigitalTwinCore) addFirewall() {
	rules := []interface{}{&awswafv2.CfnWebACL_RuleProperty{
		Name: str("rate"), Priority: num(0), VisibilityConfig: visible("rate"),
		Action: &awswafv2.CfnWebACL_RuleActionProperty{Block: map[string]interface{}{}},
		Statement: &awswafv2.CfnWebACL_StatementProperty{RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
			AggregateKeyType: str("IP"), Limit: num(core.props.Firewall.limit(core.props.Rate)),
			EvaluationWindowSec: num(firewallWindow),
		}},
	}}
	for i, g := range ruleGroups {
		rules = append(rules, &awswafv2.CfnWebACL_RuleProperty{
			Name: str(g.metric), Priority: num(i + 1), VisibilityConfig: visible(g.metric),
			OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]interface{}{}}, Statement: g.statement(),
		})
	}
	core.Firewall = awswafv2.NewCfnWebACL(core.Node, str("Firewall"), &awswafv2.CfnWebACLProps{
		Scope:            str("REGIONAL"),
		Description:      str("Digital Twin " + core.environment + " read API"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: map[string]interface{}{}},
		VisibilityConfig: visible(core.firewallMetric()),
		Rules:            &rules,
	})
	association := awswafv2.NewCfnWebACLAssociation(core.Node, str("FirewallOfApi"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: core.API.DeploymentStage().StageArn(), WebAclArn: core.Firewall.AttrArn(),
	})
	association.Node().AddDependency(core.API.DeploymentStage())
	core.logFirewall()
}

// addFirewallLogs makes the group of the firewall's log, also where there is no firewall: AWS WAF asks for a name that
// begins so, and a group that was retained could not be made a second time when the firewall is switched on again.
func (core *DigitalTwinCore) addFirewallLogs() {
	props := core.logs()
	props.Name = "aws-waf-logs-digitaltwin-" + *core.API.RestApiId()
	core.firewallLogs = newLogGroup(core.Node, "FirewallLogs", props)
}

func (core *DigitalTwinCore) logFirewall() {
	header := func(name string) interface{} {
		return &awswafv2.CfnLoggingConfiguration_FieldToMatchProperty{SingleHeader: map[string]interface{}{"Name": name}}
	}
	// The filter is JSON to CloudFormation, with names as they are in its templates.
	type object = map[string]interface{}
	action := func(name string) interface{} { return object{"ActionCondition": object{"Action": name}} }
	stack := awscdk.Stack_Of(core.Node)
	awswafv2.NewCfnLoggingConfiguration(core.Node, str("FirewallLogging"), &awswafv2.CfnLoggingConfigurationProps{
		ResourceArn: core.Firewall.AttrArn(),
		// The ARN as AWS WAF wants it, without the :* that CloudFormation writes at its end.
		LogDestinationConfigs: &[]interface{}{fmt.Sprintf("arn:%s:logs:%s:%s:log-group:%s",
			*stack.Partition(), *stack.Region(), *stack.Account(), *core.firewallLogs.LogGroupName())},
		RedactedFields: &[]interface{}{header("authorization"), header("x-api-key")},
		LoggingFilter: object{
			"DefaultBehavior": "DROP",
			"Filters": []interface{}{object{
				"Behavior": "KEEP", "Requirement": "MEETS_ANY",
				"Conditions": []interface{}{action("BLOCK"), action("COUNT"), action("EXCLUDED_AS_COUNT")},
			}},
		},
	})
}

// visible makes AWS WAF count what a rule does.
// firewallMetric is under which name CloudWatch counts what the firewall of this environment does.
func (core *DigitalTwinCore) firewallMetric() string { return "digitaltwin-" + core.environment }

func visible(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true,
		MetricName: str(metric)}
}
