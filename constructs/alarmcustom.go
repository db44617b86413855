package constructs

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	awsconstructs "github.com/aws/constructs-go/constructs/v10"

	"github.com/railtwin/digitaltwin/internal/wiring"
)

// CustomAlarm is an alarm of your own on a metric of the functions.
type CustomAlarm struct {
	// Metric is the name of a row of the metrics in docs/operate.md, and Dataset the dataset that it is of; metrics of the
	// environment have none. Required.
	Metric  string `json:"metric"`
	Dataset string `json:"dataset"`
	// Above or Below is the value above or below which the alarm goes off, one of the two. Below, missing data counts as
	// 0.
	Above *float64 `json:"above"`
	Below *float64 `json:"below"`
	// Statistic of the metric: Sum, Average, Minimum, Maximum, or a percentile such as p95. Default: the one that makes
	// sense of the metric.
	Statistic string `json:"statistic"`
	// Minutes are a period, and Times how many periods in a row it takes. Default: 5 and 1.
	Minutes int `json:"minutes"`
	Times   int `json:"times"`
	// Severity is critical or warning. Default: warning.
	Severity Severity `json:"severity"`
	// Description says what has happened and what to do. Required.
	Description string `json:"description"`
}

var (
	alarmName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{0,39}$`)
	statistic = regexp.MustCompile(`^(Sum|Average|Minimum|Maximum|p[0-9]{1,2}(\.[0-9])?)$`)
)

func (c CustomAlarm) check(name string) []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !alarmName.MatchString(name) {
		bad("the name %q: want up to 40 letters and digits", name)
	}
	row, ok := wiring.MetricNamed(c.Metric)
	switch {
	case !ok:
		var all []string
		for _, m := range wiring.Metrics {
			all = append(all, m.Name)
		}
		bad("metric is %q: want one of %s", c.Metric, strings.Join(all, ", "))
	case row.Environment && c.Dataset != "":
		bad("dataset is %q: %s is of the environment", c.Dataset, c.Metric)
	case !row.Environment && c.Dataset == "":
		bad("dataset is missing: name the one whose %s it is about", c.Metric)
	}
	if (c.Above == nil) == (c.Below == nil) {
		bad("want one of above and below")
	}
	if c.Statistic != "" && !statistic.MatchString(c.Statistic) {
		bad("statistic is %q: want Sum, Average, Minimum, Maximum or a percentile such as p95", c.Statistic)
	}
	if c.Minutes < 0 || c.Times < 0 || max(c.Minutes, 5)*max(c.Times, 1) > 24*60 {
		bad("minutes is %d and times %d: want positive numbers, and a day at most", c.Minutes, c.Times)
	}
	if c.Severity != "" && c.Severity != Critical && c.Severity != Warning {
		bad("severity is %q: want %s or %s", c.Severity, Critical, Warning)
	}
	if c.Description == "" || len(c.Description) > 900 {
		bad("description has %d characters: want 1 to 900 that say what has happened and what to do", len(c.Description))
	}
	return errs
}

// checkCustomAlarms finds alarms of datasets that the environment does not have.
func (s *Settings) checkCustomAlarms() (errs []error) {
	if s.Alarms == nil || s.Datasets == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.Alarms.Custom)) {
		if dataset := s.Alarms.Custom[name].Dataset; dataset != "" {
			if p, ok := s.Datasets[dataset]; !ok || p.Off {
				errs = append(errs, fmt.Errorf("alarms.custom.%s: the environment has no dataset %q", name, dataset))
			}
		}
	}
	return errs
}

// addCustomAlarms makes the alarms of the settings. They know metrics by name, so that they are in the stack of the
// core.
func (core *DigitalTwinCore) addCustomAlarms(scope awsconstructs.Construct) error {
	custom := core.props.Alarms.Custom
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(custom)) {
		c := custom[name]
		if bad := c.check(name); len(bad) > 0 {
			errs = append(errs, fmt.Errorf("alarms.custom.%s: %w", name, errors.Join(bad...)))
			continue
		}
		o := &awscloudwatch.MetricOptions{Period: duration(time.Duration(cmp.Or(c.Minutes, 5)) * time.Minute)}
		if c.Statistic != "" {
			o.Statistic = str(c.Statistic)
		}
		a := alarm{id: "Custom" + name, metric: core.metric(c.Metric, c.Dataset, o), times: c.Times}
		if c.Below != nil {
			a.threshold, a.below = *c.Below, true
		} else {
			a.threshold = *c.Above
		}
		severity := cmp.Or(c.Severity, Warning)
		core.Alarms = append(core.Alarms, core.newAlarm(scope, a, severity, fmt.Sprintf("[%s] %s", severity, c.Description)))
	}
	return errors.Join(errs...)
}
