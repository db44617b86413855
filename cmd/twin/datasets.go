package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// datasetEntry is an entry of the catalogue.
type datasetEntry struct {
	Dataset     string
	Description string   // empty for null
	Interval    *float64 `json:"intervalSeconds"`
	Metrics     []metricEntry
	Newest      *time.Time `json:"newestEventTime"`
	Paused      *time.Time `json:"pausedSince"` // nil where it is not
}

type metricEntry struct {
	Metric string
	Units  []*string // nil is none
}

func newDatasets(c console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "datasets [DATASET]",
		Short: "lists the datasets of a running twin, or the metrics of one",
		Long: `Lists the datasets of a twin: what they are, how often a component is expected to report, and how new
their newest reading is; or the metrics of one dataset with their units. A * in the name of a metric stands for what
the record decides.`,
		Example: `
  twin datasets
  twin datasets wagon_telemetry --output json`,
	}
	form, t := addFormat(cmd), addTarget(cmd)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return t.datasets(cmd, args, begun), cobra.ShellCompDirectiveNoFileComp
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usagef("unexpected argument %q: name one dataset", args[1])
		}
		api, err := t.open()
		if err != nil {
			return err
		}
		if len(args) == 1 {
			return showDataset(cmd.Context(), c, api, *form, args[0])
		}
		return listDatasets(cmd.Context(), c, api, *form)
	}
	return cmd
}

// catalogue returns the entries of the catalogue, and each as the twin serves it.
func catalogue(ctx context.Context, api *client.Client) (all []datasetEntry, raw []json.RawMessage, err error) {
	var body struct{ Datasets []json.RawMessage }
	if err := api.Call(ctx, http.MethodGet, "/v1/datasets", nil, &body); err != nil {
		return nil, nil, err
	}
	all = make([]datasetEntry, len(body.Datasets))
	for i, entry := range body.Datasets {
		if err := json.Unmarshal(entry, &all[i]); err != nil {
			return nil, nil, fmt.Errorf("this is not the catalogue of a twin: %w", err)
		}
	}
	return all, body.Datasets, nil
}

func listDatasets(ctx context.Context, c console, api *client.Client, form format) error {
	all, raw, err := catalogue(ctx, api)
	if err != nil {
		return err
	}
	out := newList(c.out, form, column{tabular.Column{Heading: "DATASET"}, "dataset", true},
		column{tabular.Column{Heading: "METRICS", Right: true}, "metrics", false},
		column{tabular.Column{Heading: "EVERY", Right: true}, "", false}, column{tabular.Column{}, "intervalSeconds", false},
		column{tabular.Column{Heading: "NEWEST", Right: true}, "", false}, column{tabular.Column{}, "newestEventTime", false},
		column{tabular.Column{}, "", false}, column{tabular.Column{}, "pausedSince", false}, // paused or not
		column{tabular.Column{Heading: "DESCRIPTION"}, "description", true})
	for i, d := range all {
		every, seconds, newest, event, paused, since := "", "", "", "", "", ""
		if d.Interval != nil {
			every, seconds = age(time.Duration(*d.Interval*float64(time.Second))), fmt.Sprint(*d.Interval)
		}
		if d.Newest != nil {
			newest, event = age(time.Since(*d.Newest)), eventTime(*d.Newest)
		}
		if d.Paused != nil {
			paused, since = "paused "+age(time.Since(*d.Paused)), eventTime(*d.Paused)
		}
		if err := out.add(raw[i], d.Dataset, fmt.Sprint(len(d.Metrics)), every, seconds, newest, event, paused, since,
			d.Description); err != nil {
			return err
		}
	}
	return out.end("no datasets")
}

// showDataset lists the metrics of a dataset.
func showDataset(ctx context.Context, c console, api *client.Client, form format, name string) error {
	body, err := api.Get(ctx, "/v1/datasets/"+url.PathEscape(name))
	if answer, ok := errors.AsType[*client.Problem](err); ok && answer.NoSuch() {
		return fmt.Errorf("%s%s", answer.Text(), suggestDataset(ctx, api, name))
	}
	if err != nil {
		return err
	}
	if form == asJSON {
		_, err := fmt.Fprintf(c.out, "%s\n", body)
		return err
	}
	var d datasetEntry
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("this is not the answer of a twin: %w", err)
	}
	out := newList(c.out, form, column{tabular.Column{Heading: "METRIC"}, "metric", true},
		column{tabular.Column{Heading: "UNITS"}, "units", true})
	for _, m := range d.Metrics {
		var units []string
		for _, u := range m.Units {
			if u != nil {
				units = append(units, *u)
			}
		}
		if err := out.add(nil, m.Metric, strings.Join(units, " ")); err != nil {
			return err
		}
	}
	return out.end("no metrics")
}
