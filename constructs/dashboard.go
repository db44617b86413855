package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// newDashboard shows the way of the data from left to right and top to bottom: what comes in from each
// dataset, what becomes of it, how late it is, and who reads it. Datasets appear by themselves, because
// the graphs search the metrics of their environment.
func newDashboard(scope awsconstructs.Construct, core *DigitalTwinCore) awscloudwatch.Dashboard {
	env := core.props.Environment
	d := awscloudwatch.NewDashboard(scope, str("Dashboard"), &awscloudwatch.DashboardProps{
		DefaultInterval: awscdk.Duration_Hours(num(3)),
	})
	if len(core.Alarms) > 0 {
		var alarms []interfacesawscloudwatch.IAlarmRef
		for _, a := range core.Alarms {
			alarms = append(alarms, a)
		}
		d.AddWidgets(awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Title: str("Alarms of the core"), Alarms: &alarms, Width: num(24), Height: num(3),
		}))
	}
	d.AddWidgets(
		graph("Records read", 8, search(env, wiring.MetricRecords, "Sum")),
		graph("Changes delivered", 8, search(env, wiring.MetricChanges, "Sum")),
		graph("Rejected records and changes", 8, search(env, wiring.MetricRejects, "Sum", wiring.DimensionReason),
			search(env, wiring.MetricRejectedChanges, "Sum", wiring.DimensionReason)),
	)
	d.AddWidgets(
		graph("Changes applied", 8, search(env, wiring.MetricApplied, "Sum")),
		graph("Late changes", 8, search(env, wiring.MetricLate, "Sum")),
		graph("Milliseconds from the source to the store, p95", 8, search(env, wiring.MetricLag, "p95")),
	)
	apply, query := core.Apply.Function, core.Query.Function
	stat := func(s string) *awscloudwatch.MetricOptions { return &awscloudwatch.MetricOptions{Statistic: str(s)} }
	d.AddWidgets(
		graph("Age of the oldest change not applied", 8, apply.Metric(str("IteratorAge"), stat("Maximum"))),
		graph("Errors of the functions", 8, apply.MetricErrors(stat("Sum")), query.MetricErrors(stat("Sum"))),
		graph("Duration of the functions, p95", 8, apply.MetricDuration(stat("p95")), query.MetricDuration(stat("p95"))),
	)
	d.AddWidgets(
		graph("Refused by table and stream for want of capacity", 8, append(core.throttles(), core.Stream.MetricPutRecordsThrottledRecords(stat("Sum")))...),
		graph("Functions without concurrency", 8, apply.MetricThrottles(stat("Sum")), query.MetricThrottles(stat("Sum"))),
		graph("Rows without a component, metric, value or time", 8, search(env, wiring.MetricDropped, "Sum")),
	)
	d.AddWidgets(
		graph("Records that gave nothing", 8, search(env, wiring.MetricGaveNothing, "Sum")),
		graph("Changes superseded within their batch", 8, search(env, wiring.MetricSuperseded, "Sum")),
		graph("Changes that were stored already", 8, search(env, wiring.MetricSame, "Sum")),
	)
	d.AddWidgets(
		graph("Calls of the API", 8, core.API.MetricCount(stat("Sum")), core.API.MetricClientError(stat("Sum")), core.API.MetricServerError(stat("Sum"))),
		graph("Latency of the API", 8, core.API.MetricLatency(stat("p50")), core.API.MetricLatency(stat("p95"))),
		graph("Capacity of the table", 8, core.Table.MetricConsumedWriteCapacityUnits(stat("Sum")), core.Table.MetricConsumedReadCapacityUnits(stat("Sum"))),
	)
	return d
}

func graph(title string, width int, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: str(title), Width: num(width), Height: num(6), Left: &metrics, Period: awscdk.Duration_Minutes(num(1)),
	})
}

// search finds a metric of every dataset of an environment.
func search(env, metric, stat string, more ...string) awscloudwatch.IMetric {
	schema := wiring.Namespace + "," + wiring.DimensionEnvironment + "," + wiring.DimensionDataset
	for _, dimension := range more {
		schema += "," + dimension
	}
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str(fmt.Sprintf(`SEARCH('{%s} MetricName="%s" %s="%s"', '%s', 60)`, schema, metric, wiring.DimensionEnvironment, env, stat)),
		Label:        str(""),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
	})
}
