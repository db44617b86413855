package api

import (
	"net/http"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that If-None-Match is read as RFC 9110 has it: lists, several fields, weak comparison, and *.
func TestIfNoneMatch(t *testing.T) {
	const target = "/v1/components/vehicle:22:790"
	h := newHandler(Config{Reader: sample()})
	tag := get(t, h, target).Header().Get("ETag")
	for _, test := range []struct {
		fields []string
		want   int
	}{
		{[]string{tag}, 304},
		{[]string{"W/" + tag}, 304},
		{[]string{"*"}, 304},
		{[]string{" * "}, 304},
		{[]string{`"a", ` + tag + `, "b"`}, 304},
		{[]string{`"a",W/"b",,` + tag}, 304},
		{[]string{`"with, comma" ,` + tag}, 304},
		{[]string{`"", ` + tag}, 304},
		{[]string{`"a"`, tag}, 304},
		{[]string{"junk", tag}, 304},
		{nil, 200},
		{[]string{""}, 200},
		{[]string{`""`}, 200},
		{[]string{`"a"`}, 200},
		{[]string{tag[1 : len(tag)-1]}, 200},
		{[]string{tag[:len(tag)-1]}, 200},
		{[]string{"w/" + tag}, 200},
		{[]string{"junk, " + tag}, 200},
		{[]string{`"`}, 200},
		{[]string{"W/"}, 200},
	} {
		var headers []string
		for _, f := range test.fields {
			headers = append(headers, "If-None-Match", f)
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := do(t, h, method, target, "", headers...)
			if w.Code != test.want || w.Header().Get("ETag") != tag {
				t.Errorf("%s with %q: %d %s", method, test.fields, w.Code, w.Header())
			}
		}
	}
}

// Ensure that an entity tag changes when the body does, and only then.
func TestETagFollowsTheBody(t *testing.T) {
	f := sample()
	h := newHandler(Config{Reader: f})
	const target = "/v1/readings?dataset=wayside"
	before := get(t, h, target).Header().Get("ETag")
	f.put(twin.Change{Dataset: "hsl_hfp", Component: "vehicle:1:1", Metric: "speed", Value: "1"})
	if got := get(t, h, target).Header().Get("ETag"); got != before {
		t.Errorf("%s, then %s", before, got)
	}
	f.put(twin.Change{Dataset: "wayside", Component: "vehicle:1:1", Metric: "speed", Value: "1"})
	if w := get(t, h, target, "If-None-Match", before); w.Code != 200 {
		t.Errorf("%d with another body", w.Code)
	}
}

// Ensure that the ETag of a matrix tells whether it has changed, and that it is not answered with 304: a condition on
// POST means another thing.
func TestMatrixETag(t *testing.T) {
	f := sample()
	h := newHandler(Config{Reader: f})
	matrix := func(headers ...string) string {
		w := do(t, h, http.MethodPost, "/v1/readings:query", `{"components":["a"],"metrics":["b"]}`, headers...)
		if w.Code != 200 || w.Header().Get("ETag") == "" {
			t.Errorf("%d %v", w.Code, w.Header())
		}
		return w.Header().Get("ETag")
	}
	before := matrix()
	if got := matrix("If-None-Match", "*", "If-None-Match", before); got != before {
		t.Errorf("%s, then %s", before, got)
	}
	f.put(twin.Change{Dataset: "wayside", Component: "a", Metric: "b", Value: "1"})
	if got := matrix(); got == before {
		t.Error("the matrix has changed, and its ETag has not")
	}
}

// Ensure that HEAD gives the headers of GET, problems too, and no body.
func TestHead(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	for _, target := range []string{"/v1/components?limit=1", "/v1/components/vehicle:22:790", "/v1/components/no",
		"/v1/nothing", "/v1/datasets", "/v1/openapi.json", "/v1/health"} {
		g, d := get(t, h, target), do(t, h, http.MethodHead, target, "")
		if d.Code != g.Code || d.Body.Len() != 0 {
			t.Errorf("%s: %d with %d bytes", target, d.Code, d.Body.Len())
		}
		for name := range g.Header() {
			if d.Header().Get(name) != g.Header().Get(name) {
				t.Errorf("%s: %s is %q", target, name, d.Header().Get(name))
			}
		}
	}
}
