package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

// alarms are of an application that makes no progress. They look at the metrics of Flink 2, which has neither
// fullRestarts nor uptime nor downtime.
func (a *Application) alarms(dataset string) []alarm {
	return []alarm{
		{
			id: "FlinkRestarts", above: 0, times: 2, of: 3, metric: a.growth("numRestarts"),
			description: "The Flink job of " + dataset + " restarts again and again, and delivers nothing meanwhile. Its log group says why. " +
				"Correct the cause and deploy. The job keeps its position in the source.",
		},
		{
			id: "FlinkCheckpoints", above: 0, times: 3, of: 3, metric: a.growth("numberOfFailedCheckpoints"),
			description: "The Flink job of " + dataset + " has failed to write checkpoints for 15 minutes: after a failure it would repeat " +
				"more and more records. Its log group says why. Often its state has outgrown its processing units: raise the parallelism.",
		},
	}
}

// growth is how much a count of the application grew in five minutes.
func (a *Application) growth(name string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str("DIFF(count)"),
		UsingMetrics: &map[string]awscloudwatch.IMetric{"count": a.Metric(name, "Maximum")},
		Period:       duration(5 * time.Minute),
	})
}
