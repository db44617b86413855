package main

import (
	"context"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

// How often Amazon CloudWatch is asked, which takes a fee for every metric that it is asked for. It has one number a
// minute.
const (
	answerAge  = time.Minute
	failureAge = 30 * time.Second // so that a service that throttles is not asked more often for that
)

// What is asked for.
const (
	keptMinutes = 60             // as [api.DatasetActivity] has them
	rateMinutes = 5              // that a rate is the mean of
	lateMinutes = 2              // the last ones, whose numbers may not be there yet
	lookBack    = 24 * time.Hour // for the last record of a dataset that is silent for an hour
)

// activity is what came in lately, as the metrics of the functions say it.
type activity struct {
	datasets    func(context.Context) ([]twin.Dataset, error)
	pipelines   *dynamo.Documents
	metrics     metricData
	environment string
	now         func() time.Time

	mu     sync.Mutex
	answer api.Activity
	failed error
	until  time.Time               // when Amazon CloudWatch is asked again
	last   map[string]*twin.Millis // by dataset: when the last record came, nil where it did not within a day
}

// Activity implements [api.Inside]. What it returns was read a minute ago or less.
func (a *activity) Activity(ctx context.Context) (api.Activity, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now := a.now(); !now.Before(a.until) {
		a.answer, a.failed = a.read(ctx, now)
		a.until = now.Add(answerAge)
		if a.failed != nil {
			a.until = now.Add(failureAge)
		}
	}
	answer := a.answer
	answer.Datasets = append([]api.DatasetActivity{}, answer.Datasets...) // the caller drops what is not to be read
	return answer, a.failed
}

// read asks Amazon CloudWatch for the last hour.
func (a *activity) read(ctx context.Context, now time.Time) (api.Activity, error) {
	names, err := a.counted(ctx)
	if err != nil {
		return api.Activity{}, err
	}
	to := now.Truncate(time.Minute).Add(time.Minute)
	from := to.Add(-keptMinutes * time.Minute)
	sums, err := readSums(ctx, a.metrics, a.environment, names, activityMetrics, from, to)
	if err != nil {
		return api.Activity{}, err
	}
	answer := api.Activity{Since: twin.MillisOf(from)}
	var silent []string
	for _, name := range names {
		if d, ok := activityOf(name, sums, from, now); ok {
			answer.Datasets = append(answer.Datasets, d)
			if d.LastRecord == nil {
				silent = append(silent, name)
			} else {
				a.keep(name, d.LastRecord)
			}
		}
	}
	if err := a.look(ctx, silent, from); err != nil {
		return api.Activity{}, err
	}
	for i := range answer.Datasets {
		if d := &answer.Datasets[i]; d.LastRecord == nil {
			d.LastRecord = a.last[d.Dataset]
		}
	}
	return answer, nil
}

// counted are the datasets whose records are counted: on Flink they are not.
func (a *activity) counted(ctx context.Context) (names []string, err error) {
	datasets, err := a.datasets(ctx)
	if err != nil {
		return nil, err
	}
	documents, err := a.pipelines.All(ctx)
	if err != nil {
		return nil, err
	}
	flink := map[string]bool{}
	for _, doc := range documents {
		w, err := pipelineOf(&doc)
		if err != nil {
			return nil, err
		}
		flink[doc.ID] = w.Flink
	}
	for _, d := range datasets {
		if !flink[d.Name] {
			names = append(names, d.Name)
		}
	}
	return names, nil
}

func (a *activity) keep(dataset string, last *twin.Millis) {
	if a.last == nil {
		a.last = map[string]*twin.Millis{}
	}
	a.last[dataset] = last
}

// look finds the last records of datasets that are silent, once in the life of the process: what comes later is seen.
func (a *activity) look(ctx context.Context, silent []string, to time.Time) error {
	var unknown []string
	for _, name := range silent {
		if _, ok := a.last[name]; !ok {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sums, err := readSums(ctx, a.metrics, a.environment, unknown, []string{wiring.MetricRecords},
		to.Add(keptMinutes*time.Minute-lookBack), to)
	if err != nil {
		return err
	}
	for _, name := range unknown {
		if s, ok := sums[series{name, wiring.MetricRecords}]; ok {
			a.keep(name, lastOf(s, to))
		}
	}
	return nil
}

// activityOf puts together what the metrics say of a dataset. It is false where one of them is not known.
func activityOf(dataset string, sums map[series]sum, from, now time.Time) (d api.DatasetActivity, ok bool) {
	d = api.DatasetActivity{Dataset: dataset, Minutes: make([]api.MinuteActivity, keptMinutes)}
	for i := range d.Minutes {
		d.Minutes[i].From = twin.MillisOf(from.Add(time.Duration(i) * time.Minute))
	}
	for _, metric := range activityMetrics {
		s, known := sums[series{dataset, metric}]
		if !known {
			return d, false
		}
		for at, n := range s {
			if i := int(at.Sub(from) / time.Minute); i >= 0 && i < keptMinutes {
				*counter(&d.Minutes[i].Counts, metric) += n
			}
			*counter(&d.Counts, metric) += n
		}
	}
	for _, m := range d.Minutes[keptMinutes-lateMinutes-rateMinutes : keptMinutes-lateMinutes] {
		d.RecordsPerSecond += float64(m.Records) / (rateMinutes * 60)
	}
	d.LastRecord = lastOf(sums[series{dataset, wiring.MetricRecords}], now)
	return d, true
}

// counter is where a metric is counted.
func counter(c *api.Counts, metric string) *int64 {
	switch metric {
	case wiring.MetricRecords:
		return &c.Records
	case wiring.MetricChanges:
		return &c.Changes
	case wiring.MetricApplied:
		return &c.Applied
	case wiring.MetricLate:
		return &c.Late
	}
	return &c.Rejected
}

// lastOf is the end of the last minute with records, or now where that is yet to come; nil without one.
func lastOf(s sum, now time.Time) *twin.Millis {
	var last time.Time
	for at, n := range s {
		if n > 0 && at.After(last) {
			last = at
		}
	}
	if last.IsZero() {
		return nil
	}
	if last = last.Add(time.Minute); last.After(now) {
		last = now
	}
	at := twin.MillisOf(last)
	return &at
}
