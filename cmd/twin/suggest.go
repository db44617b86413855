package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/railtwin/digitaltwin/internal/client"
	"github.com/railtwin/digitaltwin/internal/spelling"
	"github.com/railtwin/digitaltwin/internal/tabular"
)

// maxSuggested is how many names a message suggests.
const maxSuggested = 5

// suggest returns a sentence with what may be meant where there is no such component, or no such metric of it; ""
// where nothing is near.
func suggest(ctx context.Context, c *client.Client, component, metric string) string {
	if metric != "" {
		var twin struct{ Readings []client.Reading }
		if err := c.Call(ctx, http.MethodGet, client.TwinPath(component, ""), nil, &twin); err == nil {
			return suggestMetric(twin.Readings, metric)
		}
	}
	return suggestComponent(ctx, c, component)
}

// suggestMetric names the metric of a component that is most like another, or some of its metrics.
func suggestMetric(readings []client.Reading, metric string) string {
	if len(readings) == 0 {
		return ""
	}
	var names []string
	for _, r := range readings {
		names = append(names, r.Metric)
	}
	if near := spelling.Nearest(metric, names); near != "" {
		return "\nDid you mean " + tabular.Printable(near) + "?"
	}
	more := ""
	if len(names) > maxSuggested {
		names, more = names[:maxSuggested], ", ..."
	}
	return "\nIts metrics: " + printable(names) + more
}

// suggestComponent names components that begin like another, as far as there are any: with all of it, or else up to
// its last separator, or only with its kind.
func suggestComponent(ctx context.Context, c *client.Client, component string) string {
	kind, _, _ := strings.Cut(component, ":")
	stem := component[:strings.LastIndexAny(component, ":-./ ")+1]
	for _, prefix := range []string{component, stem, kind} {
		names, err := components(ctx, c, prefix, maxSuggested)
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
func components(ctx context.Context, c *client.Client, prefix string, limit int) ([]string, error) {
	var list struct{ Components []string }
	path := fmt.Sprintf("/v1/components?limit=%d&prefix=%s", limit, url.QueryEscape(prefix))
	err := c.Call(ctx, http.MethodGet, path, nil, &list)
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
