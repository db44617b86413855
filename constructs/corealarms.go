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
	scope := awsconstructs.NewConstruct(core.Node, str("Alarms"))
	for _, a := range append(core.writeAlarms(), core.readAlarms()...) {
		core.Alarms = append(core.Alarms, core.addAlarm(scope, a))
	}
}

// writeAlarms are of the way from the twin stream into the table.
func (core *DigitalTwinCore) writeAlarms() []alarm {
	retry := hours(core.props.Retry)
	return append(core.consumerAlarms("Apply", core.Apply, []string{*core.ApplyTrigger.Ref()}, "changes", core.props.Retry),
		alarm{
			id: "StreamFull", metric: sum(5*time.Minute,
				core.Stream.MetricPutRecordsThrottledRecords(over("Sum", 5*time.Minute)),
				core.Stream.MetricWriteProvisionedThroughputExceeded(over("Sum", 5*time.Minute)),
			), times: 3,
			description: "Extractors are throttled because the twin stream is full. They retry, and nothing is lost for " + retry + ". " +
				"Raise shards of the environment, or set onDemand, and deploy the core.",
		},
		alarm{
			id: "TableThrottled", metric: sum(5*time.Minute, core.throttles()...), times: 3,
			description: "The table is throttled. Writes are retried, reads of the API fail with 503. With capacity in the settings, raise " +
				"its max; with throughput, raise its cap. Without either, look for one component that is written more than 1,000 times a second.",
		},
		alarm{
			id: "TableFaulty", metric: core.Table.MetricSystemErrorsForOperations(&awsdynamodb.SystemErrorsForOperationsMetricOptions{
				Operations: list(awsdynamodb.Operation_UPDATE_ITEM, awsdynamodb.Operation_QUERY, awsdynamodb.Operation_BATCH_GET_ITEM),
				Period:     duration(5 * time.Minute),
			}), times: 3,
			description: "Amazon DynamoDB answers with server errors. See the AWS Health Dashboard. Writes are retried for " + retry + ".",
		},
	)
}

// throttles are the throttled requests of the table and its indexes.
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
	logs := "the log of the query function"
	if core.props.Auth != nil {
		logs += ", that of the authorize function, which says whether the issuer of tokens can be reached,"
	}
	return []alarm{
		{
			id: "ApiFails", metric: core.API.MetricServerError(over("Sum", 5*time.Minute)), above: 4,
			description: "The API answered at least five calls in five minutes with 5xx. Read " + logs + " and the " +
				"execution log of the API. If all are empty, check the alarms of the table.",
		},
		{
			id: "ApiSlow", metric: core.API.MetricLatency(over("p95", 5*time.Minute)), above: float64(latency), times: 3,
			description: fmt.Sprintf("The 95th percentile of the API's latency has been above %d ms for 15 minutes. Compare it with the duration "+
				"of the query function on the dashboard. If the function is slow, so is the table, or a client reads many components at "+
				"once. If it is not, functions start cold or wait for concurrency.", latency),
		},
		{
			id: "QueryFails", metric: core.Query.Function.MetricErrors(over("Sum", time.Minute)), times: 3, of: 5,
			description: "The query function crashes or times out, so calls of the API fail. The reason is in its log.",
		},
		{
			id: "QueryThrottled", metric: core.Query.Function.MetricThrottles(over("Sum", time.Minute)), times: 3, of: 5,
			description: "Calls of the API fail because the account has no concurrency left for the query function. Raise the quota of " +
				"AWS Lambda for concurrent executions, or lower rate and burst of the API.",
		},
	}
}
