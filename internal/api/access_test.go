package api

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// as returns a Config.Access that lets every caller read what r says.
func as(r Access) func(context.Context) Access {
	return func(context.Context) Access { return r }
}

// allowed is what is left of f for who may read what r says: to him the API must look like an API over this.
func (f *fake) allowed(r rules) *fake {
	left := &fake{}
	for _, d := range f.datasets {
		if len(r[d.Name]) == 0 {
			continue
		}
		if !slices.Contains(r[d.Name], "") {
			d.Newest = 0
		}
		left.datasets = append(left.datasets, d)
	}
	for _, reading := range f.readings {
		if slices.ContainsFunc(r[reading.Dataset], func(p string) bool { return strings.HasPrefix(reading.Component, p) }) {
			left.readings = append(left.readings, reading)
		}
	}
	return left
}

// Ensure that what may not be read is absent: over random stores and rules, each answer, with its headers, is byte
// for byte that of an API without rules over a store that holds nothing else.
func TestAccessLooksLikeAbsence(t *testing.T) {
	const seed = 20261123
	random := rand.New(rand.NewPCG(seed, 0))
	names := []string{"a", "a:1", "a:2", "ab", "b:1", "b:2", "c"}
	prefixes := []string{"", "a", "a:", "a:1", "b", "b:2", "c", "zz"}
	for history := range 200 {
		f := &fake{}
		r := rules{}
		for _, d := range []string{"d1", "d2", "d3"} {
			f.datasets = append(f.datasets, twin.Dataset{Name: d, Newest: 5})
			for range random.IntN(3) {
				r[d] = append(r[d], prefixes[random.IntN(len(prefixes))])
			}
			for _, c := range names {
				for _, m := range []string{"m1", "m2"} {
					if random.IntN(2) == 0 {
						f.put(twin.Change{Dataset: d, Component: c, Metric: m, Value: fmt.Sprintf("%q", d), EventTime: twin.Millis(random.IntN(3))})
					}
				}
			}
		}
		restricted := newHandler(Config{Reader: f, Access: as(r)})
		model := newHandler(Config{Reader: f.allowed(r)})
		check := func(method, target, body string) *httptest.ResponseRecorder {
			got, want := do(t, restricted, method, target, body), do(t, model, method, target, body)
			if got.Code != want.Code || got.Body.String() != want.Body.String() || fmt.Sprint(got.Header()) != fmt.Sprint(want.Header()) {
				t.Fatalf("seed %d, history %d, rules %v: %s\n got %d %s\nwant %d %s", seed, history, r, target, got.Code, got.Body, want.Code, want.Body)
			}
			return got
		}
		for _, target := range []string{
			"/v1/components?limit=2", "/v1/components?limit=1&prefix=a", "/v1/components?dataset=d1&limit=3",
			"/v1/readings?limit=2", "/v1/readings?limit=3&metrics=m2", "/v1/readings?limit=1&dataset=d2&prefix=a:",
			"/v1/datasets", "/v1/datasets/d1", "/v1/datasets/d2",
		} {
			for target != "" { // all pages
				next, _ := decode(check(http.MethodGet, target, "").Body.Bytes()).(map[string]any)["next"].(string)
				path, _, _ := strings.Cut(target, "?")
				if target = ""; next != "" {
					target = path + next
				}
			}
		}
		for _, c := range names {
			check(http.MethodGet, "/v1/components/"+c, "")
			check(http.MethodGet, "/v1/components/"+c+"?metrics=m1", "")
			check(http.MethodGet, "/v1/components/"+c+"/metrics/m1", "")
			check(http.MethodGet, "/v1/readings?component="+c+"&metric=m2", "")
			check(http.MethodGet, "/v1/readings?dataset=d3&component="+c, "")
		}
		check(http.MethodPost, "/v1/readings:query", `{"components":["a","a:1","a:2","ab","b:1","b:2","c","x"],"metrics":["m1","m2","m3"]}`)
	}
}

// Ensure that the newest reading is looked for among what the caller may read: an older one is not hidden by a
// newer one that he must not see.
func TestAccessComesBeforeMerging(t *testing.T) {
	for _, test := range []struct {
		rules rules
		want  string
	}{
		{rules{"hsl_hfp": {""}, "wayside": {""}}, `"value":12,`},
		{rules{"hsl_hfp": {""}}, `"value":11.94,`},
		{rules{"hsl_hfp": {"vehicle:22:"}, "wayside": {"vehicle:18:"}}, `"value":11.94,`},
		{rules{"hsl_hfp": {"vehicle:18:"}}, "component-not-found"},
		{rules{}, "component-not-found"},
		{nil, "component-not-found"},
	} {
		h := newHandler(Config{Reader: sample(), Access: as(test.rules)})
		if w := get(t, h, "/v1/components/vehicle:22:790/metrics/speed"); !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%v: %s", test.rules, w.Body)
		}
	}
}

// Ensure that a request without any Access, where the API has rules, reads nothing.
func TestNoAccess(t *testing.T) {
	h := newHandler(Config{Reader: sample(), Access: func(context.Context) Access { return nil }})
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

// Ensure that each page is authorised again: a cursor that somebody else got, or that is made up, gives nothing
// that its bearer may not read.
func TestForeignCursorOfAnotherCaller(t *testing.T) {
	type caller struct{}
	access := func(ctx context.Context) Access {
		a, _ := ctx.Value(caller{}).(Access)
		return a
	}
	h := newHandler(Config{Reader: sample(), Access: access})
	ask := func(a Access, target string) string {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), caller{}, a)))
		return w.Body.String()
	}
	all := rules{"hsl_hfp": {""}, "oslo_bysykkel_gbfs": {""}, "wayside": {""}}
	some := rules{"oslo_bysykkel_gbfs": {"bikestation:5220"}, "wayside": {"vehicle:22"}}
	next := decode([]byte(ask(all, "/v1/readings?limit=4"))).(map[string]any)["next"].(string)
	if got := ask(some, next); !strings.Contains(got, `"dataset":"wayside"`) || strings.Contains(got, "hsl_hfp") {
		t.Errorf("%s", got)
	}
	cursor := url.QueryEscape(string(appendCursor(nil, []string{"/v1/readings"}, position{"vehicle:22:790", "door"})))
	if got := ask(rules{"oslo_bysykkel_gbfs": {""}}, "/v1/readings?cursor="+cursor); got != `{"readings":[],"next":null,"cursor":null}` {
		t.Errorf("%s", got)
	}
}

// Ensure that a cursor names nothing but what was on its page, however much of the store lies between.
func TestCursorCarriesNoSecret(t *testing.T) {
	f := fleet(300)
	for i := range 300 {
		f.put(twin.Change{Dataset: "a", Component: fmt.Sprintf("secret:%05d", i), Metric: "m", Value: "1"})
	}
	h := newHandler(Config{Reader: f, Access: as(rules{"a": {"wagon:0000", "wagon:0029"}})})
	for _, target := range []string{"/v1/components?limit=1", "/v1/readings?limit=1", "/v1/readings?limit=1&metrics=metric.4"} {
		path, _, _ := strings.Cut(target, "?")
		for target != "" {
			body := get(t, h, target).Body.String()
			next, _ := decode([]byte(body)).(map[string]any)["next"].(string)
			if target = ""; next == "" {
				continue
			}
			u, _ := url.Parse(next)
			cursor, _ := base64.RawURLEncoding.DecodeString(u.Query().Get("cursor"))
			name := string(cursor[1+cursorFilters+1:][:len("wagon:00000")])
			if !strings.HasPrefix(name, "wagon:0000") && !strings.HasPrefix(name, "wagon:0029") {
				t.Errorf("the cursor names %s", name)
			}
			target = path + next
		}
	}
}

// Ensure that the prefixes asked of the store are the fewest that hold what was asked and may be read.
func TestCommonPrefixes(t *testing.T) {
	for _, test := range []struct {
		prefix        string
		allowed, want []string
	}{
		{"", []string{""}, []string{""}},
		{"a", []string{""}, []string{"a"}},
		{"", []string{"b", "ac", "a", "ab", "a"}, []string{"a", "b"}},
		{"a", []string{"abc", "ab", "b"}, []string{"ab"}},
		{"abc", []string{"b", "ab"}, []string{"abc"}},
		{"x", []string{"a"}, nil},
	} {
		if got := common(test.prefix, test.allowed); !slices.Equal(got, test.want) {
			t.Errorf("%q of %q: %q, want %q", test.prefix, test.allowed, got, test.want)
		}
	}
}

// Ensure that datasets that a caller may read of the same components are listed by one query, and of others by another.
func TestSections(t *testing.T) {
	v := &view{names: []string{"d1", "d2", "d3"}, prefixes: [][]string{{"a:", "b:"}, {"a:"}, {"b:1", "b:", ""}}}
	for prefix, want := range map[string]string{
		"":   "[{a: [d1 d2]} {b: [d1]} { [d3]}]",
		"a:": "[{a: [d1 d2 d3]}]",
		"c":  "[{c [d3]}]",
	} {
		if got := fmt.Sprint(v.sections(prefix)); got != want {
			t.Errorf("%q: %s, want %s", prefix, got, want)
		}
	}
}
