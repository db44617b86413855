package constructs

import (
	"cmp"
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Alarms are what wakes an operator. Each says in its description what has happened, where to look and what to do,
// and where the runbook says more. The core has about a dozen and each dataset half a dozen, at 0.10 USD a month for
// each metric that they look at.
type Alarms struct {
	// Emails get the alarms. Each address is asked to confirm first.
	Emails []string `json:"emails"`
	// TopicARN is a topic that exists and gets the alarms, instead of one that is made for them.
	TopicARN string `json:"topicArn"`
	// BehindMinutes is how old the oldest unprocessed record may be. Default: 5.
	BehindMinutes int `json:"behindMinutes"`
	// LatencyMillis is the 95th percentile of the API's latency above which the alarm goes off. Default: 2,000.
	LatencyMillis int `json:"latencyMillis"`
	// RejectPercent is the share of a dataset's records, and of its changes, that may be rejected. Default: 5.
	RejectPercent int `json:"rejectPercent"`
	// TokensPerDay is how many access tokens clients may ask for in a day. Default: 1,000, which cost about 2 USD.
	TokensPerDay int `json:"tokensPerDay"`
	// WarningTopicARN is a topic that exists and gets the alarms that can wait for the morning. Default: that of all
	// alarms.
	WarningTopicARN string `json:"warningTopicArn"`
	// Runbook is the address under which people find docs/operate.md; each description ends with it. Default:
	// docs/operate.md.
	Runbook string `json:"runbook"`
	// Custom are alarms of your own, by name, on the metrics of the functions.
	Custom map[string]CustomAlarm `json:"custom"`
}

func (a *Alarms) runbook() string { return cmp.Or(a.Runbook, "docs/operate.md") }

var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+(\.fifo)?$`)

func (a *Alarms) check() []error {
	if a == nil {
		return nil
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, e := range a.Emails {
		if p, err := mail.ParseAddress(e); err != nil || p.Address != e {
			bad("alarms.emails has %q: want an address such as twin@example.com", e)
		}
	}
	for name, arn := range map[string]string{"topicArn": a.TopicARN, "warningTopicArn": a.WarningTopicARN} {
		if arn != "" && !topicARN.MatchString(arn) {
			bad("alarms.%s is %q: want arn:aws:sns:REGION:ACCOUNT:NAME", name, arn)
		}
	}
	if u, err := url.Parse(a.Runbook); err != nil || u.Fragment != "" || strings.ContainsAny(a.Runbook, " \t\n") {
		bad("alarms.runbook is %q: want the address of docs/operate.md, without #", a.Runbook)
	}
	if a.TopicARN != "" && len(a.Emails) > 0 {
		bad("alarms.topicArn and alarms.emails exclude each other: subscribe the addresses to the topic where it is made")
	}
	if a.BehindMinutes < 0 || a.LatencyMillis < 0 || a.RejectPercent < 0 || a.RejectPercent > 100 || a.TokensPerDay < 0 {
		bad("alarms has behindMinutes %d, latencyMillis %d, rejectPercent %d and tokensPerDay %d: want positive "+
			"numbers, and a percentage",
			a.BehindMinutes, a.LatencyMillis, a.RejectPercent, a.TokensPerDay)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Custom)) {
		for _, err := range a.Custom[name].check(name) {
			bad("alarms.custom.%s: %w", name, err)
		}
	}
	return errs
}

// alarm goes off when a metric has been above a threshold, or below one, in so many of the last periods.
type alarm struct {
	id        string
	kind      string // of [AlarmKinds]; default: the id
	metric    awscloudwatch.IMetric
	threshold float64
	below     bool // below the threshold, and not above it; a metric that is missing is below
	times     int  // default 1
	of        int  // default times
	words     words
}

// words are what stands for the words in braces in the texts of an [AlarmKind].
type words map[string]string

// addAlarm makes an alarm that notifies the topic of the twin when it goes off and when it is over.
func (h *host) addAlarm(scope awsconstructs.Construct, a alarm) awscloudwatch.Alarm {
	kind := kindOf(cmp.Or(a.kind, a.id))
	return h.newAlarm(scope, a, kind.Severity, kind.describe(h.alarms.runbook(), a.words))
}

func (h *host) newAlarm(scope awsconstructs.Construct, a alarm, severity Severity,
	description string) awscloudwatch.Alarm {
	operator, missing := awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD,
		awscloudwatch.TreatMissingData_NOT_BREACHING
	if a.below {
		operator, missing = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, awscloudwatch.TreatMissingData_BREACHING
	}
	alarm := awscloudwatch.NewAlarm(scope, str(a.id), &awscloudwatch.AlarmProps{
		AlarmDescription:   str(description),
		Metric:             a.metric,
		Threshold:          &a.threshold,
		ComparisonOperator: operator,
		DatapointsToAlarm:  num(max(a.times, 1)),
		EvaluationPeriods:  num(max(a.of, a.times, 1)),
		TreatMissingData:   missing,
	})
	awscdk.Tags_Of(alarm).Add(str(tagSeverity), str(string(severity)), nil)
	action := awscloudwatchactions.NewSnsAction(h.topicFor(alarm, severity))
	alarm.AddAlarmAction(action)
	alarm.AddOkAction(action)
	return alarm
}

// kindOf is the kind of a name.
func kindOf(name string) AlarmKind {
	for _, k := range AlarmKinds {
		if k.Name == name {
			return k
		}
	}
	panic("BUG: no kind of alarms is called " + name)
}

// Anchor is where the runbook speaks of alarms of this kind.
func (k AlarmKind) Anchor() string { return "alarm-" + strings.ToLower(k.Name) }

// describe is the description of an alarm: what is read in a mail at night.
func (k AlarmKind) describe(runbook string, w words) string {
	text := fmt.Sprintf("[%s] %s First look: %s Cure: %s", k.Severity, k.Meaning, k.Look, k.Cure)
	for name, word := range w {
		text = strings.ReplaceAll(text, "{"+name+"}", word)
	}
	if strings.ContainsAny(text, "{}") {
		panic("BUG: words are missing in the alarm: " + text)
	}
	return text + " " + runbook + "#" + k.Anchor()
}

// over is the statistic and the period of a metric.
func over(stat string, period time.Duration) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: str(stat), Period: duration(period)}
}

// sum adds metrics up; missing data counts as 0.
func sum(period time.Duration, metrics ...awscloudwatch.IMetric) awscloudwatch.IMetric {
	expression, using := "", map[string]awscloudwatch.IMetric{}
	for i, m := range metrics {
		name := fmt.Sprintf("m%d", i)
		if i > 0 {
			expression += " + "
		}
		expression += "FILL(" + name + ", 0)"
		using[name] = m
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: str(expression), UsingMetrics: &using, Period: duration(period),
	})
}
