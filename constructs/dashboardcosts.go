package constructs

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/railtwin/digitaltwin/internal/cost"
)

// costs is what is paid for by use, in USD an hour at the prices that twin cost knows. What is paid by the hour, as
// shards and keys are, is the same at any use: twin cost has it.
func (core *DigitalTwinCore) costs(tokens awscloudwatch.IMetric) awscloudwatch.IWidget {
	known := cost.Known()
	hourly := func(label, price string, m awscloudwatch.IMetric) awscloudwatch.IMetric {
		id := strings.ReplaceAll(price, ".", "_")
		return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
			Expression:   str(id + " * " + strconv.FormatFloat(known.Prices[price].USD, 'f', -1, 64)),
			UsingMetrics: &map[string]awscloudwatch.IMetric{id: m}, Label: str(label), Period: duration(time.Hour),
		})
	}
	used := over("Sum", time.Hour)
	parts := []awscloudwatch.IMetric{
		hourly("calls of the API", "api.call", core.API.MetricCount(used)),
		hourly("access tokens", "token", tokens),
		hourly("twin stream", "kinesis.put", core.Stream.MetricIncomingRecords(used)),
	}
	if core.props.Capacity == nil {
		parts = append(parts,
			hourly("writes of the table", "dynamodb.write", core.Table.MetricConsumedWriteCapacityUnits(used)),
			hourly("reads of the table", "dynamodb.read", core.Table.MetricConsumedReadCapacityUnits(used)))
	}
	return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
		Title: str(fmt.Sprintf("USD an hour for what is paid by use (%s, %s)", known.Region, known.Date)),
		Width: num(16), Height: num(6), Left: &parts, Stacked: yes, Period: duration(time.Hour),
	})
}
