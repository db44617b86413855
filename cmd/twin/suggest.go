package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/spelling"
	"github.com/railtwin/digitaltwin/internal/tabular"
	vocabulary "github.com/railtwin/digitaltwin/internal/twin"
)

// maxSuggested is how many names a message suggests.
const maxSuggested = 5

// suggest returns a sentence with what may be meant where there is no such component, or no such metric of it; ""
// where nothing is near.
func suggest(ctx context.Context, api *client.Client, component, metric string) string {
	if metric != "" {
		if readings, err := readingsOf(ctx, api, component); err == nil {
			var names []string
			for _, r := range readings {
				names = append(names, r.Metric)
			}
			return suggestion(metric, names, "Its metrics")
		}
	}
	return suggestComponent(ctx, api, component)
}

// suggestion returns a sentence with the name that is most like another, or with some of them; "" without any.
func suggestion(name string, names []string, heading string) string {
	if len(names) == 0 {
		return ""
	}
	if near := spelling.Nearest(name, names); near != "" {
		return "\nDid you mean " + tabular.Printable(near) + "?"
	}
	more := ""
	if len(names) > maxSuggested {
		names, more = names[:maxSuggested], ", ..."
	}
	return "\n" + heading + ": " + printable(names) + more
}

// suggestDataset returns a sentence with the dataset that may be meant by a name that there is not.
func suggestDataset(ctx context.Context, api *client.Client, name string) string {
	all, _, err := catalogue(ctx, api)
	if err != nil {
		return ""
	}
	var names []string
	for _, d := range all {
		names = append(names, d.Dataset)
	}
	return suggestion(name, names, "The datasets")
}

// unknownMetric says which of some metrics no dataset delivers, and what may be meant; "" if there is none such.
func unknownMetric(ctx context.Context, api *client.Client, metrics []string) string {
	known, err := metricNames(ctx, api)
	if err != nil {
		return ""
	}
	for _, m := range metrics {
		if !slices.ContainsFunc(known, func(pattern string) bool { return vocabulary.Metric{Name: pattern}.Matches(m) }) {
			return fmt.Sprintf("no dataset delivers the metric %q%s", m, suggestion(m, known, "The metrics"))
		}
	}
	return ""
}

// metricNames returns the names of metrics in the catalogue, in order.
func metricNames(ctx context.Context, api *client.Client) ([]string, error) {
	all, _, err := catalogue(ctx, api)
	var names []string
	for _, d := range all {
		for _, m := range d.Metrics {
			names = append(names, m.Metric)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), err
}

// suggestComponent names components that begin like another, as far as there are any: with all of it, or else up to
// its last separator, or only with its kind.
func suggestComponent(ctx context.Context, api *client.Client, component string) string {
	kind, _, _ := strings.Cut(component, ":")
	stem := component[:strings.LastIndexAny(component, ":-./ ")+1]
	for _, prefix := range []string{component, stem, kind} {
		names, err := components(ctx, api, prefix, maxSuggested)
		if err != nil {
			return ""
		}
		if len(names) > 0 {
			heading := "Similar names"
			if prefix == "" {
				heading = "Some names"
			}
			return "\n" + heading + ": " + printable(names)
		}
	}
	return ""
}

// components returns some names of components that begin with a prefix.
func components(ctx context.Context, api *client.Client, prefix string, limit int) ([]string, error) {
	var list struct{ Components []string }
	path := fmt.Sprintf("/v1/components?limit=%d&prefix=%s", limit, url.QueryEscape(prefix))
	err := api.Call(ctx, http.MethodGet, path, nil, &list)
	return list.Components, err
}

// printable lists names.
func printable(names []string) string {
	shown := make([]string, len(names))
	for i, name := range names {
		shown[i] = tabular.Printable(name)
	}
	return strings.Join(shown, ", ")
}

// readingsOf returns the readings of a component.
func readingsOf(ctx context.Context, api *client.Client, component string) ([]client.Reading, error) {
	body, err := api.Twin(ctx, component, "")
	if err != nil {
		return nil, err
	}
	var answer struct{ Readings []client.Reading }
	err = json.Unmarshal(body, &answer)
	return answer.Readings, err
}
