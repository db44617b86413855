package constructs

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
)

// addAlarms makes the alarms of what an environment has once.
func (core *DigitalTwinCore) addAlarms() error {
	scope := awsconstructs.NewConstruct(core.Node, str("Alarms"))
	for _, a := range slices.Concat(core.writeAlarms(), core.capAlarms(), core.readAlarms(), core.secretAlarms(),
		core.operateAlarms(), core.feedAlarms()) {
		core.Alarms = append(core.Alarms, core.addAlarm(scope, a))
	}
	return core.addCustomAlarms(scope)
}

// rollbacks are the alarms that tell of a bad deployment within minutes: CloudFormation looks at five at most.
var rollbacks = []string{"ApiFails", "QueryFails", "ApplyFails", "ApplyBehind", "ApplyGaveUp"}

// rollbackAlarms are the ARNs of the alarms by which CloudFormation rolls a deployment back, with commas between.
func (core *DigitalTwinCore) rollbackAlarms() string {
	var arns []string
	for _, a := range core.Alarms {
		if slices.Contains(rollbacks, *a.Node().Id()) {
			arns = append(arns, *a.AlarmArn())
		}
	}
	return strings.Join(arns, ",")
}

// writeAlarms are of the way from the twin stream into the table.
func (core *DigitalTwinCore) writeAlarms() []alarm {
	w := words{"retry": hours(core.props.Retry)}
	return append(core.consumerAlarms("Apply", core.Apply, []string{*core.ApplyTrigger.Ref()}, "changes",
		core.props.Retry),
		alarm{
			id: "StreamFull", metric: sum(5*time.Minute,
				core.Stream.MetricPutRecordsThrottledRecords(over("Sum", 5*time.Minute)),
				core.Stream.MetricWriteProvisionedThroughputExceeded(over("Sum", 5*time.Minute)),
			), times: 3, words: w,
		},
		alarm{id: "TableThrottled", metric: sum(5*time.Minute, core.throttles()...), times: 3, words: w},
		alarm{
			id: "TableFaulty",
			metric: core.Table.MetricSystemErrorsForOperations(&awsdynamodb.SystemErrorsForOperationsMetricOptions{
				Operations: list(awsdynamodb.Operation_UPDATE_ITEM, awsdynamodb.Operation_QUERY,
					awsdynamodb.Operation_BATCH_GET_ITEM),
				Period: duration(5 * time.Minute),
			}), times: 3, words: w,
		},
	)
}

// nearCap is the share of a cap on the table's throughput, in percent, above which an alarm goes off.
const nearCap = 80

// capAlarms are of a table that is paid by request and has a cap.
func (core *DigitalTwinCore) capAlarms() []alarm {
	t := core.props.Throughput
	if t == nil || t.MaxRead == 0 && t.MaxWrite == 0 {
		return nil
	}
	var shares []string
	using := map[string]awscloudwatch.IMetric{}
	if t.MaxRead > 0 {
		using["reads"] = core.Table.MetricConsumedReadCapacityUnits(over("Sum", time.Minute))
		shares = append(shares, fmt.Sprintf("FILL(reads, 0) / %d", 60*t.MaxRead))
	}
	if t.MaxWrite > 0 {
		using["writes"] = core.Table.MetricConsumedWriteCapacityUnits(over("Sum", time.Minute))
		shares = append(shares, fmt.Sprintf("FILL(writes, 0) / %d", 60*t.MaxWrite))
	}
	return []alarm{{
		id: "TableNearCap", threshold: nearCap, times: 5, words: words{"percent": strconv.Itoa(nearCap)},
		metric: awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression: str("100 * MAX([" + strings.Join(shares, ", ") + "])"), UsingMetrics: &using,
			Period: duration(time.Minute),
		}),
	}}
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

// blockedCalls is how many calls of the API the firewall may block in five minutes before an alarm goes off.
const blockedCalls = 100

// readAlarms are of the way from the table to the callers of the API.
func (core *DigitalTwinCore) readAlarms() []alarm {
	latency, tokens := cmp.Or(core.props.Alarms.LatencyMillis, 2000), cmp.Or(core.props.Alarms.TokensPerDay, 1000)
	query, calls := core.Query.Function, words{"records": "calls of the API"}
	alarms := []alarm{
		{id: "ApiFails", metric: core.API.MetricServerError(over("Sum", 5*time.Minute)), threshold: 4},
		{
			id: "ApiSlow", metric: core.API.MetricLatency(over("p95", 5*time.Minute)), threshold: float64(latency), times: 3,
			words: words{"latency": strconv.Itoa(latency)},
		},
		{id: "QueryFails", kind: "Fails", metric: query.MetricErrors(over("Sum", time.Minute)), times: 3, of: 5,
			words: calls},
		{id: "QueryThrottled", kind: "Throttled", metric: query.MetricThrottles(over("Sum", time.Minute)), times: 3, of: 5,
			words: calls},
	}
	if core.props.Auth == nil { // otherwise another issuer gives tokens, and is paid for them
		alarms = append(alarms, alarm{
			id: "Tokens", metric: core.MetricTokens(nil), threshold: float64(tokens),
			words: words{"tokens": strconv.Itoa(tokens)},
		})
	}
	if core.Firewall != nil {
		alarms = append(alarms, alarm{
			id: "FirewallBlocks", metric: core.blocked(), threshold: blockedCalls, times: 2,
			words: words{"blocked": strconv.Itoa(blockedCalls)},
		})
	}
	return alarms
}

// blocked counts the calls that the firewall blocked.
func (core *DigitalTwinCore) blocked() awscloudwatch.IMetric {
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: str("AWS/WAFV2"), MetricName: str("BlockedRequests"), Statistic: str("Sum"),
		Period: duration(5 * time.Minute),
		DimensionsMap: stringMap(map[string]string{
			"WebACL": core.firewallMetric(), "Region": *awscdk.Stack_Of(core.Node).Region(), "Rule": "ALL",
		}),
	})
}

// secretAlarms are of the rotation of clients' secrets.
func (core *DigitalTwinCore) secretAlarms() []alarm {
	if core.Rotate == nil {
		return nil
	}
	return []alarm{{id: "RotationFails", metric: core.Rotate.Function.MetricErrors(over("Sum", 5*time.Minute))}}
}

// stalledMinutes is how long a run may go without a checkpoint, which it writes every few seconds, until an alarm goes
// off.
const stalledMinutes = 10

// operateAlarms are of the work of operators.
func (core *DigitalTwinCore) operateAlarms() []alarm {
	return []alarm{
		{id: "OperateFails", metric: core.Operate.Function.MetricErrors(over("Sum", 5*time.Minute))},
		{
			id: "RunStalled", metric: core.MetricRunIdle(nil), threshold: stalledMinutes * 60_000,
			words: words{"stalled": minutes(stalledMinutes * time.Minute)},
		},
	}
}
