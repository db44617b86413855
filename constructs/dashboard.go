package constructs

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// newDashboard shows the way of the data from left to right: the functions that extract, the store, the API; and from
// top to bottom how much there is, what fails, how long it takes, how late it is, what gives no reading, what operators
// do, what is full, and what it costs. Datasets appear by themselves, because the graphs search the metrics of their
// environment. Each graph shows at most [mostGraphed] of them, so that it can be read with a hundred datasets.
func newDashboard(scope awsconstructs.Construct, core *DigitalTwinCore) awscloudwatch.Dashboard {
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
	for _, text := range []string{"## Extract", "## Store", "## Read"} {
		d.AddWidgets(awscloudwatch.NewTextWidget(&awscloudwatch.TextWidgetProps{Markdown: str(text), Width: num(8),
			Height: num(1)}))
	}
	core.addFlow(d)
	core.addLoss(d)
	core.addOperations(d)
	core.addFollowers(d)
	core.addLimits(d)
	return d
}

func stat(s string) *awscloudwatch.MetricOptions {
	return &awscloudwatch.MetricOptions{Statistic: str(s)}
}

// addFlow shows how much there is, what fails, how long it takes and how late it is.
func (core *DigitalTwinCore) addFlow(d awscloudwatch.Dashboard) {
	env, apply, query, api := core.environment, core.Apply.Function, core.Query.Function, core.API
	d.AddWidgets(
		graph("Records read", 8, search(env, wiring.MetricRecords, "Sum")),
		graph("Changes applied", 8, search(env, wiring.MetricApplied, "Sum")),
		graph("Calls of the API", 8, api.MetricCount(stat("Sum"))),
	)
	d.AddWidgets(
		graph("Errors of the functions that extract", 8, searchFunctions(env, "Errors", "Sum")),
		graph("Errors of the apply function", 8, apply.MetricErrors(stat("Sum"))),
		graph("Errors of the API and of the query function", 8,
			api.MetricClientError(stat("Sum")), api.MetricServerError(stat("Sum")), query.MetricErrors(stat("Sum"))),
	)
	d.AddWidgets(
		graph("Duration of the functions that extract, p95", 8, searchFunctions(env, "Duration", "p95")),
		graph("Duration of the apply function, p95", 8, apply.MetricDuration(stat("p95"))),
		graph("Latency of the API, and duration of the query function", 8,
			api.MetricLatency(stat("p50")), api.MetricLatency(stat("p95")), query.MetricDuration(stat("p95"))),
	)
	d.AddWidgets(
		graph("Age of the oldest record not read", 8, searchFunctions(env, "IteratorAge", "Maximum")),
		graph("Age of the oldest change not applied", 8, apply.Metric(str("IteratorAge"), stat("Maximum"))),
		graph("Freshness: age of the newest event time, the stalest", 8, search(env, wiring.MetricFreshness, "Minimum")),
	)
}

// addLoss shows what gives no new reading.
func (core *DigitalTwinCore) addLoss(d awscloudwatch.Dashboard) {
	env := core.environment
	d.AddWidgets(
		graph("Rejected records and changes", 8, search(env, wiring.MetricRejects, "Sum", wiring.DimensionReason),
			search(env, wiring.MetricRejectedChanges, "Sum", wiring.DimensionReason)),
		graph("Late changes", 8, search(env, wiring.MetricLate, "Sum")),
		graph("Milliseconds from the source to the store, p95", 8, search(env, wiring.MetricLag, "p95")),
	)
	d.AddWidgets(
		graph("Records that gave nothing", 8, search(env, wiring.MetricGaveNothing, "Sum")),
		graph("Changes superseded within their batch", 8, search(env, wiring.MetricSuperseded, "Sum")),
		graph("Changes delivered", 8, search(env, wiring.MetricChanges, "Sum")),
	)
	d.AddWidgets(
		graph("Rows without a component, metric, value or time", 8, search(env, wiring.MetricDropped, "Sum")),
		graph("Changes that were stored already", 8, search(env, wiring.MetricSame, "Sum")),
		graph("Reads of the catalogue that failed", 8, core.MetricCatalogueStale(nil)),
	)
}

// addFollowers shows the change feed, where there is one.
func (core *DigitalTwinCore) addFollowers(d awscloudwatch.Dashboard) {
	if core.Feed == nil {
		return
	}
	tell, follow := core.Feed.Tell.Function, core.Feed.Follow.Function
	d.AddWidgets(
		graph("Change feed: events told, and gaps", 8, core.MetricTold(nil), core.MetricFollowerGaps(nil),
			core.MetricUntold(nil)),
		graph("Change feed: milliseconds until a write is told, and age of the oldest write not told", 8,
			core.MetricTellingLag(nil), tell.Metric(str("IteratorAge"), stat("Maximum"))),
		graph("Change feed: followers at once, calls refused, and errors", 8,
			follow.Metric(str("ConcurrentExecutions"), stat("Maximum")),
			follow.MetricThrottles(stat("Sum")), follow.MetricErrors(stat("Sum")), tell.MetricErrors(stat("Sum"))),
	)
}

// addLimits shows what is full, and what is paid for by use.
func (core *DigitalTwinCore) addLimits(d awscloudwatch.Dashboard) {
	env, apply, query, table := core.environment, core.Apply.Function, core.Query.Function, core.Table
	throttles := []awscloudwatch.IMetric{searchFunctions(env, "Throttles", "Sum"), apply.MetricThrottles(stat("Sum")),
		query.MetricThrottles(stat("Sum"))}
	d.AddWidgets(
		graph("Functions throttled", 8, throttles...),
		graph("Table and stream throttled", 8, append(core.throttles(),
			core.Stream.MetricPutRecordsThrottledRecords(stat("Sum")))...),
		graph("Capacity of the table in use", 8,
			table.MetricConsumedWriteCapacityUnits(stat("Sum")), table.MetricConsumedReadCapacityUnits(stat("Sum"))),
	)
	tokens := core.MetricTokens(over("Sum", time.Hour))
	d.AddWidgets(core.costs(tokens), graph("Access tokens", 8, tokens))
}

// addOperations shows what operators do: which datasets are paused, and how runs get on.
func (core *DigitalTwinCore) addOperations(d awscloudwatch.Dashboard) {
	env, operate := core.environment, core.Operate.Function
	d.AddWidgets(
		graph("Datasets that are paused, and for how long", 8, search(env, wiring.MetricPausedFor, "Maximum")),
		graph("Progress of runs: records, rejects or components", 8, search(env, wiring.MetricRunRecords, "Sum")),
		graph("Work of operators: errors, and the longest standstill of a run", 8, operate.MetricErrors(stat("Sum")),
			core.MetricRunIdle(nil)),
	)
}

func graph(title string, width int, metrics ...awscloudwatch.IMetric) awscloudwatch.IWidget {
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: str(title), Width: num(width), Height: num(6), Left: &metrics, Period: awscdk.Duration_Minutes(num(1)),
	})
}
