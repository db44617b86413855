package constructs

import (
	"cmp"
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// addAlarms makes the alarms of what an environment has once.
func (core *DigitalTwinCore) addAlarms() {
	core.addAlarmTopic()
	scope := awsconstructs.NewConstruct(core.Node, str("Alarms"))
	for _, a := range append(core.wayAlarms(), core.readAlarms()...) {
		core.Alarms = append(core.Alarms, core.addAlarm(scope, a))
	}
}

// wayAlarms are of the way from the twin stream into the table.
func (core *DigitalTwinCore) wayAlarms() []alarm {
	return append(core.consumerAlarms("Apply", core.Apply, []string{*core.ApplyTrigger.Ref()}, "changes"),
		alarm{
			id: "StreamFull", metric: sum(5*time.Minute,
				core.Stream.MetricPutRecordsThrottledRecords(over("Sum", 5*time.Minute)),
				core.Stream.MetricWriteProvisionedThroughputExceeded(over("Sum", 5*time.Minute)),
			), times: 3,
			says: "Extractors are slowed down because the twin stream takes no more; nothing is lost for 20 hours. " +
				"Give the environment more shards, or onDemand, and deploy the core.",
		},
		alarm{
			id: "TableThrottled", metric: sum(5*time.Minute, core.throttles()...), times: 3,
			says: "The table refuses requests for want of capacity; writes are repeated, reads fail with 503. With capacity " +
				"in the settings, raise its max; without it, look for one component that is written more than 1,000 times a second.",
		},
		alarm{
			id: "TableFaulty", metric: core.Table.MetricSystemErrorsForOperations(&awsdynamodb.SystemErrorsForOperationsMetricOptions{
				Operations: list(awsdynamodb.Operation_UPDATE_ITEM, awsdynamodb.Operation_QUERY, awsdynamodb.Operation_BATCH_GET_ITEM),
				Period:     duration(5 * time.Minute),
			}), times: 3,
			says: "Amazon DynamoDB fails by itself. Look at the AWS Health Dashboard; writes are repeated for 20 hours.",
		},
	)
}

// throttles are the events in which the table or one of its indexes had no capacity.
func (core *DigitalTwinCore) throttles() []awscloudwatch.IMetric {
	var metrics []awscloudwatch.IMetric
	for _, index := range []string{"", schema.DatasetIndex, schema.ListIndex} {
		for _, name := range []string{"ReadThrottleEvents", "WriteThrottleEvents"} {
			dimensions := map[string]string{"TableName": *core.Table.TableName()}
			if index != "" {
				dimensions["GlobalSecondaryIndexName"] = index
			}
			metrics = append(metrics, awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
				Namespace: str("AWS/DynamoDB"), MetricName: str(name), DimensionsMap: stringMap(dimensions),
				Statistic: str("Sum"), Period: duration(5 * time.Minute),
			}))
		}
	}
	return metrics
}

// readAlarms are of the way from the table to the callers of the API.
func (core *DigitalTwinCore) readAlarms() []alarm {
	latency := cmp.Or(core.props.Alarms.LatencyMillis, 2000)
	return []alarm{
		{
			id: "ApiFails", metric: core.API.MetricServerError(over("Sum", 5*time.Minute)), above: 4,
			says: "The API answered at least five calls in five minutes with 5xx. Read the log of the query function and the " +
				"execution log of the API; if both are silent, look at the alarms of the table.",
		},
		{
			id: "ApiSlow", metric: core.API.MetricLatency(over("p95", 5*time.Minute)), above: float64(latency), times: 3,
			says: fmt.Sprintf("One call in twenty of the API takes longer than %d ms, for a quarter of an hour. Compare the latency of the "+
				"API with the duration of the query function on the dashboard: if the function is slow, so is the table, or somebody "+
				"reads many components at once; if it is not, functions start cold or wait for concurrency.", latency),
		},
		{
			id: "QueryFails", metric: core.Query.Function.MetricErrors(over("Sum", time.Minute)), times: 3, of: 5,
			says: "The query function crashes or runs out of time. Its log has the reason.",
		},
		{
			id: "QueryThrottled", metric: core.Query.Function.MetricThrottles(over("Sum", time.Minute)), times: 3, of: 5,
			says: "Calls of the API fail because the account has no concurrency left for the query function. Raise the quota of " +
				"AWS Lambda for concurrent executions, or lower rate and burst of the API.",
		},
	}
}
