package api

import (
	"context"
	_ "embed"
	"errors"
	"slices"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Inside is what a twin can tell of itself beside its readings. The numbers are those of now, so an answer with them is
// another one each time.
type Inside interface {
	// Activity returns what came in lately, in the order of the names of the datasets. A dataset whose numbers are not
	// known is left out.
	Activity(context.Context) (Activity, error)

	// Extractor returns the SQL of a version of a dataset. The error is [ErrNoExtractor] where that is not deployed here.
	Extractor(ctx context.Context, dataset, hash string) (Extractor, error)
}

// ErrNoExtractor says that a version of an extractor is not there.
var ErrNoExtractor = errors.New("this version of the extractor is not deployed here")

// Activity is what came into a twin.
type Activity struct {
	Since    twin.Millis       `json:"since"` // when counting began
	Datasets []DatasetActivity `json:"datasets"`
}

// DatasetActivity is what came into one dataset.
type DatasetActivity struct {
	Dataset          string           `json:"dataset"`
	RecordsPerSecond float64          `json:"recordsPerSecond"` // lately: of some seconds or minutes
	LastRecord       *twin.Millis     `json:"lastRecord"`       // when it came; nil for none
	Counts                            // since counting began
	Minutes          []MinuteActivity `json:"minutes"` // of the last hour, the oldest first; the last one is not over
}

// MinuteActivity is what came in within a minute.
type MinuteActivity struct {
	From twin.Millis `json:"from"`
	Counts
}

// Counts are numbers of records and of what became of their changes.
type Counts struct {
	Records  int64 `json:"records"`
	Changes  int64 `json:"changes"`
	Applied  int64 `json:"applied"`
	Late     int64 `json:"late"`
	Rejected int64 `json:"rejected"`
}

// Extractor is the SQL of a dataset.
type Extractor struct {
	SQL   string
	Lines map[string]int // that deliver a metric, by its name in the catalogue, from 1 on; nil where they are not known
}

// metricLine is where a metric is delivered.
type metricLine struct {
	Metric string `json:"metric"`
	Line   int    `json:"line"` // of the SQL, from 1 on
}

// insideFile is the part of the OpenAPI document that is there with [Config.Inside].
//
//go:embed inside.json
var insideFile []byte

// insideCalls are the calls that need [Config.Inside].
const insideCalls = getActivity | getExtractor

// servedRoutes are the routes that the document has.
func (c *Config) servedRoutes() []route {
	var absent calls
	if c.Changes.Log == nil {
		absent |= listChanges
	}
	if c.Inside == nil && !c.InsideElsewhere {
		absent |= insideCalls
	}
	return slices.DeleteFunc(slices.Clone(routes), func(t route) bool { return t.call&absent != 0 })
}

// activityRetry is when a caller is to ask again, in seconds, where it cannot be read what came in.
const activityRetry = 60

// activity serves what came in lately, of the datasets that the caller may read all of: counts tell of what is in them.
func (h *handler) activity(c *call) (answer, error) {
	if h.Inside == nil {
		return answer{}, notInside()
	}
	v, err := h.viewOfNow(c)
	if err != nil {
		return answer{}, err
	}
	a, err := h.Inside.Activity(c.Context())
	if err != nil {
		h.Log.ErrorContext(c.Context(), "api: what came in cannot be read", "error", err)
		p := activityUnavailable.New("What came in cannot be read now. Try again in a minute.")
		p.RetryAfter = activityRetry
		return answer{}, p
	}
	a.Datasets = slices.DeleteFunc(a.Datasets, func(d DatasetActivity) bool {
		i, ok := v.find(d.Dataset)
		return !ok || !v.readsAll(i)
	})
	return c.json(a), nil
}

// extractor serves the SQL of a dataset, to who may read all of it: it names every metric.
func (h *handler) extractor(c *call) (answer, error) {
	if h.Inside == nil {
		return answer{}, notInside()
	}
	v, err := h.viewOfNow(c)
	if err != nil {
		return answer{}, err
	}
	i, ok := v.find(c.names[0])
	if !ok || !v.readsAll(i) {
		return answer{}, noDataset(c.names[0])
	}
	d := v.datasets[i]
	x, err := h.Inside.Extractor(c.Context(), d.Name, d.Extractor)
	if errors.Is(err, ErrNoExtractor) {
		return answer{}, problem.RouteNotFound.New("The extractor %s of %s is not deployed here.", d.Extractor, d.Name)
	}
	if err != nil {
		return answer{}, err
	}
	lines := []metricLine{}
	for _, m := range d.Metrics {
		if line := x.Lines[m.Name]; line > 0 {
			lines = append(lines, metricLine{m.Name, line})
		}
	}
	return c.json(struct {
		Dataset string       `json:"dataset"`
		Hash    string       `json:"extractor"`
		SQL     string       `json:"sql"`
		Metrics []metricLine `json:"metrics"` // in the order of their names, as the catalogue has them
	}{d.Name, d.Extractor, x.SQL, lines}), nil
}

func notInside() error {
	return problem.RouteNotFound.New("This twin does not tell what comes in, nor its SQL.")
}
