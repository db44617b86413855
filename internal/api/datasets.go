package api

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// listDatasets serves the catalogue as the caller may see it.
func (h *handler) listDatasets(c *call) (answer, error) {
	v, err := h.viewOfNow(c)
	if err != nil {
		return answer{}, err
	}
	b := append(c.body, `{"datasets":[`...)
	for i := range v.datasets {
		if i > 0 {
			b = append(b, ',')
		}
		b = v.appendEntry(b, i)
	}
	return answer{body: append(b, "]}"...)}, nil
}

// dataset serves one entry of the catalogue.
func (h *handler) dataset(c *call) (answer, error) {
	v, err := h.viewOfNow(c)
	if err != nil {
		return answer{}, err
	}
	i, ok := v.find(c.names[0])
	if !ok {
		return answer{}, noDataset(c.names[0])
	}
	return answer{body: v.appendEntry(c.body, i)}, nil
}

// viewOfNow returns the catalogue as it was seconds ago, and what the caller may read of it.
func (h *handler) viewOfNow(c *call) (*view, error) {
	s, err := h.catalogue.getNewer(c.Context())
	if err != nil {
		return nil, err
	}
	return s.view(c.readable), nil
}

// health serves the state of the service.
func (h *handler) health(c *call) (answer, error) {
	if h.Health != nil {
		if err := h.Health(c.Context()); err != nil {
			return answer{}, problem.StoreUnavailable.New("The service is not healthy: %s.", err)
		}
	}
	return answer{body: append(c.body, `{"status":"ok"}`...)}, nil
}

// appendEntry appends the i-th dataset as a JSON object. The newest event time is that of all components and metrics,
// so who may read some of them only does not get it.
func (v *view) appendEntry(b []byte, i int) []byte {
	b = append(b, v.entries()[i]...)
	if d := &v.datasets[i]; d.Newest == 0 || !v.readsAll(i) {
		b = append(b, "null"...)
	} else {
		b = appendTime(b, d.Newest)
	}
	return append(b, '}')
}

func (v *view) newEntries() [][]byte {
	entries := make([][]byte, len(v.datasets))
	for i, d := range v.datasets {
		if !v.readsAll(i) {
			d = ofScope(d, v.scopes[i])
		}
		entries[i] = appendDataset(nil, &d)
	}
	return entries
}

// ofScope returns a dataset as it is for who may read what is in a scope: with those metrics only.
func ofScope(d twin.Dataset, scope *access.Scope) twin.Dataset {
	d.Metrics = slices.DeleteFunc(slices.Clone(d.Metrics),
		func(m twin.Metric) bool { return !scope.Declared(m.Name, m.Matches) })
	d.MetricIntervals = maps.Clone(d.MetricIntervals)
	maps.DeleteFunc(d.MetricIntervals, func(metric string, _ time.Duration) bool {
		return !scope.Declared(metric, twin.Metric{Name: metric}.Matches)
	})
	return d
}

// appendDataset appends a dataset as JSON up to the newest event time.
func appendDataset(b []byte, d *twin.Dataset) []byte {
	b = append(b, `{"dataset":`...)
	b = appendString(b, d.Name)
	b = append(b, `,"description":`...)
	b = appendOptional(b, d.Description)
	b = append(b, `,"extractor":`...)
	b = appendOptional(b, d.Extractor)
	b = append(b, `,"intervalSeconds":`...)
	b = appendSeconds(b, d.Interval)
	b = append(b, `,"metricIntervalSeconds":{`...)
	for n, metric := range slices.Sorted(maps.Keys(d.MetricIntervals)) {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendString(b, metric)
		b = append(b, ':')
		b = appendSeconds(b, d.MetricIntervals[metric])
	}
	b = append(b, `},"metrics":[`...)
	for n := range d.Metrics {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendMetric(b, &d.Metrics[n])
	}
	b = append(b, `],"pausedSince":`...)
	if d.Paused == 0 {
		b = append(b, "null"...)
	} else {
		b = appendTime(b, d.Paused)
	}
	return append(b, `,"newestEventTime":`...)
}

func appendMetric(b []byte, m *twin.Metric) []byte {
	b = append(b, `{"metric":`...)
	b = appendString(b, m.Name)
	b = append(b, `,"units":[`...)
	for i, unit := range m.Units {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendOptional(b, unit)
	}
	return append(b, "]}"...)
}

// appendSeconds appends a duration as a number of seconds, null for none.
func appendSeconds(b []byte, d time.Duration) []byte {
	if d <= 0 {
		return append(b, "null"...)
	}
	return strconv.AppendFloat(b, d.Seconds(), 'f', -1, 64)
}
