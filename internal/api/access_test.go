package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that the newest reading is looked for among what the caller may read: an older one is not hidden by a
// newer one that he must not see.
func TestAccessComesBeforeMerging(t *testing.T) {
	for _, test := range []struct {
		reads []string
		want  string
	}{
		{[]string{`{"datasets": ["hsl_hfp", "wayside"]}`}, `"value":12,`},
		{[]string{`{"datasets": "hsl_hfp"}`}, `"value":11.94,`},
		{[]string{`{"datasets": "hsl_hfp", "components": "vehicle:22:*"}`,
			`{"datasets": "wayside", "components": "vehicle:18:*"}`}, `"value":11.94,`},
		{[]string{`{"datasets": "hsl_hfp"}`, `{"datasets": "wayside", "metrics": "spee"}`}, `"value":11.94,`},
		{[]string{`{"datasets": "hsl_hfp", "components": "vehicle:18:*"}`}, "component-not-found"},
		{[]string{`{"datasets": "hsl_hfp", "metrics": "door*"}`}, "metric-not-found"},
		{nil, "component-not-found"},
	} {
		if w := get(t, restricted(t, sample(), test.reads...),
			"/v1/components/vehicle:22:790/metrics/speed"); !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%v: %s", test.reads, w.Body)
		}
	}
}

// Ensure that a caller without any grant, where the API has rules, reads nothing.
func TestNoGrant(t *testing.T) {
	h := restricted(t, sample())
	for target, want := range map[string]string{
		"/v1/components": `{"components":[],"next":null,"cursor":null}`,
		"/v1/readings":   `{"readings":[],"next":null,"cursor":null}`,
		"/v1/datasets":   `{"datasets":[]}`,
	} {
		if w := get(t, h, target); w.Body.String() != want {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
}

// Ensure that without rules every authenticated caller with the scope reads everything, and that nobody else reads
// anything, whatever he asks for.
func TestAuthentication(t *testing.T) {
	h := newHandler(Config{Reader: sample(), Authenticated: true})
	operator := access.Caller{Subject: "o", Scopes: []string{access.ScopeOperate, "twin/reader"}}
	for _, target := range []string{"/v1/components", "/v1/components/vehicle:22:790", "/v1/readings?limit=x",
		"/v1/datasets", "/v1/openapi.json"} {
		if w := get(t, as(reader, h), target); w.Code == 401 || w.Code == 403 {
			t.Errorf("%s: %s", target, w.Body)
		}
		if w := get(t, h, target); problemOf(w) != "401 token-needed" || w.Header().Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s without a caller: %v %s", target, w.Header(), w.Body)
		}
		if w := get(t, as(operator, h), target); problemOf(w) != "403 insufficient-scope" ||
			w.Header().Get("WWW-Authenticate") != `Bearer error="insufficient_scope", scope="twin/read"` {
			t.Errorf("%s without the scope: %v %s", target, w.Header(), w.Body)
		}
	}
	if w := get(t, h, "/v1/health"); w.Code != 200 {
		t.Errorf("health: %s", w.Body)
	}
	if w := do(t, h, http.MethodDelete, "/v1/components", ""); w.Code != 401 {
		t.Errorf("a method is told to nobody: %s", w.Body)
	}
}

// Ensure that each page is authorised again: a cursor that somebody else got, or that is made up, gives nothing
// that its bearer may not read.
func TestForeignCursorOfAnotherCaller(t *testing.T) {
	all := restricted(t, sample(), `{"datasets": "*"}`)
	some := restricted(t, sample(), `{"datasets": "oslo_bysykkel_gbfs", "components": "bikestation:5220*"}`,
		`{"datasets": "wayside", "components": "vehicle:22*"}`)
	next := decode(get(t, all, "/v1/readings?limit=4").Body.Bytes()).(map[string]any)["next"].(string)
	if got := get(t, some, next).Body.String(); !strings.Contains(got, `"dataset":"wayside"`) ||
		strings.Contains(got, "hsl_hfp") {
		t.Errorf("%s", got)
	}
	cursor := url.QueryEscape(string(appendCursor(nil, []string{"/v1/readings"}, position{"vehicle:22:790", "door"})))
	if got := get(t, restricted(t, sample(), `{"datasets": "oslo_bysykkel_gbfs"}`), "/v1/readings?cursor="+
		cursor).Body.String(); got != `{"readings":[],"next":null,"cursor":null}` {
		t.Errorf("%s", got)
	}
}

// Ensure that a cursor names nothing but what was on its page, however much of the store lies between.
func TestCursorCarriesNoSecret(t *testing.T) {
	f := fleet(300)
	for i := range 300 {
		f.put(twin.Change{Dataset: "a", Component: fmt.Sprintf("secret:%05d", i), Metric: "m", Value: "1"})
		f.put(twin.Change{Dataset: "a", Component: fmt.Sprintf("wagon:0%04d:secret", i), Metric: "m", Value: "1"})
	}
	for _, reads := range []string{
		`{"datasets": "a", "components": ["wagon:00000", "wagon:00001", "wagon:0029*"], "metrics": "metric*"}`,
		`{"datasets": "a", "components": "wagon:*", "metrics": "metric.4"}`,
	} {
		h := restricted(t, f, reads)
		for _, target := range []string{"/v1/components?limit=1", "/v1/readings?limit=1",
			"/v1/readings?limit=1&metrics=metric.4"} {
			path, _, _ := strings.Cut(target, "?")
			pages := 0
			for target != "" {
				body := get(t, h, target).Body.String()
				next, _ := decode([]byte(body)).(map[string]any)["next"].(string)
				if target = ""; next == "" {
					continue
				}
				pages++
				u, _ := url.Parse(next)
				cursor, _ := base64.RawURLEncoding.DecodeString(u.Query().Get("cursor"))
				if strings.Contains(string(cursor), "secret") {
					t.Errorf("the cursor of %s names %q", path, cursor)
				}
				target = path + "?" + u.RawQuery
			}
			if pages == 0 {
				t.Errorf("%s for %s has one page", target, reads)
			}
		}
	}
}

// Ensure that a component that may not be read costs the same calls of the store as one that is not there, in each call
// of the API, so that the time of an answer does not tell them apart.
func TestForbiddenCostsAsMuchAsAbsent(t *testing.T) {
	f := sample()
	h := restricted(t, f, `{"datasets": "hsl_hfp", "components": "vehicle:22*"}`,
		`{"datasets": ["wayside", "oslo_bysykkel_gbfs"], "metrics": "no"}`)
	cost := func(method, target, body string) (int, string) {
		f.calls, f.catalogs = 0, 0
		w := do(t, h, method, target, body)
		return f.calls, fmt.Sprint(f.catalogs, " ", problemOf(w))
	}
	for _, target := range []string{
		"/v1/components/{}", "/v1/components/{}?metrics=speed", "/v1/components/{}/metrics/speed",
		"/v1/readings?component={}", "/v1/readings?component={}&metric=position", "/v1/readings?component={}&prefix=x",
		"/v1/readings?component={}&dataset=hsl_hfp", "/v1/readings?component={}&dataset=oslo_bysykkel_gbfs&metrics=a,b",
		"/v1/components?prefix={}", "/v1/readings?prefix={}", "POST",
	} {
		ask := func(component string) (int, string) {
			if target == "POST" {
				return cost(http.MethodPost, "/v1/readings:query",
					`{"components":["vehicle:22:790","`+component+`"],"metrics":["speed"]}`)
			}
			return cost(http.MethodGet, strings.ReplaceAll(target, "{}", component), "")
		}
		absent, absentProblem := ask("vehicle:22:791")
		for _, forbidden := range []string{"vehicle:18:436", "bikestation:5220"} {
			if strings.Contains(target, "?prefix") {
				absent, absentProblem = ask(forbidden + "x") // of a list, what is not there is not within the grants either
			}
			if calls, problem := ask(forbidden); calls != absent || problem != absentProblem {
				t.Errorf("%s of %s: %d calls, %s; of an absent one %d calls, %s", target, forbidden, calls, problem, absent,
					absentProblem)
			}
		}
	}
	forbidden, problem := cost(http.MethodGet, "/v1/components/vehicle:22:790/metrics/absent", "")
	h = restricted(t, f, `{"datasets": "hsl_hfp", "metrics": "door*"}`)
	if calls, p := cost(http.MethodGet, "/v1/components/vehicle:22:790/metrics/speed", ""); calls != forbidden ||
		p != problem {
		t.Errorf("a metric that may not be read: %d calls, %s; an absent one %d, %s", calls, p, forbidden, problem)
	}
}

// endless is a store of components without readings that may be read.
type endless struct{ *fake }

func (e endless) Components(_ context.Context, q store.ComponentQuery) (names []string, err error) {
	n := 0
	_, _ = fmt.Sscanf(q.After, "w%d", &n)
	e.calls++
	for range q.Limit {
		n++
		names = append(names, fmt.Sprintf("w%07d", n))
	}
	return names, nil
}

// Ensure that a list in which the caller sees hardly anything is bounded: it gives what it has found, with a cursor
// that names nothing else, or a problem that says what to do.
func TestSparseListsAreBounded(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "a"}}}
	h := restricted(t, endless{f}, `{"datasets": "a", "metrics": "m"}`)
	for _, target := range []string{"/v1/components", "/v1/readings", "/v1/readings?metrics=x"} {
		f.calls = 0
		if w := get(t, h, target); problemOf(w) != "400 search-too-long" || f.calls > 2*maxLooked/lookAtATime+10 {
			t.Errorf("%s: %d calls, %s", target, f.calls, w.Body)
		}
	}
	f.put(twin.Change{Dataset: "a", Component: "w0000003", Metric: "m", Value: "1"})
	for _, target := range []string{"/v1/components?limit=5", "/v1/readings?limit=5"} {
		w := get(t, h, target)
		next, _ := decode(w.Body.Bytes()).(map[string]any)["next"].(string)
		if u, err := url.Parse(next); err != nil || w.Code != 200 || next == "" ||
			!strings.Contains(w.Body.String(), "w0000003") {
			t.Errorf("%s: %s", target, w.Body)
		} else if cursor, _ := base64.RawURLEncoding.DecodeString(u.Query().Get("cursor")); !strings.Contains(string(cursor),
			"w0000003") {
			t.Errorf("%s: the cursor is %q", target, cursor)
		}
		if w := get(t, h, next); problemOf(w) != "400 search-too-long" {
			t.Errorf("%s, after that: %s", target, w.Body)
		}
	}
}
