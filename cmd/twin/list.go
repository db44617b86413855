package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// listing is what the arguments of one "twin list" ask for.
type listing struct {
	chosen
	what         string
	filter, bbox string
	count        bool
	limit        int
	format       *format
	twin         *target
}

// What can be listed.
const (
	listsComponents = "components"
	listsReadings   = "readings"
)

func newListing(c console) *cobra.Command {
	l := &listing{}
	cmd := &cobra.Command{
		Use:   "list [components|readings]",
		Short: "lists components, or readings of many components, of a running twin",
		Long: `Lists the components of a twin, or the newest readings of many components: of all, or of a dataset, of
components whose names begin alike, of those of which a filter holds, and of some metrics. All pages are read.
docs/forms.md says what a filter can be.

In a table control characters of names and values are shown escaped. In CSV a value is JSON text, and a
name that a spreadsheet would take for a formula has an apostrophe before it. JSON is a list of what the
API serves, an entry a line. GeoJSON has a feature for each component with a position.`,
		Example: `
  twin list --dataset wagon_telemetry --limit 20
  twin list --metrics position,speed --output csv > positions.csv
  twin list --metrics speed --output geojson > wagons.geojson
  twin list --filter 'speed>80;!stale(speed)' --count
  twin list readings --prefix wagon:31-85- --profile prod`,
		ValidArgs: []string{listsComponents, listsReadings},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := l.arguments(args); err != nil {
				return err
			}
			api, err := l.twin.open()
			if err != nil {
				return err
			}
			return l.run(cmd.Context(), c, api)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	l.chosen.flags(flags, "readings of these")
	flags.StringVar(&l.filter, "filter", "", "only components of which `CONDITIONS` hold, such as "+
		"'speed>80;stale(position)'")
	flags.StringVar(&l.bbox, "bbox", "", "only components in the box `WEST,SOUTH,EAST,NORTH`, in degrees")
	flags.BoolVar(&l.count, "count", false, "print how many there are, and nothing else")
	flags.IntVar(&l.limit, "limit", 0, "at most `N` entries; 0 for all")
	l.format = addFormat(cmd, asGeoJSON)
	l.twin = addTarget(cmd)
	l.chosen.complete(cmd, l.twin)
	return cmd
}

func (l *listing) arguments(args []string) error {
	l.what = listsComponents
	if len(l.metrics) > 0 || *l.format == asGeoJSON {
		l.what = listsReadings
	}
	switch {
	case len(args) > 1:
		return usagef("unexpected argument %q: choose components or readings", args[1])
	case len(args) == 1 && args[0] != listsComponents && args[0] != listsReadings:
		return usagef("%q cannot be listed: choose components or readings. One component is shown by 'twin get'", args[0])
	case len(args) == 1 && args[0] == listsComponents && *l.format == asGeoJSON:
		return usagef("GeoJSON is made of readings: leave %q out", args[0])
	case l.count && (*l.format != asTable || l.limit != 0):
		return usagef("--count prints a number of all: leave --output and --limit out")
	case len(args) == 1 && args[0] == listsComponents && len(l.metrics) > 0:
		return usagef("components are not listed by their metrics: leave --metrics out, or list readings")
	case len(args) == 1:
		l.what = args[0]
	}
	if l.limit < 0 {
		return usagef("--limit must not be negative")
	}
	return nil
}

// pageSize is how many entries a page may have: what the API allows at most.
const pageSize = 1000

func (l *listing) run(ctx context.Context, c console, api *client.Client) error {
	query := url.Values{"limit": {strconv.Itoa(pageSize)}}
	if l.limit > 0 {
		query.Set("limit", strconv.Itoa(min(l.limit, pageSize)))
	}
	l.chosen.parameters(query)
	for name, value := range map[string]string{"filter": l.filter, "bbox": l.bbox} {
		if value != "" {
			query.Set(name, value)
		}
	}
	switch {
	case l.count:
		return l.printCount(ctx, c, api, query)
	case *l.format == asGeoJSON:
		return l.printFeatures(ctx, c, api, query)
	}
	columns, row := []column{{tabular.Column{Heading: "COMPONENT"}, "component", true}}, componentRow
	if l.what == listsReadings {
		columns, row = readingColumns(true), readingRow
	}
	out, now := newList(c.out, *l.format, columns...), time.Now()
	for entries, err := range api.Pages(ctx, "/v1/"+l.what, query, l.what) {
		if err != nil {
			return l.explain(ctx, api, err)
		}
		for _, entry := range entries {
			cells, err := row(entry, now)
			if err == nil {
				err = out.add(entry, cells...)
			}
			if err != nil {
				return err
			}
			if out.n == l.limit {
				return out.end("")
			}
		}
	}
	if out.n == 0 {
		if hint := unknownMetric(ctx, api, l.metrics); hint != "" {
			return errors.New(hint)
		}
	}
	return out.end("no " + l.what)
}

// explain says what may be meant where there is no such dataset.
func (l *listing) explain(ctx context.Context, api *client.Client, err error) error {
	if answer, ok := errors.AsType[*client.Problem](err); ok && answer.NoSuch() {
		return fmt.Errorf("%s%s", answer.Text(), suggestDataset(ctx, api, l.dataset))
	}
	return err
}

func componentRow(entry json.RawMessage, _ time.Time) ([]string, error) {
	var name string
	if err := json.Unmarshal(entry, &name); err != nil {
		return nil, fmt.Errorf("this is not the answer of a twin: %w", err)
	}
	return []string{name}, nil
}

// readingColumns are the columns of readings, of many components or of one.
func readingColumns(many bool) []column {
	columns := []column{
		{tabular.Column{Heading: "COMPONENT"}, "component", true},
		{tabular.Column{Heading: "METRIC"}, "metric", true},
		{tabular.Column{Heading: "VALUE", Right: true}, "value", false}, // JSON text begins no formula
		{tabular.Column{Heading: "UNIT"}, "unit", true},
		{tabular.Column{Heading: "AGE", Right: true}, "", false},
		{tabular.Column{}, "", false}, // stale or not
		{tabular.Column{Heading: "EVENT TIME"}, "eventTime", false},
		{tabular.Column{}, "staleAt", false},
		{tabular.Column{Heading: "DATASET"}, "dataset", true},
	}
	if !many {
		columns[0].Heading = ""
	}
	return columns
}

func readingRow(entry json.RawMessage, now time.Time) ([]string, error) {
	var r client.Reading
	if err := json.Unmarshal(entry, &r); err != nil {
		return nil, fmt.Errorf("this is not the answer of a twin: %w", err)
	}
	stale, staleAt := "", ""
	if r.StaleAt != nil {
		staleAt = eventTime(*r.StaleAt)
	}
	if r.Stale(now) {
		stale = "stale"
	}
	return []string{r.Component, r.Metric, string(r.Value), r.Unit, age(now.Sub(r.EventTime)), stale,
		eventTime(r.EventTime), staleAt, r.Dataset}, nil
}

// eventTime writes a time as the API does.
func eventTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.000Z07:00") }
