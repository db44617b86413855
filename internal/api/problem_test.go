package api

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// Ensure that each wrong request gets its own problem, about the parameter that is wrong.
func TestProblems(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	long := strings.Repeat("x", maxName+1)
	for _, test := range []struct {
		target, want, parameter string
	}{
		{"/", "404 route-not-found", ""},
		{"/v2", "404 route-not-found", ""},
		{"/v1/", "404 route-not-found", ""},
		{"/v1/component", "404 route-not-found", ""},
		{"/v1/components/", "404 route-not-found", ""},
		{"/v1/components/a/metrics", "404 route-not-found", ""},
		{"/v1/components/a/metrics/", "404 route-not-found", ""},
		{"/v1/components/a/b", "404 route-not-found", ""},
		{"/v2/components", "404 route-not-found", ""},
		{"/v1/components/no", "404 component-not-found", "component"},
		{"/v1/components/no?metrics=speed", "404 component-not-found", "component"},
		{"/v1/components/no/metrics/speed", "404 component-not-found", "component"},
		{"/v1/components/vehicle:22:790/metrics/no", "404 metric-not-found", "metric"},
		{"/v1/readings?component=no", "404 component-not-found", "component"},
		{"/v1/readings?component=no&metric=speed", "404 component-not-found", "component"},
		{"/v1/readings?component=vehicle:22:790&metric=no", "404 metric-not-found", "metric"},
		{"/v1/readings?component=vehicle:22:790&prefix=bike", "200 ", ""},
		{"/v1/readings?component=vehicle:22:790&prefix=bike&metric=speed", "200 ", ""},
		{"/v1/readings?component=vehicle:22:790&prefix=bike&metric=no", "404 metric-not-found", "metric"},
		{"/v1/readings?component=vehicle:22:790&dataset=oslo_bysykkel_gbfs", "200 ", ""},
		{"/v1/readings?component=vehicle:22:790&dataset=wayside&metric=headsign", "200 ", ""},
		{"/v1/readings?component=no&prefix=bike", "404 component-not-found", "component"},
		{"/v1/readings?component=no&dataset=wayside&metrics=speed", "404 component-not-found", "component"},
		{"/v1/datasets/no", "404 dataset-not-found", "dataset"},
		{"/v1/components?dataset=no", "404 dataset-not-found", "dataset"},
		{"/v1/readings?dataset=no", "404 dataset-not-found", "dataset"},
		{"/v1/components?prefx=a", "400 unknown-parameter", "prefx"},
		{"/v1/components?metrics=a", "400 unknown-parameter", "metrics"},
		{"/v1/components?Limit=1", "400 unknown-parameter", "Limit"},
		{"/v1/health?x", "400 unknown-parameter", "x"},
		{"/v1/datasets?limit=1", "400 unknown-parameter", "limit"},
		{"/v1/components/a?b=1&a=2", "400 unknown-parameter", "a"},
		{"/v1/components?limit=0", "400 invalid-parameter", "limit"},
		{"/v1/components?limit=1001", "400 invalid-parameter", "limit"},
		{"/v1/components?limit=-1", "400 invalid-parameter", "limit"},
		{"/v1/components?limit=1.5", "400 invalid-parameter", "limit"},
		{"/v1/components?limit=", "400 invalid-parameter", "limit"},
		{"/v1/components?limit=99999999999999999999", "400 invalid-parameter", "limit"},
		{"/v1/components?limit=1&limit=2", "400 invalid-parameter", "limit"},
		{"/v1/components?prefix=a&prefix=b", "400 invalid-parameter", "prefix"},
		{"/v1/components?prefix=%FF", "400 invalid-parameter", "prefix"},
		{"/v1/components?prefix=" + long, "400 invalid-parameter", "prefix"},
		{"/v1/components?prefix=%zz", "400 invalid-parameter", ""},
		{"/v1/components?a;b", "400 unknown-parameter", "a;b"},
		{"/v1/components?cursor=x", "400 invalid-cursor", "cursor"},
		{"/v1/readings?fields=sauce", "400 invalid-parameter", "fields"},
		{"/v1/readings?fields=source,", "400 invalid-parameter", "fields"},
		{"/v1/readings?fields=", "400 invalid-parameter", "fields"},
		{"/v1/readings?metrics=", "400 invalid-parameter", "metrics"},
		{"/v1/readings?component=&metric=speed", "400 invalid-parameter", "component"},
		{"/v1/readings?metric=", "400 invalid-parameter", "metric"},
		{"/v1/components?dataset=", "400 invalid-parameter", "dataset"},
		{"/v1/readings?metrics=a,,b", "400 invalid-parameter", "metrics"},
		{"/v1/readings?metrics=a," + long, "400 invalid-parameter", "metrics"},
		{"/v1/components/%FF", "400 invalid-name", "component"},
		{"/v1/components/" + long, "400 invalid-name", "component"},
		{"/v1/components/a/metrics/%C3%28", "400 invalid-name", "metric"},
		{"/v1/datasets/%FF", "400 invalid-name", "dataset"},
		{"/v1/components/" + strings.Repeat("%41", maxURI/3), "414 uri-too-long", ""},
		{"/v1/readings?metrics=" + strings.Repeat("a,", maxURI/2) + "a", "414 uri-too-long", ""},
		{"/v1/readings?cursor=" + strings.Repeat("a", 2*maxURI), "400 invalid-cursor", "cursor"},
	} {
		w := get(t, h, test.target)
		body, _ := decode(w.Body.Bytes()).(map[string]any)
		parameter, _ := body["parameter"].(string)
		if problemOf(w) != test.want || parameter != test.parameter {
			t.Errorf("%s: %s about %q: %s", clip(test.target), problemOf(w), parameter, clip(fmt.Sprint(body["detail"])))
		}
	}
}

// Ensure that the first thing that a browser meets says where the description is.
func TestRootNamesTheDescription(t *testing.T) {
	w := get(t, newHandler(Config{Reader: sample()}), "/", "Accept", "text/html")
	if w.Header().Get("Content-Type") != "application/problem+json" ||
		!strings.Contains(w.Body.String(), "/v1/openapi.json") {
		t.Errorf("%v %s", w.Header(), w.Body)
	}
}

// Ensure that a method that a path does not take is refused with those that it takes.
func TestMethods(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	for _, test := range []struct{ method, target, allow string }{
		{"POST", "/v1/components", "GET, HEAD"},
		{"DELETE", "/v1/components/vehicle:22:790", "GET, HEAD"},
		{"PUT", "/v1/components/no/metrics/no", "GET, HEAD"},
		{"OPTIONS", "/v1/readings", "GET, HEAD"},
		{"TRACE", "/v1/health", "GET, HEAD"},
		{"get", "/v1/health", "GET, HEAD"},
		{"GET", "/v1/readings:query", "POST"},
		{"HEAD", "/v1/readings%3Aquery", "POST"},
	} {
		w := do(t, h, test.method, test.target, "")
		if w.Code != 405 || w.Header().Get("Allow") != test.allow {
			t.Errorf("%s %s: %d, Allow %q", test.method, test.target, w.Code, w.Header().Get("Allow"))
		}
	}
}

// Ensure that each wrong body gets a problem that says what is wrong with it.
func TestWrongSelections(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	many := strings.TrimSuffix(strings.Repeat(`"a",`, 101), ",")
	for _, test := range []struct{ body, contentType, want, detail string }{
		{``, "", "400 invalid-body", "it is empty"},
		{`{"components":["a"]`, "", "400 invalid-body", "ends too early"},
		{`{"components":["a"],}`, "", "400 invalid-body", "invalid character"},
		{`[]`, "", "400 invalid-body", "it is a JSON array"},
		{`null`, "", "400 invalid-body", "components must be an array"},
		{`{"components":"a","metrics":["b"]}`, "", "400 invalid-body",
			"components must be an array of strings; found a string"},
		{`{"components":[1],"metrics":["b"]}`, "", "400 invalid-body", "found a number"},
		{`{"components":[null],"metrics":["b"]}`, "", "400 invalid-body", "components[0] is empty"},
		{`{"components":["a"]}`, "", "400 invalid-body", "metrics must be an array"},
		{`{"components":[],"metrics":["b"]}`, "", "400 invalid-body", "components must be an array"},
		{`{"components":["a"],"metrics":["b",""]}`, "", "400 invalid-body", "metrics[1] is empty"},
		{`{"components":["` + strings.Repeat("x", maxName+1) + `"],"metrics":["b"]}`, "", "400 invalid-body",
			"longer than 1,024"},
		{`{"components":["a"],"metrics":["b"],"limit":1}`, "", "400 invalid-body", `unknown field "limit"`},
		{`{"components":["a"],"metrics":["b"]} {}`, "", "400 invalid-body", "follows"},
		{"{\"components\":[\"\xff\"],\"metrics\":[\"b\"]}", "", "400 invalid-body", "not valid UTF-8"},
		{`{"components":[` + many + `],"metrics":["1","2","3","4","5","6","7","8","9","10"]}`, "", "400 invalid-body",
			"1010 cells"},
		{`{"components":["a"],"metrics":["b"]}`, "application/x-www-form-urlencoded", "415 unsupported-media-type",
			"Content-Type: application/json"},
		{`{"components":["a"],"metrics":["b"]}`, "/", "415 unsupported-media-type", "Content-Type: application/json"},
		{strings.Repeat(" ", maxRequest+1), "", "413 body-too-large", "1048576"},
	} {
		var headers []string
		if test.contentType != "" {
			headers = []string{"Content-Type", test.contentType}
		}
		w := do(t, h, http.MethodPost, "/v1/readings:query", test.body, headers...)
		if problemOf(w) != test.want ||
			!strings.Contains(fmt.Sprint(decode(w.Body.Bytes()).(map[string]any)["detail"]), test.detail) {
			t.Errorf("%s: %s", clip(test.body), w.Body)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/v1/readings:query",
		iotest.ErrReader(errors.New("connection reset"))))
	if problemOf(w) != "400 invalid-body" || strings.Contains(w.Body.String(), "reset") {
		t.Errorf("%s", w.Body)
	}
}

// Ensure that a store that fails, and a panic, are answered with what to do and logged with what happened: the
// caller learns nothing of the inside.
func TestFailures(t *testing.T) {
	failing := sample()
	failing.err = errors.New("table secret-name throttled")
	panicking := Config{Reader: &fake{panics: true}}
	for _, target := range []string{"/v1/components", "/v1/components/a", "/v1/components/a/metrics/b", "/v1/readings",
		"/v1/readings?component=a", "/v1/datasets", "/v1/datasets/a", "POST"} {
		method, body := http.MethodGet, ""
		if target == "POST" {
			method, target, body = http.MethodPost, "/v1/readings:query", `{"components":["a"],"metrics":["b"]}`
		}
		for want, c := range map[string]Config{"503 store-unavailable": {Reader: failing}, "500 internal-error": panicking} {
			var log bytes.Buffer
			c.Log = slog.New(slog.NewTextHandler(&log, nil))
			w := do(t, newHandler(c), method, target, body)
			if problemOf(w) != want || strings.Contains(w.Body.String(), "secret") {
				t.Errorf("%s: %s", target, w.Body)
			}
			if !strings.Contains(log.String(), "secret-name") || !strings.Contains(log.String(), "path=") {
				t.Errorf("%s: logged %q", target, log.String())
			}
		}
	}
}

// Ensure that the store's failure is a failure wherever it strikes: after the catalogue, and on a second look.
func TestLateFailures(t *testing.T) {
	for _, target := range []string{"/v1/components", "/v1/readings", "/v1/components/no/metrics/speed",
		"/v1/components/no?metrics=a", "/v1/readings?component=no&metric=a"} {
		for n := 1; n <= 2; n++ {
			f := &failsAt{fake: sample(), n: n}
			w := get(t, newHandler(Config{Reader: f}), target)
			if f.calls >= n && problemOf(w) != "503 store-unavailable" || f.calls == 0 {
				t.Errorf("%s at call %d: %d %s", target, n, w.Code, w.Body)
			}
		}
	}
}
