package constructs

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// mostGraphed is how many lines a search puts into a graph: those with the greatest maximum.
const mostGraphed = 10

// search finds a metric of every dataset of an environment.
func search(env, metric, stat string, more ...string) awscloudwatch.IMetric {
	schema := wiring.Namespace + "," + wiring.DimensionEnvironment + "," + wiring.DimensionDataset
	for _, dimension := range more {
		schema += "," + dimension
	}
	return top(fmt.Sprintf(`{%s} MetricName="%s" %s="%s"`, schema, metric, wiring.DimensionEnvironment, env), stat)
}

// searchFunctions finds a metric of AWS Lambda of the functions of every dataset of an environment. CloudFormation
// names them after their stack and their place in it, so that DigitalTwin-<environment> and Pipeline are among the
// words of a name.
func searchFunctions(env, metric, stat string) awscloudwatch.IMetric {
	return top(fmt.Sprintf(`{AWS/Lambda,FunctionName} MetricName="%s" DigitalTwin-%s Pipeline`, metric, env), stat)
}

// top is what a search finds, cut to [mostGraphed].
func top(terms, stat string) awscloudwatch.IMetric {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression:   str(fmt.Sprintf(`SLICE(SORT(SEARCH('%s', '%s', 60), MAX, DESC), 0, %d)`, terms, stat, mostGraphed)),
		Label:        str(""),
		UsingMetrics: &map[string]awscloudwatch.IMetric{},
	})
}
