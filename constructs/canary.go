package constructs

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/extractors"
	"github.com/railtwin/digitaltwin/extractors/canary"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// Canary is a dataset of records that only prove that readings arrive: a schedule puts one every few minutes, an
// alarm goes off when none is applied, and "twin smoke" puts more and reads them back. It costs what an idle dataset
// does, which is mostly its shard, and is there only where it is asked for.
type Canary struct {
	// Runners may put records of the canary and read the secret of its client: what runs "twin smoke". Default: nobody.
	Runners Access `json:"runners"`
	// Client is the id of the client that runs "twin smoke", at an issuer of your own (auth). Default: canary.
	Client string `json:"client"`
	// Minutes are between two records of the schedule, 1 to 15. Default: 5.
	Minutes int `json:"minutes"`
}

// canaryClient is the name of the client that reads the canary.
const canaryClient = "canary"

// canaryMisses is how many records in a row may be missing before an alarm goes off.
const canaryMisses = 3

func (c *Canary) check(account string, auth *Auth) []error {
	if c == nil {
		return nil
	}
	errs := c.Runners.check("canary.runners", account, false)
	if c.Client != "" && auth == nil {
		errs = append(errs, errors.New("canary.client is for an issuer of your own: without auth the client is made, and "+
			"is called canary"))
	}
	if strings.ContainsAny(c.Client, " \t\n=") {
		errs = append(errs, fmt.Errorf("canary.client is %q: want the id of a client, without blanks and =", c.Client))
	}
	if c.Minutes < 0 || c.Minutes > 15 {
		errs = append(errs, fmt.Errorf("canary.minutes is %d: want 1 to 15", c.Minutes))
	}
	return errs
}

// withCanary are the extractors of an environment, with that of the canary where it has one.
func withCanary(s Settings, all []extractors.Extractor) []extractors.Extractor {
	if s.Canary == nil {
		return all
	}
	return append(all[:len(all):len(all)], canary.Extractor())
}

// clients are the clients of an environment, with that of the canary where it has one. With an issuer of its own it
// has none.
func (s *Settings) clients() map[string]ClientProps {
	if s.Canary == nil || s.Auth != nil {
		return s.Clients
	}
	clients := maps.Clone(s.Clients)
	if clients == nil {
		clients = map[string]ClientProps{}
	}
	if _, named := clients[canaryClient]; !named {
		clients[canaryClient] = ClientProps{Readers: s.Canary.Runners}
	}
	return clients
}

// reserved are the datasets that one client alone reads, with its name: the canary is hidden from all others.
func (s *Settings) reserved() map[string]string {
	if s.Canary == nil {
		return nil
	}
	return map[string]string{canary.Dataset: cmp.Or(s.Canary.Client, canaryClient)}
}

// addCanary makes the schedule and the alarm of the canary, in the stack of its dataset.
func (x *PipelineExtractor) addCanary(c *Canary) {
	scope := awsconstructs.NewConstruct(x.Node, str("Canary"))
	stack, period := awscdk.Stack_Of(scope), time.Duration(cmp.Or(c.Minutes, 5))*time.Minute
	names := x.host.role(stack, "canary", "canary")
	role := awsiam.NewRole(scope, str("Role"), &awsiam.RoleProps{
		Description: str("Digital Twin: puts a record of the canary every few minutes"),
		Path:        str(names.Path), RoleName: str(names.Name),
		AssumedBy: awsiam.NewServicePrincipal(str("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]interface{}{"StringEquals": map[string]interface{}{"aws:SourceAccount": *stack.Account()}},
		}),
	})
	policy := awsiam.NewPolicy(scope, str("Policy"), &awsiam.PolicyProps{Roles: list[awsiam.IRole](role)})
	accept(policy, "The policy is of this one role and goes with it: nothing else is to have these "+
		"rights.", "NIST.800.53.R5-IAMNoInlinePolicy")
	stream, key := x.first.Stream, x.first.Made
	for _, r := range putRights([]string{*stream.StreamArn()}, []string{*key.KeyArn()}) {
		policy.AddStatements(r.statement())
	}
	x.first.producers.allowAccess(Access{names.ARN})
	record, err := json.Marshal(map[string]string{ // as package canary writes it, with what the schedule fills in
		"probe": "schedule", "nonce": "<aws.scheduler.execution-id>", "sentAt": "<aws.scheduler.scheduled-time>",
	})
	if err != nil {
		panic("BUG: a map of strings is not JSON: " + err.Error())
	}
	schedule := awsscheduler.NewCfnSchedule(scope, str("Schedule"), &awsscheduler.CfnScheduleProps{
		Description:        str("Digital Twin " + x.host.environment + ": a record of the canary"),
		ScheduleExpression: str(fmt.Sprintf("cron(0/%d * * * ? *)", int(period.Minutes()))),
		FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: str("OFF")},
		Target: &awsscheduler.CfnSchedule_TargetProperty{
			Arn: stream.StreamArn(), RoleArn: role.RoleArn(), Input: str(string(record)),
			KinesisParameters: &awsscheduler.CfnSchedule_KinesisParametersProperty{PartitionKey: str("canary")},
			// the next one comes soon
			RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{MaximumRetryAttempts: num(0)},
		},
	})
	schedule.Node().AddDependency(policy)
	addOutput(x.Node, "CanaryStreamArn", *stream.StreamArn(), "Where twin smoke puts a record of the canary")
	if x.host.alarms == nil {
		return
	}
	x.Alarms = append(x.Alarms, x.host.addAlarm(scope, alarm{
		id: "CanaryFailed", metric: x.host.metric(wiring.MetricApplied, canary.Dataset, over("Sum", period)),
		threshold: 1, below: true, times: canaryMisses, words: words{"minutes": minutes(canaryMisses * period)},
	}))
}
