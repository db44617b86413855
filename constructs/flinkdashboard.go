package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// addWidgets puts a row for the application on the dashboard of the core: how much it reads and writes, whether it
// gets on, and what it loses.
func (a *Application) addWidgets(dataset string) {
	d := a.host.dashboard
	if d == nil { // of another app
		return
	}
	var lost []awscloudwatch.IMetric
	for _, name := range wiring.FlinkCounters {
		lost = append(lost, a.found(name, name))
	}
	d.AddWidgets(
		graph(dataset+" on Flink: records per second", 8,
			a.Metric("numRecordsInPerSecond", "Average"), a.Metric("numRecordsOutPerSecond", "Average")),
		awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
			Title: str(dataset + " on Flink: milliseconds behind its source; restarts and failed checkpoints"),
			Width: num(8), Height: num(6), Period: awscdk.Duration_Minutes(num(1)),
			Left: list(a.found("millisBehindLatest", "")),
			Right: list[awscloudwatch.IMetric](a.Metric("numRestarts", "Maximum"),
				a.Metric("numberOfFailedCheckpoints", "Maximum")),
		}),
		graph(dataset+" on Flink: lost since the job was started", 8, lost...),
	)
}

// found is a metric of the application that the service writes with dimensions of its own beside the application's
// name, such as the shard or the dataset.
func (a *Application) found(name, label string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: str(fmt.Sprintf(`SEARCH('Namespace="%s" Application="%s" MetricName="%s"', 'Maximum', 60)`,
			flinkNamespace, a.Name, name)),
		Label:        str(label),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
	})
}
