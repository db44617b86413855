package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/railtwin/digitaltwin/internal/client"
)

// printCount prints how many entries the list has. One call counts a part of a long list.
func (l *listing) printCount(ctx context.Context, c console, api *client.Client, query url.Values) error {
	query.Del("limit")
	query.Set("count", "true")
	total := 0
	for {
		var part struct {
			Count  int
			Cursor string // "" for null
		}
		if err := api.Call(ctx, http.MethodGet, "/v1/"+l.what+"?"+query.Encode(), nil, &part); err != nil {
			return l.explain(ctx, api, err)
		}
		total += part.Count
		if part.Cursor == "" || part.Cursor == query.Get("cursor") {
			break
		}
		query.Set("cursor", part.Cursor)
	}
	_, err := fmt.Fprintln(c.out, total)
	return err
}

// printFeatures prints the features of all pages as one collection.
func (l *listing) printFeatures(ctx context.Context, c console, api *client.Client, query url.Values) error {
	query.Set("format", asGeoJSON)
	const begin = `{"type":"FeatureCollection","features":[` + "\n"
	n := 0
	for features, err := range api.Pages(ctx, "/v1/"+l.what, query, "features") {
		if err != nil {
			return l.explain(ctx, api, err)
		}
		if l.limit > 0 {
			features = features[:min(l.limit-n, len(features))]
		}
		for _, feature := range features {
			between := ",\n"
			if n++; n == 1 {
				between = begin
			}
			if _, err := fmt.Fprintf(c.out, "%s%s", between, feature); err != nil {
				return err
			}
		}
		if l.limit > 0 && n == l.limit {
			break
		}
	}
	end := "\n]}\n"
	if n == 0 {
		end = begin + "]}\n"
	}
	_, err := io.WriteString(c.out, end)
	return err
}
