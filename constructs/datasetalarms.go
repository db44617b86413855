package constructs

import (
	"cmp"
	"fmt"
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
		alarms = x.Flink.alarms(x.Dataset.Name)
	}
	for _, a := range alarms {
		x.Alarms = append(x.Alarms, h.addAlarm(scope, a))
	}
	if silence := silenceOf(x.Dataset.Interval); silence > 0 && !p.Paused {
		x.Alarms = append(x.Alarms, h.notify(awscloudwatch.NewAlarm(scope, str("Silent"), &awscloudwatch.AlarmProps{
			AlarmDescription: str(fmt.Sprintf("No record of %s has been read for %s. Check whether records arrive at its source. If they do, "+
				"the function does not read them: see its log. If they do not, ask the provider.", x.Dataset.Name, minutes(silence))),
			Metric: x.arrivals(), Threshold: num(1),
			ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
			EvaluationPeriods:  num(int(silence / (5 * time.Minute))),
			TreatMissingData:   awscloudwatch.TreatMissingData_BREACHING, // no record, no metric
		})))
	}
}

// arrivals are the records that were read in five minutes.
func (x *PipelineExtractor) arrivals() awscloudwatch.IMetric {
	if x.Flink == nil {
		return x.metric(wiring.MetricRecords)
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str("300 * rate"),
		UsingMetrics: &map[string]awscloudwatch.IMetric{"rate": x.Flink.Metric("numRecordsInPerSecond", "Average")},
		Period:       duration(5 * time.Minute),
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
	name, percent := x.Dataset.Name, cmp.Or(x.host.alarms.RejectPercent, 5)
	return alarm{
		id: "Rejects", above: float64(percent), times: 3,
		metric: awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression: str("MAX([IF(records > 0, 100 * FILL(rejects, 0) / records, 0), IF(changes > 0, 100 * FILL(rejected, 0) / changes, 0)])"),
			UsingMetrics: &map[string]awscloudwatch.IMetric{
				"records": x.metric(wiring.MetricRecords), "rejects": x.metric(wiring.MetricRejects),
				"changes": x.metric(wiring.MetricChanges), "rejected": x.metric(wiring.MetricRejectedChanges),
			},
			Period: duration(5 * time.Minute),
		}),
		description: fmt.Sprintf("More than %d %% of the records of %s, or of the changes made of them, have been rejected for 15 minutes. "+
			"Rejected records are below rejects/extract/%s/ in the bucket of rejects, with the reasons: usually the provider has changed the "+
			"shape of its records. Correct %s.sql and deploy it. Rejected changes are below rejects/apply/: usually a clock is ahead, or a "+
			"value is too large.", percent, name, name, name),
	}
}

// metric is a metric that the functions write for the dataset, summed up over five minutes.
func (x *PipelineExtractor) metric(metric string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str(wiring.Namespace), MetricName: str(metric), Statistic: str("Sum"), Period: duration(5 * time.Minute),
		DimensionsMap: stringMap(map[string]string{
			wiring.DimensionEnvironment: x.host.environment, wiring.DimensionDataset: x.Dataset.Name,
		}),
	})
}

// silenceOf is how long a dataset may be silent: three times its interval, in whole periods of five minutes. It is 0
// for datasets that come irregularly or too seldom to say.
func silenceOf(interval time.Duration) time.Duration {
	if interval == 0 || 3*interval > mostSilence {
		return 0
	}
	return max(leastSilence, (3*interval + 5*time.Minute - 1).Truncate(5*time.Minute))
}
