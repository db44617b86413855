package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a new filter is one row: with it the calls that it names take it and all others refuse it, its values
// are checked, the next page keeps it, a cursor is bound to it, and the OpenAPI document describes it.
func TestParameterIsOneRow(t *testing.T) {
	table, all := queryParameters, routes
	t.Cleanup(func() { queryParameters, routes = table, all })
	queryParameters = slices.Insert(slices.Clone(table), 1, &parameter{
		name: "kind", on: listReadings, role: roleFilter,
		set: func(_ *parameters, value string) (string, error) {
			if value == "wrong" {
				return "", errors.New("may be a or b")
			}
			return strings.ToLower(value), nil
		},
		description: "Only components of this kind", schema: &schema{Type: "string", Enum: []string{"a", "b"}},
	})
	routes = slices.Clone(all)
	for i := range routes {
		routes[i].parameters, routes[i].accepted = nil, nil
	}
	complete(routes)
	h := newHandler(Config{Reader: fleet(30)})

	for target, want := range map[string]string{
		"/v1/readings?kind=a":       "200 ",
		"/v1/readings?kind=wrong":   "400 invalid-parameter",
		"/v1/readings?kind=a&kind=": "400 invalid-parameter",
		"/v1/components?kind=a":     "400 unknown-parameter",
	} {
		if got := problemOf(get(t, h, target)); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	body := decode(get(t, h, "/v1/readings?limit=2&kind=A&prefix=wagon").Body.Bytes()).(map[string]any)
	next, _ := body["next"].(string)
	if !strings.Contains(next, "/v1/readings?kind=a&prefix=wagon&limit=2&cursor=") {
		t.Errorf("next is %s", next)
	}
	cursor := "&cursor=" + url.QueryEscape(body["cursor"].(string))
	for target, want := range map[string]string{
		next: "200 ",
		"/v1/readings?prefix=wagon&kind=a" + cursor: "200 ",
		"/v1/readings?prefix=wagon&kind=b" + cursor: "400 invalid-cursor",
		"/v1/readings?prefix=wagon" + cursor:        "400 invalid-cursor",
	} {
		if got := problemOf(get(t, h, target)); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	described, err := json.Marshal(readOpenAPI(routes))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(described), `"#/components/parameters/kindQuery"`); got != 1 {
		t.Errorf("%d calls have it in the document", got)
	}
	const want = `"kindQuery":{"name":"kind","in":"query","description":"Only components of this kind","schema":{"type":"string","enum":["a","b"]}}`
	if !strings.Contains(string(described), want) {
		t.Error("the document does not describe it")
	}
}

// Ensure that each call takes the parameters that consumers know it by: taking one away breaks them.
func TestParametersOfCalls(t *testing.T) {
	for path, want := range map[string]string{
		"/v1/components": "dataset prefix filter bbox position changedSince count format " +
			"limit cursor",
		"/v1/components/{component}":                  "metrics position format fields",
		"/v1/components/{component}/metrics/{metric}": "fields",
		"/v1/readings": "dataset prefix component metric metrics filter bbox position changedSince count format " +
			"fields limit cursor",
		"/v1/readings:query":     "fields",
		"/v1/datasets":           "",
		"/v1/datasets/{dataset}": "",
		"/v1/openapi.json":       "",
		"/v1/health":             "",
	} {
		i := slices.IndexFunc(routes, func(r route) bool { return r.pattern == path })
		if got := strings.Join(routes[i].accepted, " "); got != want {
			t.Errorf("%s takes %q, want %q", path, got, want)
		}
	}
}

// Ensure that a misspelt parameter is answered with the one that was meant, and any other with what there is.
func TestUnknownParameter(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	for target, want := range map[string]string{
		"/v1/components?prefx=a":          `There is no parameter "prefx" here. Did you mean prefix? Use dataset, prefix, filter, bbox, position, changedSince, count, format, limit, cursor.`,
		"/v1/components?color=a":          `There is no parameter "color" here. Use dataset, prefix, filter, bbox, position, changedSince, count, format, limit, cursor.`,
		"/v1/readings?metricss=a":         `There is no parameter "metricss" here. Did you mean metrics? Use dataset, prefix, component, metric, metrics, filter, bbox, position, changedSince, count, format, fields, limit, cursor.`,
		"/v1/health?limit=1":              `There is no parameter "limit" here. This path takes no parameters.`,
		"/v1/components/a?metrics=b&limt": `There is no parameter "limt" here. Use metrics, position, format, fields.`,
	} {
		detail, _ := decode(get(t, h, target).Body.Bytes()).(map[string]any)["detail"].(string)
		if detail != want {
			t.Errorf("%s: %s", target, detail)
		}
	}
}

// Ensure that a list may be given item by item, is the same list then, and that nothing else may be given twice.
func TestRepeatedParameter(t *testing.T) {
	h := newHandler(Config{Reader: fleet(30)})
	want := get(t, h, "/v1/readings?metrics=metric.0,metric.1&limit=3").Body.String()
	if got := get(t, h, "/v1/readings?metrics=metric.1&limit=3&metrics=metric.0").Body.String(); got != want {
		t.Errorf("item by item\n%s\nwant\n%s", got, want)
	}
	for target, want := range map[string]string{
		"/v1/readings?fields=source&fields=source": "200 ",
		"/v1/readings?metrics=a&metrics=":          "400 invalid-parameter",
		"/v1/readings?limit=1&limit=1":             "400 invalid-parameter",
		"/v1/readings?metric=a&metric=b":           "400 invalid-parameter",
	} {
		if got := problemOf(get(t, h, target)); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
}

// Ensure that a matrix of 1,000 cells is given and one of 1,001 is refused, whatever its shape.
func TestMatrixLimit(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	for _, test := range []struct {
		components, metrics int
		want                string
	}{
		{1000, 1, "200 "}, {1, 1000, "200 "}, {40, 25, "200 "},
		{1001, 1, "400 invalid-body"}, {1, 1001, "400 invalid-body"}, {91, 11, "400 invalid-body"},
	} {
		selection, err := json.Marshal(map[string][]string{"components": slices.Repeat([]string{"a"}, test.components),
			"metrics": slices.Repeat([]string{"b"}, test.metrics)})
		if err != nil {
			t.Fatal(err)
		}
		w := do(t, h, http.MethodPost, "/v1/readings:query", string(selection))
		if got := problemOf(w); got != test.want {
			t.Errorf("%d times %d: %s, want %s", test.components, test.metrics, got, test.want)
		}
	}
}

// Ensure that what a filter leaves out is told from what does not exist, also by whoever may read a part only.
func TestFilteredComponent(t *testing.T) {
	f := sample()
	f.put(twin.Change{Dataset: "wayside", Component: "t:1", Metric: "speed", Value: "1"})
	for target, want := range map[string]string{
		"/v1/readings?prefix=a:&component=t:1":        `{"readings":[],"next":null,"cursor":null}`,
		"/v1/readings?dataset=hsl_hfp&component=t:1":  `{"readings":[],"next":null,"cursor":null}`,
		"/v1/readings?prefix=a:&component=vehicle:18": "404 component-not-found",
	} {
		w := get(t, newHandler(Config{Reader: f}), target)
		if got := w.Body.String(); got != want && problemOf(w) != want {
			t.Errorf("%s: %s", target, got)
		}
		blind := restricted(t, f, `{"datasets": "hsl_hfp", "components": "vehicle:*"}`)
		if got := problemOf(get(t, blind, target)); got != "404 component-not-found" {
			t.Errorf("%s, not readable: %s", target, got)
		}
	}
}
