package cloudwatch

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// State is the state of an alarm.
type State string

// The states of alarms.
const (
	OK           State = "OK"
	InAlarm      State = "ALARM"
	Insufficient State = "INSUFFICIENT_DATA"
)

// Points are what a metric got in each minute; NaN where it got nothing.
type Points []float64

// Alarm is an alarm of a template.
type Alarm struct {
	period     int // minutes
	of, times  int
	threshold  float64
	operator   string
	missing    string
	metrics    map[string]metric // by id
	expression string            // empty: the one metric
}

type metric struct {
	name, statistic string
	period          int // minutes
}

// stat is a metric with its statistic, in either form of a template.
type stat struct {
	MetricName, Statistic, ExtendedStatistic string
	Period                                   int
}

// Parse reads an alarm from the properties of its resource.
func Parse(properties map[string]any) (*Alarm, error) {
	b, err := json.Marshal(properties)
	if err != nil {
		return nil, err
	}
	var p struct {
		stat
		Metrics []struct {
			ID         string `json:"Id"`
			Expression string
			Period     int
			ReturnData *bool
			MetricStat struct {
				Metric struct{ MetricName string }
				Period int
				Stat   string
			}
		}
		EvaluationPeriods, DatapointsToAlarm int
		Threshold                            float64
		ComparisonOperator, TreatMissingData string
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("cloudwatch: %w", err)
	}
	a := &Alarm{
		of: p.EvaluationPeriods, times: p.DatapointsToAlarm, threshold: p.Threshold, operator: p.ComparisonOperator,
		missing: p.TreatMissingData, metrics: map[string]metric{},
	}
	if p.MetricName != "" {
		a.period, a.expression = p.Period/60, "only"
		a.metrics["only"] = metric{p.MetricName, p.Statistic + p.ExtendedStatistic, p.Period / 60}
	}
	for _, m := range p.Metrics {
		if m.Expression == "" {
			a.metrics[m.ID] = metric{m.MetricStat.Metric.MetricName, m.MetricStat.Stat, m.MetricStat.Period / 60}
			continue
		}
		if a.expression != "" {
			return nil, fmt.Errorf("cloudwatch: two expressions: %s and %s", a.expression, m.Expression)
		}
		a.expression = m.Expression
	}
	for id, m := range a.metrics {
		if a.period == 0 {
			a.period = m.period
		}
		if m.period != a.period || m.period < 1 {
			return nil, fmt.Errorf("cloudwatch: %s has a period of %d minutes, others of %d", id, m.period, a.period)
		}
	}
	if a.expression == "" || a.of < 1 || a.times < 1 || a.times > a.of {
		return nil, fmt.Errorf("cloudwatch: this is no alarm: %s", b)
	}
	if a.of*a.period > 24*60 {
		return nil, fmt.Errorf("cloudwatch: %d periods of %d minutes are more than a day", a.of, a.period)
	}
	return a, nil
}

// Period is the length of a period.
func (a *Alarm) Period() time.Duration { return time.Duration(a.period) * time.Minute }

// States are the states after each period of the points, which are by the names of the metrics and begin at start,
// from the first period on that has enough before it.
func (a *Alarm) States(start time.Time, points map[string]Points) ([]State, error) {
	e := evaluation{start: start, period: a.Period(), series: map[string]Points{}}
	for id, m := range a.metrics {
		of, ok := points[m.name]
		if !ok {
			return nil, fmt.Errorf("cloudwatch: there are no points of %s", m.name)
		}
		aggregated, err := aggregate(of, m)
		if err != nil {
			return nil, err
		}
		e.series[id], e.periods = aggregated, len(aggregated)
	}
	values, err := e.evaluate(a.expression)
	if err != nil {
		return nil, err
	}
	var states []State
	last := Insufficient
	for end := a.of; end <= len(values); end++ {
		if last, err = a.state(values[end-a.of:end], last); err != nil {
			return nil, err
		}
		states = append(states, last)
	}
	return states, nil
}

// state is the state of the alarm by its last datapoints.
func (a *Alarm) state(values Points, last State) (State, error) {
	breaching, there := 0, 0
	for _, v := range values {
		if math.IsNaN(v) {
			if a.missing == "breaching" {
				breaching++
			}
			continue
		}
		there++
		over, err := a.compare(v)
		if err != nil {
			return "", err
		}
		if over {
			breaching++
		}
	}
	switch {
	case breaching >= a.times:
		return InAlarm, nil
	case there > 0 || a.missing == "breaching" || a.missing == "notBreaching":
		return OK, nil
	case a.missing == "ignore":
		return last, nil
	}
	return Insufficient, nil
}

func (a *Alarm) compare(v float64) (bool, error) {
	switch a.operator {
	case "GreaterThanThreshold":
		return v > a.threshold, nil
	case "LessThanThreshold":
		return v < a.threshold, nil
	}
	return false, fmt.Errorf("cloudwatch: the operator %s", a.operator)
}

// aggregate is the statistic of a metric in each whole period.
func aggregate(points Points, m metric) (Points, error) {
	var out Points
	for i := 0; i+m.period <= len(points); i += m.period {
		there := slices.DeleteFunc(slices.Clone(points[i:i+m.period]), math.IsNaN)
		if len(there) == 0 {
			out = append(out, math.NaN())
			continue
		}
		slices.Sort(there)
		total := 0.0
		for _, v := range there {
			total += v
		}
		switch {
		case m.statistic == "Sum":
			out = append(out, total)
		case m.statistic == "Average":
			out = append(out, total/float64(len(there)))
		case m.statistic == "Minimum":
			out = append(out, there[0])
		case m.statistic == "Maximum":
			out = append(out, there[len(there)-1])
		case strings.HasPrefix(m.statistic, "p"):
			share, err := strconv.ParseFloat(m.statistic[1:], 64)
			if err != nil {
				return nil, fmt.Errorf("cloudwatch: the statistic %s: %w", m.statistic, err)
			}
			out = append(out, there[max(int(math.Ceil(share/100*float64(len(there))))-1, 0)])
		default:
			return nil, fmt.Errorf("cloudwatch: the statistic %s", m.statistic)
		}
	}
	return out, nil
}
