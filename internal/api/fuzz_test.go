package api

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// FuzzRequest sends any path, query string and body. Whatever they are, the answer is a described one, and its
// body is JSON by its schema.
func FuzzRequest(f *testing.F) {
	for _, target := range []string{
		"/", "/v1/components", "/v1/components?limit=1&prefix=v", "/v1/components/vehicle:22:790?metrics=speed&fields=source",
		"/v1/components/a%2F%2Fb/metrics/..", "/v1/readings?component=vehicle:22:790&metric=speed", "/v1/readings?limit=2",
		"/v1/readings?cursor=AQECAwQFBgcIAWEA", "/v1/readings?dataset=wayside&limit=0", "/v1/datasets/hsl_hfp",
		"/v1/health?%zz", "//v1/../x", "/v1/%FF", "//%20", "0:1", "*",
	} {
		path, query, _ := strings.Cut(target, "?")
		f.Add(http.MethodGet, path, query, "")
	}
	f.Add(http.MethodPost, "/v1/readings:query", "fields=source",
		`{"components":["vehicle:22:790","x"],"metrics":["speed"]}`)
	f.Add(http.MethodPost, "/v1/readings:query", "", `{"components":[null],"metrics":{}}`)
	f.Add("PUT", "/v1/components", "x=y", "")
	for _, r := range routes {
		for _, q := range r.parameters {
			f.Add(r.method, r.pattern, q.name+"=source", "")
		}
	}
	h := restricted(f, sample(), `{"datasets": "hsl_hfp", "components": "vehicle:22*"}`,
		`{"datasets": "oslo_bysykkel_gbfs", "metrics": ["renting", "b*"]}`)
	f.Fuzz(func(t *testing.T, method, path, query, body string) {
		u, err := url.ParseRequestURI(path)
		if err != nil {
			u = &url.URL{Path: path} // as an adapter may make it
		}
		u.RawQuery = query
		r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), `"value":12,`) {
			t.Errorf("what may not be read: %s", w.Body)
		}
		if err := described(r, w); err != nil {
			t.Error(err)
		}
	})
}

// FuzzParameters reads any query string. What is taken reads back from the link to the next page as the same filters
// and shape, so that a cursor fits the page that it leads to.
func FuzzParameters(f *testing.F) {
	for i := range routes {
		f.Add(i, "")
		for _, q := range routes[i].parameters {
			f.Add(i, q.name+"=source&limit=7&metrics=b,a,b")
		}
	}
	f.Add(3, "metrics=%2C&prefix=%26&component=%00&metric=a%2Cb&cursor=x")
	f.Fuzz(func(t *testing.T, n int, query string) {
		route := &routes[uint(n)%uint(len(routes))]
		p, err := parseParameters(query, route)
		if err != nil {
			if _, ok := errors.AsType[*problem.Problem](err); !ok {
				t.Fatalf("%q: %v", query, err)
			}
			return
		}
		c := call{route: route, parameters: p}
		_, again, _ := strings.Cut(string(c.appendPageURL(nil, "https://twin.example.com")), "?")
		if !slices.Contains(route.accepted, "cursor") {
			again = strings.TrimSuffix(strings.TrimSuffix(again, "cursor="), "&")
		}
		q, err := parseParameters(again, route)
		if err != nil {
			t.Fatalf("%q gives the link %q: %v", query, again, err)
		}
		d := call{route: route, parameters: q}
		if !slices.Equal(c.filters(), d.filters()) || p.limit != q.limit || p.source != q.source ||
			!slices.Equal(p.chosen(), q.chosen()) {
			t.Fatalf("%q reads back from %q as %+v, not %+v", query, again, q, p)
		}
	})
}

// FuzzForms writes any value of any metric in each form: it stays one entry, which reads back.
func FuzzForms(f *testing.F) {
	for _, value := range []string{`{"lat":47.4,"lon":8.5}`, `{"component":{"eventTime":[1]},"":{}}`, `"=1+1"`,
		`{"type":"Point","coordinates":[1,2,3]}`, "1e-9", "null"} {
		f.Add("position", value, "Cel")
		f.Add("component", value, "\"")
	}
	f.Fuzz(func(t *testing.T, metric, value, unit string) {
		c := twin.Change{Dataset: "d", Component: metric, Metric: metric, Value: value, Unit: unit}
		if reason, _, ok := twin.Admit(&c, &twin.Dataset{}, 0); !ok {
			t.Skip(reason)
		}
		other := twin.Change{Dataset: "d", Component: metric, Metric: "position", Value: `{"lat":1,"lon":2}`}
		store := &fake{datasets: []twin.Dataset{{Name: "d"}}}
		store.put(c)
		if metric != other.Metric {
			store.put(other)
		}
		h := newHandler(Config{Reader: store})
		for _, form := range formNames(listReadings) {
			w := get(t, h, "/v1/readings?format="+form)
			body := w.Body.String()
			entries := strings.Count(body, "\n") // of CSV and lines; no text has one
			if m, ok := decode(w.Body.Bytes()).(map[string]any); ok && form != "ndjson" {
				for _, list := range []string{"readings", "features", "rows"} {
					items, _ := m[list].([]any)
					entries = max(entries, len(items))
				}
			}
			if want := map[string]int{"csv": len(store.readings) +
				1, "ndjson": len(store.readings), "json": len(store.readings)}[form]; w.Code != 200 ||
				want != 0 && entries != want || entries == 0 && form == "rows" {
				t.Errorf("%s: %d, %d entries: %s", form, w.Code, entries, body)
			}
		}
		if w := get(t, h, "/v1/components/"+url.PathEscape(metric)+"?format=values"); w.Code != 200 {
			t.Errorf("%d %s", w.Code, w.Body)
		}
	})
}

// FuzzCursor reads any text as a cursor. What is taken is a cursor that this API could have made.
func FuzzCursor(f *testing.F) {
	filters := []string{"/v1/readings", "hsl_hfp"}
	f.Add("")
	f.Add("AQ")
	f.Add(string(appendCursor(nil, filters, position{"vehicle:22:790", "speed"})))
	f.Add(string(appendCursor(nil, filters, position{"a", ""})))
	f.Add(string(appendCursor(nil, nil, position{"a", "b"})))
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parseCursor(s, filters)
		if err == nil && s != "" && string(appendCursor(nil, filters, p)) != s {
			t.Errorf("%q is taken as %+v, whose cursor is %q", s, p, appendCursor(nil, filters, p))
		}
	})
}

// FuzzIfNoneMatch reads any text as a list of entity tags, which never matches what is not in it.
func FuzzIfNoneMatch(f *testing.F) {
	for _, s := range []string{"*", `"a"`, `W/"a", "tag"`, `"`, `,,W/`, `"a""tag"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if matches([]string{s}, `"tag"`) && !strings.Contains(s, `"tag"`) && strings.Trim(s, " \t") != "*" {
			t.Errorf("%q matches", s)
		}
	})
}
