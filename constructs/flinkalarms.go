package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
)

// alarms are of an application that does not get on. They look at the metrics of Flink 2: fullRestarts, uptime and
// downtime are no more.
func (a *Application) alarms(dataset string) []alarm {
	logs := "Its log group says why. "
	return []alarm{
		{
			id: "FlinkRestarts", above: 0, times: 2, of: 3, metric: a.growth("numRestarts"),
			says: "The Flink job of " + dataset + " keeps restarting, and delivers nothing meanwhile. " + logs +
				"Mend what it names and deploy; the position in the source is kept.",
		},
		{
			id: "FlinkCheckpoints", above: 0, times: 3, of: 3, metric: a.growth("numberOfFailedCheckpoints"),
			says: "The Flink job of " + dataset + " fails to keep its state, for a quarter of an hour: after a failure it would repeat more and more. " + logs +
				"Often its state has outgrown its processing units; raise the parallelism.",
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
