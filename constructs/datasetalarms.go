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

// The shortest and the longest time without a record after which a dataset is called silent. The longest is what
// CloudWatch looks back.
const (
	leastSilence = 15 * time.Minute
	mostSilence  = 24 * time.Hour
)

// addAlarms makes the alarms of a dataset, in its own stack, where its environment has alarms.
func (x *PipelineExtractor) addAlarms(core *DigitalTwinCore, paused bool) {
	if core.props.Alarms == nil {
		return
	}
	scope := awsconstructs.NewConstruct(x.Node, str("Alarms"))
	alarms := append(x.readerAlarms(core), x.rejectsAlarm(core))
	if x.Flink != nil { // which keeps no rejects
		alarms = x.Flink.alarms(x.Dataset.Name)
	}
	for _, a := range alarms {
		x.Alarms = append(x.Alarms, core.addAlarm(scope, a))
	}
	if silence := silenceOf(x.Dataset.Interval); silence > 0 && !paused {
		x.Alarms = append(x.Alarms, core.notify(awscloudwatch.NewAlarm(scope, str("Silent"), &awscloudwatch.AlarmProps{
			AlarmDescription: str(fmt.Sprintf("Nothing has come from %s for %s. Ask its provider, and look whether records arrive at its source: "+
				"if they do, the function does not read them.", x.Dataset.Name, silence)),
			Metric: x.arrivals(core), Threshold: num(1),
			ComparisonOperator: awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD,
			EvaluationPeriods:  num(int(silence / (5 * time.Minute))),
			TreatMissingData:   awscloudwatch.TreatMissingData_BREACHING, // no record, no metric
		})))
	}
}

// arrivals are the records that were read in five minutes.
func (x *PipelineExtractor) arrivals(core *DigitalTwinCore) awscloudwatch.IMetric {
	if x.Flink == nil {
		return x.metric(core, wiring.MetricRecords)
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str("300 * rate"),
		UsingMetrics: &map[string]awscloudwatch.IMetric{"rate": x.Flink.Metric("numRecordsInPerSecond", "Average")},
		Period:       duration(5 * time.Minute),
	})
}

// readerAlarms are of the functions that read the sources.
func (x *PipelineExtractor) readerAlarms(core *DigitalTwinCore) []alarm {
	records := "records of " + x.Dataset.Name
	var alarms []alarm
	if x.Extract != nil {
		var mappings []string
		for _, t := range x.triggers {
			if x.Objects == nil || t != awscdk.CfnResource(x.Objects.Trigger) {
				mappings = append(mappings, *t.Ref())
			}
		}
		alarms = append(alarms, core.consumerAlarms("Extract", x.Extract, mappings, records)...)
	}
	if x.Objects != nil {
		alarms = append(alarms, core.objectAlarms(x.Objects, records)...)
	}
	for _, in := range x.Inputs {
		if in.Processor != nil {
			_, name := x.at(in)
			alarms = append(alarms, functionAlarms("Processor"+name, in.Processor, records)...)
		}
	}
	return alarms
}

func (x *PipelineExtractor) rejectsAlarm(core *DigitalTwinCore) alarm {
	name, percent := x.Dataset.Name, cmp.Or(core.props.Alarms.RejectPercent, 5)
	return alarm{
		id: "Rejects", above: float64(percent), times: 3,
		metric: awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression: str("MAX([IF(records > 0, 100 * FILL(rejects, 0) / records, 0), IF(changes > 0, 100 * FILL(rejected, 0) / changes, 0)])"),
			UsingMetrics: &map[string]awscloudwatch.IMetric{
				"records": x.metric(core, wiring.MetricRecords), "rejects": x.metric(core, wiring.MetricRejects),
				"changes": x.metric(core, wiring.MetricChanges), "rejected": x.metric(core, wiring.MetricRejectedChanges),
			},
			Period: duration(5 * time.Minute),
		}),
		says: fmt.Sprintf("More than %d %% of the records of %s, or of the changes made of them, were rejected for a quarter of an hour. "+
			"Rejected records are below rejects/extract/%s/ in the bucket, with the reasons: usually the provider has changed the shape of its records. "+
			"Fix %s.sql and deploy it. Rejected changes are below rejects/apply/: usually a clock is ahead, or a value is too large.", percent, name, name, name),
	}
}

// metric is a metric that the functions write for the dataset, summed up over five minutes.
func (x *PipelineExtractor) metric(core *DigitalTwinCore, metric string) awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str(wiring.Namespace), MetricName: str(metric), Statistic: str("Sum"), Period: duration(5 * time.Minute),
		DimensionsMap: stringMap(map[string]string{
			wiring.DimensionEnvironment: core.props.Environment, wiring.DimensionDataset: x.Dataset.Name,
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
