package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

// alarms are of an application that makes no progress. They look at the metrics of Flink 2, which has neither
// fullRestarts nor uptime nor downtime.
func (a *Application) alarms(dataset string, paused bool) []alarm {
	w := words{"dataset": dataset}
	alarms := []alarm{
		{id: "FlinkRestarts", times: 2, of: 3, metric: a.growth("numRestarts"), words: w},
		{id: "FlinkCheckpoints", times: 3, metric: a.growth("numberOfFailedCheckpoints"), words: w},
	}
	if !paused { // a job that does not run writes no metrics
		alarms = append(alarms, alarm{id: "FlinkFailed", metric: a.Metric("runningTime", "Maximum"), threshold: 1,
			below: true, times: 3, words: w})
	}
	return alarms
}

// growth is how much a count of the application grew in five minutes.
func (a *Application) growth(name string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str("DIFF(count)"),
		UsingMetrics: &map[string]awscloudwatch.IMetric{"count": a.Metric(name, "Maximum")},
		Period:       duration(5 * time.Minute),
	})
}
