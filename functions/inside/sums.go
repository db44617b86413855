package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// activityMetrics are what is asked for of each dataset. Both kinds of rejects are counted together.
var activityMetrics = []string{
	wiring.MetricRecords, wiring.MetricChanges, wiring.MetricApplied, wiring.MetricLate, wiring.MetricRejects,
	wiring.MetricRejectedChanges,
}

// metricData is the part of the client of Amazon CloudWatch that is used.
type metricData interface {
	GetMetricData(context.Context, *cloudwatch.GetMetricDataInput,
		...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error)
}

// series is a metric of a dataset.
type series struct{ dataset, metric string }

// sum is what was counted in each minute, by when it began. A minute in which nothing was written is not there.
type sum map[time.Time]int64

// queriesAtOnce is how many metrics one call may ask for.
const queriesAtOnce = 500

// readSums reads metrics of datasets, by minute. What Amazon CloudWatch does not tell wholly is not there; a metric
// that was never written is there, and empty.
func readSums(ctx context.Context, client metricData, environment string, datasets, metrics []string, from,
	to time.Time) (map[series]sum, error) {
	var all []series
	for _, d := range datasets {
		for _, m := range metrics {
			all = append(all, series{d, m})
		}
	}
	sums := map[series]sum{}
	for len(all) > 0 {
		part := all[:min(len(all), queriesAtOnce)]
		all = all[len(part):]
		in := &cloudwatch.GetMetricDataInput{StartTime: &from, EndTime: &to}
		for i, s := range part {
			in.MetricDataQueries = append(in.MetricDataQueries, types.MetricDataQuery{
				Id: aws.String(fmt.Sprintf("m%d", i)), MetricStat: s.stat(environment),
			})
		}
		if err := readPages(ctx, client, in, part, sums); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

// stat is what is asked for of a series.
func (s series) stat(environment string) *types.MetricStat {
	return &types.MetricStat{Period: aws.Int32(60), Stat: aws.String("Sum"), Metric: &types.Metric{
		Namespace: aws.String(wiring.Namespace), MetricName: aws.String(s.metric),
		Dimensions: []types.Dimension{
			{Name: aws.String(wiring.DimensionEnvironment), Value: aws.String(environment)},
			{Name: aws.String(wiring.DimensionDataset), Value: aws.String(s.dataset)},
		},
	}}
}

// readPages asks until Amazon CloudWatch has told all. A series whose last status is not that it is complete goes.
func readPages(ctx context.Context, client metricData, in *cloudwatch.GetMetricDataInput, part []series,
	sums map[series]sum) error {
	complete := make([]bool, len(part))
	for {
		out, err := client.GetMetricData(ctx, in)
		if err != nil {
			return fmt.Errorf("inside: asking Amazon CloudWatch: %w", err)
		}
		for _, r := range out.MetricDataResults {
			var i int
			if _, err := fmt.Sscanf(aws.ToString(r.Id), "m%d", &i); err != nil || i < 0 || i >= len(part) ||
				len(r.Timestamps) != len(r.Values) {
				return fmt.Errorf("inside: Amazon CloudWatch answers for %q, which was not asked, or without times",
					aws.ToString(r.Id))
			}
			if sums[part[i]] == nil {
				sums[part[i]] = sum{}
			}
			for n, at := range r.Timestamps {
				sums[part[i]][at.UTC()] += int64(math.Round(r.Values[n]))
			}
			complete[i] = r.StatusCode == types.StatusCodeComplete
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	for i, s := range part {
		if !complete[i] {
			delete(sums, s)
		}
	}
	return nil
}
