package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
)

// Firewall is AWS WAF before the API: it blocks addresses that ask too often, and what the common rules of AWS
// take for an attack. It costs about 7 USD a month and 0.60 USD for a million calls.
type Firewall struct {
	// Rate is how many calls an address may make in five minutes, 10 to 2,000,000,000. Default: 2,000.
	Rate int `json:"rate"`
}

func (f *Firewall) check() []error {
	if f == nil || f.Rate == 0 || f.Rate >= 10 && f.Rate <= 2_000_000_000 {
		return nil
	}
	return []error{fmt.Errorf("firewall.rate is %d: want 10 to 2,000,000,000 calls of an address in five minutes", f.Rate)}
}

// onlyCounted are rules of AWS that would block calls of this API that are in order, and why.
var onlyCounted = []struct{ rule, why string }{
	{"NoUserAgent_HEADER", "machines call, and many do not say what they are"},
	{"SizeRestrictions_QUERYSTRING", "a list of metrics or a cursor may be longer than 2 KB"},
	{"SizeRestrictions_BODY", "a selection of 1,000 components is longer than 8 KB"},
	{"RestrictedExtensions_URIPATH", "names in paths are data, and may end in .log or .ini"},
}

// addFirewall puts AWS WAF before the API. Only what it blocks or counts is logged, without tokens and keys.
func (core *DigitalTwinCore) addFirewall() {
	f := core.props.Firewall
	rate := f.Rate
	if rate == 0 {
		rate = 2000
	}
	overrides := []interface{}{}
	for _, r := range onlyCounted {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
			Name: str(r.rule), ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: map[string]interface{}{}},
		})
	}
	core.Firewall = awswafv2.NewCfnWebACL(core.Node, str("Firewall"), &awswafv2.CfnWebACLProps{
		Scope:            str("REGIONAL"),
		Description:      str("Digital Twin " + core.props.Environment + " read API"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: map[string]interface{}{}},
		VisibilityConfig: visible("firewall"),
		Rules: &[]interface{}{
			&awswafv2.CfnWebACL_RuleProperty{
				Name: str("rate"), Priority: num(0), VisibilityConfig: visible("rate"),
				Action: &awswafv2.CfnWebACL_RuleActionProperty{Block: map[string]interface{}{}},
				Statement: &awswafv2.CfnWebACL_StatementProperty{RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
					AggregateKeyType: str("IP"), Limit: num(rate), EvaluationWindowSec: num(300),
				}},
			},
			&awswafv2.CfnWebACL_RuleProperty{
				Name: str("common"), Priority: num(1), VisibilityConfig: visible("common"),
				OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]interface{}{}},
				Statement: &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{
					VendorName: str("AWS"), Name: str("AWSManagedRulesCommonRuleSet"), RuleActionOverrides: &overrides,
				}},
			},
		},
	})
	association := awswafv2.NewCfnWebACLAssociation(core.Node, str("FirewallOfApi"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: core.API.DeploymentStage().StageArn(), WebAclArn: core.Firewall.AttrArn(),
	})
	association.Node().AddDependency(core.API.DeploymentStage())
	core.addFirewallLogs()
}

func (core *DigitalTwinCore) addFirewallLogs() {
	props := core.logs()
	props.Name = "aws-waf-logs-digitaltwin-" + *core.API.RestApiId() // AWS WAF asks for the beginning
	group := newLogGroup(core.Node, "FirewallLogs", props)
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
			*stack.Partition(), *stack.Region(), *stack.Account(), *group.LogGroupName())},
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
func visible(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true, MetricName: str(metric)}
}
