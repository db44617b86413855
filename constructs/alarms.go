package constructs

import (
	"fmt"
	"net/mail"
	"regexp"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"
)

// Alarms are what wakes an operator. Each says in its description what has happened and what to do. The core has
// about a dozen and each dataset half a dozen, at 0.10 USD a month for each metric that they look at.
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
}

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
	if a.TopicARN != "" && !topicARN.MatchString(a.TopicARN) {
		bad("alarms.topicArn is %q: want arn:aws:sns:REGION:ACCOUNT:NAME", a.TopicARN)
	}
	if a.TopicARN != "" && len(a.Emails) > 0 {
		bad("alarms.topicArn and alarms.emails exclude each other: subscribe the addresses to the topic where it is made")
	}
	if a.BehindMinutes < 0 || a.LatencyMillis < 0 || a.RejectPercent < 0 || a.RejectPercent > 100 {
		bad("alarms has behindMinutes %d, latencyMillis %d and rejectPercent %d: want positive numbers, and a percentage",
			a.BehindMinutes, a.LatencyMillis, a.RejectPercent)
	}
	return errs
}

// alarm goes off when a metric has been above a threshold in so many of the last periods.
type alarm struct {
	id          string
	metric      awscloudwatch.IMetric
	above       float64
	times       int    // default 1
	of          int    // default times
	description string // what has happened, and what to do
}

// addAlarm makes an alarm that notifies the topic of the twin when it goes off and when it is over. Missing data is no
// alarm.
func (h *host) addAlarm(scope awsconstructs.Construct, a alarm) awscloudwatch.Alarm {
	return h.notify(awscloudwatch.NewAlarm(scope, str(a.id), &awscloudwatch.AlarmProps{
		AlarmDescription:   str(a.description),
		Metric:             a.metric,
		Threshold:          &a.above,
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD,
		DatapointsToAlarm:  num(max(a.times, 1)),
		EvaluationPeriods:  num(max(a.of, a.times, 1)),
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	}))
}

func (h *host) notify(alarm awscloudwatch.Alarm) awscloudwatch.Alarm {
	action := awscloudwatchactions.NewSnsAction(h.topicFor(alarm))
	alarm.AddAlarmAction(action)
	alarm.AddOkAction(action)
	return alarm
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
