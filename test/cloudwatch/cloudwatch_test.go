package cloudwatch

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	none  = math.NaN()
	start = time.Date(2026, 11, 29, 22, 0, 0, 0, time.UTC)
)

// Ensure that metric math gives what CloudWatch's documents say.
func TestExpressions(t *testing.T) {
	series := map[string]Points{"a": {1, none, 3}, "b": {4, 5, none}}
	for _, c := range []struct {
		expression string
		want       Points
	}{
		{"a + b * 2", Points{9, none, none}},
		{"(a + FILL(b, 0)) / 2", Points{2.5, none, 1.5}},
		{"FILL(a, 0) - FILL(b, 1)", Points{-3, -5, 2}},
		{"MAX([a, b])", Points{4, 5, 3}},
		{"DIFF(a)", Points{none, none, 2}},
		{"IF(a > 2, 100 * a, 0)", Points{0, none, 300}},
		{"HOUR(FILL(a, 0))", Points{22, 23, 0}},
		{"HOUR(b)", Points{22, 23, none}},
		{"IF(HOUR(FILL(a, 0)) >= 23 OR HOUR(FILL(a, 0)) < 1, 1, FILL(a, 0))", Points{1, 1, 1}},
		{"FILL(a, 0) >= 1 AND FILL(a, 0) <= 1", Points{1, 0, 0}},
		{"FILL(a, 0) == 3", Points{0, 0, 1}},
	} {
		e := evaluation{start: start, period: time.Hour, periods: 3, series: series}
		got, err := e.evaluate(c.expression)
		if err != nil || !slices.EqualFunc(got, c.want,
			func(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }) {
			t.Errorf("%s gives %v, %v; want %v", c.expression, got, err, c.want)
		}
	}
	for _, wrong := range []string{"", "c", "a +", "FILL(a)", "SEARCH(a)", "a b", "MAX(a", "a ? b", "(a", "MAX([a, b)"} {
		e := evaluation{start: start, period: time.Hour, periods: 3, series: series}
		if got, err := e.evaluate(wrong); err == nil {
			t.Errorf("%q gives %v", wrong, got)
		}
	}
}

// Ensure that periods, statistics, datapoints and missing data count as in CloudWatch.
func TestStates(t *testing.T) {
	properties := func(change map[string]any) map[string]any {
		p := map[string]any{
			"MetricName": "M", "Statistic": "Sum", "Period": 120, "EvaluationPeriods": 2, "DatapointsToAlarm": 2, "Threshold": 3,
			"ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching",
		}
		for k, v := range change {
			p[k] = v
		}
		return p
	}
	points := Points{0, 1, 2, 2, 4, none, none, none, 1, 1, none, none, none, none}
	for _, c := range []struct {
		change map[string]any
		want   string
	}{
		{nil, "OK ALARM OK OK OK OK"},
		{map[string]any{"DatapointsToAlarm": 1}, "ALARM ALARM ALARM OK OK OK"},
		{map[string]any{"TreatMissingData": "breaching"}, "OK ALARM ALARM OK OK ALARM"},
		{map[string]any{"TreatMissingData": "missing"}, "OK ALARM OK OK OK INSUFFICIENT_DATA"},
		{map[string]any{"TreatMissingData": "ignore", "EvaluationPeriods": 1, "DatapointsToAlarm": 1}, "OK ALARM ALARM " +
			"ALARM OK OK OK"},
		{map[string]any{"Statistic": "Maximum"}, "OK OK OK OK OK OK"},
		{map[string]any{"Statistic": "Maximum", "Threshold": 1.5}, "OK ALARM OK OK OK OK"},
		{map[string]any{"Statistic": "Average", "ComparisonOperator": "LessThanThreshold", "Threshold": 2}, "OK OK OK " +
			"OK OK OK"},
		{map[string]any{"Statistic": "", "ExtendedStatistic": "p95", "Threshold": 1}, "OK ALARM OK OK OK OK"},
	} {
		a, err := Parse(properties(c.change))
		if err != nil {
			t.Fatal(err)
		}
		states, err := a.States(start, map[string]Points{"M": points})
		var got []string
		for _, s := range states {
			got = append(got, string(s))
		}
		if strings.Join(got, " ") != c.want || err != nil {
			t.Errorf("%v: %v, %v; want %s", c.change, got, err, c.want)
		}
	}
	for _, wrong := range []map[string]any{
		{"Period": 0}, {"EvaluationPeriods": 0}, {"DatapointsToAlarm": 3}, {"MetricName": ""}, {"EvaluationPeriods": 1000},
	} {
		if a, err := Parse(properties(wrong)); err == nil {
			t.Errorf("%v is taken for the alarm %+v", wrong, a)
		}
	}
}
