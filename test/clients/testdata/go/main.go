// Command calls makes the calls with a client that oapi-codegen generated, and prints what came.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	"calls/twinapi"
)

var (
	ctx     = context.Background()
	base    = os.Getenv("TWIN_URL")
	hostile = os.Getenv("TWIN_HOSTILE")
	results = map[string]any{}
)

type object = map[string]any

func main() {
	open := client()
	token := authorize(open)
	api := client(twinapi.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}))
	listAndPage(api)
	twinAndReading(api)
	matrix(api)
	catalogue(api)
	filter(api)
	problems(api)
	operations(api)
	follow(api)
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		log.Fatal(err)
	}
}

func client(options ...twinapi.ClientOption) *twinapi.ClientWithResponses {
	return must(twinapi.NewClientWithResponses(base, options...))
}

// authorize gets a token as the API says how.
func authorize(open *twinapi.ClientWithResponses) string {
	refused := must(open.ListComponentsWithResponse(ctx, nil))
	service := must(open.GetServiceWithResponse(ctx, nil)).JSON200
	answer := must(http.PostForm(*service.Oauth.TokenUrl, url.Values{
		"grant_type": {"client_credentials"},
		"client_id":  {os.Getenv("TWIN_CLIENT")}, "client_secret": {os.Getenv("TWIN_SECRET")},
	}))
	var token struct {
		Access string `json:"access_token"`
	}
	check(json.NewDecoder(answer.Body).Decode(&token))
	results["OAuth"] = object{"without": refused.ApplicationproblemJSON401.Type, "scopes": service.Oauth.Scopes}
	return token.Access
}

func listAndPage(api *twinapi.ClientWithResponses) {
	first := must(api.ListComponentsWithResponse(ctx, &twinapi.ListComponentsParams{Prefix: ptr("parking:"), Limit: ptr(3)})).JSON200
	results["list"] = object{"components": first.Components, "more": first.Next != nil}
	all, pages := 0, 0
	for cursor := ptr(""); cursor != nil; pages++ {
		page := must(api.ListComponentsWithResponse(ctx,
			&twinapi.ListComponentsParams{Prefix: ptr("parking:"), Limit: ptr(7), Cursor: cursor})).JSON200
		all, cursor = all+len(page.Components), page.Cursor
	}
	results["page on"] = object{"pages": pages, "components": all}
}

func twinAndReading(api *twinapi.ClientWithResponses) {
	answer := must(api.GetTwinWithResponse(ctx, "parking:aeschen", nil))
	var metrics []string
	for _, r := range answer.JSON200.Readings {
		metrics = append(metrics, r.Metric)
	}
	position := answer.JSON200.Readings[len(metrics)-1]
	results["twin"] = object{"metrics": metrics, "position": position.Value, "unit": position.Unit,
		"event": position.EventTime.UnixMilli(), "stale": position.StaleAt.UnixMilli()}
	again := must(api.GetTwinWithResponse(ctx, "parking:aeschen", &twinapi.GetTwinParams{IfNoneMatch: answer.Headers200.ETag}))
	results["304"] = object{"status": again.StatusCode(), "same": *again.Headers304.ETag == *answer.Headers200.ETag}
	reading := must(api.GetReadingWithResponse(ctx, hostile, "speed", &twinapi.GetReadingParams{Fields: &[]twinapi.ReadingField{twinapi.ReadingFieldSource}})).JSON200
	state := must(api.GetReadingWithResponse(ctx, hostile, "load.state", nil)).JSON200
	results["reading"] = object{"component": reading.Component, "value": reading.Value, "source": reading.Source.Stream != nil,
		"nulls": []any{state.Unit, millis(state.StaleAt), state.Source}}
}

func matrix(api *twinapi.ClientWithResponses) {
	matrix := must(api.QueryReadingsWithResponse(ctx, nil, twinapi.Selection{
		Components: []string{"parking:aeschen", "no/such"}, Metrics: []string{"capacity"}})).JSON200
	var cells []any
	for _, c := range matrix.Cells {
		var value any
		if c.Reading != nil {
			value = c.Reading.Value
		}
		cells = append(cells, []any{c.Component, c.Metric, c.Status, value})
	}
	results["matrix"] = cells
}

func catalogue(api *twinapi.ClientWithResponses) {
	var names []string
	var parking twinapi.Dataset
	for _, d := range must(api.ListDatasetsWithResponse(ctx, nil)).JSON200.Datasets {
		names = append(names, d.Dataset)
		if d.Dataset == "basel_parking" {
			parking = d
		}
	}
	results["catalogue"] = object{"datasets": len(names), "interval": parking.IntervalSeconds,
		"newest": millis(parking.NewestEventTime), "paused": millis(parking.PausedSince), "units": parking.Metrics[0].Units}
}

func filter(api *twinapi.ClientWithResponses) {
	page := must(api.ListReadingsWithResponse(ctx, &twinapi.ListReadingsParams{
		Dataset: &[]string{"basel_parking"}, Metrics: &[]string{"capacity", "position"}, Limit: ptr(4)})).JSON200
	var readings []any
	for _, r := range page.Readings {
		readings = append(readings, r.Component+" "+r.Metric)
	}
	results["filter"] = readings
	count := must(api.ListComponentsWithResponse(ctx, &twinapi.ListComponentsParams{
		Prefix: ptr("parking:"), Filter: ptr("free<100"), Count: ptr(true)})).JSON200.Count
	results["count"] = object{"components": count}
}

func problems(api *twinapi.ClientWithResponses) {
	wrong := must(api.ListReadingsWithResponse(ctx, &twinapi.ListReadingsParams{Limit: ptr(1001)})).ApplicationproblemJSON400
	results["400"] = object{"type": wrong.Type, "status": wrong.Status, "parameter": wrong.Parameter}
	absent := must(api.GetTwinWithResponse(ctx, "no/such", nil)).ApplicationproblemJSON404
	results["404"] = object{"type": absent.Type, "status": absent.Status, "parameter": absent.Parameter}
}

func millis(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UnixMilli()
}

func ptr[T any](v T) *T { return &v }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func must[T any](v T, err error) T {
	check(err)
	return v
}
