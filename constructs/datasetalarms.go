package constructs

import (
	"cmp"
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// The shortest and the longest time without a record after which a dataset is silent. The longest is how far back
// CloudWatch looks.
const (
	leastSilence = 15 * time.Minute
	mostSilence  = 24 * time.Hour
)

// addAlarms makes the alarms of a dataset, in its own stack, where its environment has alarms.
func (x *PipelineExtractor) addAlarms(p *PipelineExtractorProps) {
	h := x.host
	if h.alarms == nil {
		return
	}
	scope := awsconstructs.NewConstruct(x.Node, str("Alarms"))
	alarms := append(x.readerAlarms(p.Retry), x.rejectsAlarm())
	if x.Flink != nil { // which keeps no rejects
		alarms = x.Flink.alarms(x.Dataset.Name, p.Paused)
	}
	if silence := silenceOf(x.Dataset.Interval); silence > 0 && !p.Paused {
		alarms = append(alarms, alarm{
			id: "Silent", metric: x.arrivals(p.QuietHours), threshold: 1, below: true, times: int(silence / (5 * time.Minute)),
			words: words{"dataset": x.Dataset.Name, "silence": minutes(silence)},
		})
	}
	for _, a := range alarms {
		x.Alarms = append(x.Alarms, h.addAlarm(scope, a))
	}
}

// arrivals are the records that were read in five minutes; in quiet hours there is always one more.
func (x *PipelineExtractor) arrivals(quiet QuietHours) awscloudwatch.IMetric {
	records, using := "FILL(records, 0)", map[string]awscloudwatch.IMetric{}
	switch {
	case x.Flink != nil:
		records, using["records"] = "300 * FILL(records, 0)", x.Flink.Metric("numRecordsInPerSecond", "Average")
	case quiet == "":
		return x.MetricRecords(nil)
	default:
		using["records"] = x.MetricRecords(nil)
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: str(quiet.expression(records)), UsingMetrics: &using, Period: duration(5 * time.Minute),
	})
}

// readerAlarms are of the functions that read the sources.
func (x *PipelineExtractor) readerAlarms(retry time.Duration) []alarm {
	records := "records of " + x.Dataset.Name
	var alarms []alarm
	if x.Extract != nil {
		var mappings []string
		for _, t := range x.triggers {
			if x.Objects == nil || t != awscdk.CfnResource(x.Objects.Trigger) {
				mappings = append(mappings, *t.Ref())
			}
		}
		alarms = append(alarms, x.host.consumerAlarms("Extract", x.Extract, mappings, records, retry)...)
	}
	if x.Objects != nil {
		alarms = append(alarms, x.host.objectAlarms(x.Objects, records)...)
	}
	for _, in := range x.Inputs {
		if in.Processor != nil {
			_, name := x.at(in)
			alarms = append(alarms, functionAlarms("Processor"+name, in.Processor, records)...)
		}
	}
	return alarms
}

func (x *PipelineExtractor) rejectsAlarm() alarm {
	percent := cmp.Or(x.host.alarms.RejectPercent, 5)
	return alarm{
		id: "Rejects", threshold: float64(percent), times: 3,
		metric: awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression: str("MAX([IF(records > 0, 100 * FILL(rejects, 0) / records, 0), IF(changes > 0, 100 * FILL(rejected, " +
				"0) / changes, 0)])"),
			UsingMetrics: &map[string]awscloudwatch.IMetric{
				"records": x.MetricRecords(nil), "rejects": x.MetricRejects(nil), "changes": x.MetricChanges(nil),
				"rejected": x.host.metric(wiring.MetricRejectedChanges, x.Dataset.Name, nil),
			},
			Period: duration(5 * time.Minute),
		}),
		words: words{"percent": strconv.Itoa(percent), "dataset": x.Dataset.Name},
	}
}

// silenceOf is how long a dataset may be silent: three times its interval, in whole periods of five minutes. It is 0
// for datasets that come irregularly or too seldom to say.
func silenceOf(interval time.Duration) time.Duration {
	if interval == 0 || 3*interval > mostSilence {
		return 0
	}
	return max(leastSilence, (3*interval + 5*time.Minute - 1).Truncate(5*time.Minute))
}
