package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/internal/emulator"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/dynamo"
	"github.com/railtwin/digitaltwin/internal/twin"
	"github.com/railtwin/digitaltwin/internal/wiring"
)

var clock = time.Date(2025, 11, 24, 6, 0, 0, 0, time.UTC)

// newTable returns a table of the emulator with two components, one of which has a name for which paths are
// not made.
func newTable(t *testing.T) *dynamo.Store {
	t.Helper()
	client := emulator.Client(emulator.DynamoDB(t))
	if err := dynamo.CreateTable(t.Context(), client, "twin"); err != nil {
		t.Fatal(err)
	}
	table := dynamo.New(client, "twin", nil)
	if err := table.PutDataset(t.Context(), twin.Dataset{Name: "wagons", Interval: 10 * time.Second}); err != nil {
		t.Fatal(err)
	}
	var changes []twin.Change
	for _, component := range []string{"wagon:1", "Holzgartenstr. 1/50% ü"} {
		for metric, value := range map[string]string{"speed": "82.4", "pm2.5": "null"} {
			changes = append(changes, twin.Change{
				Dataset: "wagons", Extractor: "0123456789ab", Component: component, Metric: metric, Value: value, Unit: "km/h",
				EventTime: twin.MillisOf(clock),
			})
		}
	}
	results, err := store.NewApplier(table, func() time.Time { return clock }).Apply(t.Context(), changes)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Outcome != store.Applied {
			t.Fatalf("%+v", r)
		}
	}
	return table
}

// invoke returns the answer as API Gateway reads it.
func invoke(t *testing.T, h *handler, event any) events.APIGatewayProxyResponse {
	t.Helper()
	payload, ok := event.([]byte)
	if !ok {
		var err error
		if payload, err = json.Marshal(event); err != nil {
			t.Fatal(err)
		}
	}
	b, err := h.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	var r events.APIGatewayProxyResponse
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// Ensure that recorded calls are answered from a table, each as it should be.
func TestRecordedEvents(t *testing.T) {
	h := newHandler(newTable(t), wiring.Query{TokenURL: "https://example.com/oauth2/token", Scope: "twin/read"})
	for _, c := range []struct {
		file   string
		status int
		body   []string
	}{
		{"twin.json", 200, []string{`"component":"wagon:1"`, `"value":82.4`, `"value":null`, `"eventTime":"2025-11-24T06:00:00.000Z"`}},
		{"reading_encoded.json", 200, []string{`"component":"Holzgartenstr. 1/50% ü"`, `"metric":"pm2.5"`}},
		{"readings_by_query.json", 200, []string{`"component":"Holzgartenstr. 1/50% ü"`, `"metric":"speed"`}},
		{"matrix.json", 200, []string{`"wagon:1"`, `"wagon:2"`}},
		{"health.json", 200, nil},
		{"openapi.json", 200, []string{`"url":"https://abc123.execute-api.eu-central-1.amazonaws.com/twin"`, `https://example.com/oauth2/token`, `twin/read`}},
		{"unknown.json", 404, []string{`"status":404`}},
	} {
		t.Run(c.file, func(t *testing.T) {
			event, err := os.ReadFile(filepath.Join("testdata", c.file))
			if err != nil {
				t.Fatal(err)
			}
			r := invoke(t, h, event)
			if r.StatusCode != c.status || r.IsBase64Encoded {
				t.Fatalf("%d %s", r.StatusCode, r.Body)
			}
			for _, want := range c.body {
				if !strings.Contains(r.Body, want) {
					t.Errorf("the body does not say %s:\n%s", want, r.Body)
				}
			}
			if got := r.MultiValueHeaders["Content-Type"]; len(got) != 1 || !strings.Contains(got[0], "json") {
				t.Errorf("headers %v", r.MultiValueHeaders)
			}
		})
	}
}

// Ensure that a validator that comes back saves the body.
func TestNotModified(t *testing.T) {
	h := newHandler(newTable(t), wiring.Query{})
	e := events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/v1/components/{component}", Path: "/v1/components/wagon:1"}
	tag := invoke(t, h, e).MultiValueHeaders["Etag"]
	if len(tag) != 1 {
		t.Fatalf("no ETag")
	}
	e.MultiValueHeaders = map[string][]string{"if-none-match": tag} // as HTTP/2 clients write it
	if r := invoke(t, h, e); r.StatusCode != http.StatusNotModified || r.Body != "" {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

// Ensure that the path is the one that the caller encoded, whatever was done to it on the way.
func TestPath(t *testing.T) {
	const twinOf, readingOf = "/v1/components/{component}", "/v1/components/{component}/metrics/{metric}"
	for _, c := range []struct {
		name, resource, path string
		parameters           map[string]string
		want                 string
	}{
		{"as it was sent", twinOf, "/v1/components/a%2Fb%25", nil, "/v1/components/a%2Fb%25"},
		{"with a base path", twinOf, "/api/twins/v1/components/a%2Fb", nil, "/v1/components/a%2Fb"},
		{"with a decoded slash", readingOf, "/v1/components/a/b/metrics/c", map[string]string{"component": "a/b", "metric": "c"}, "/v1/components/a%2Fb/metrics/c"},
		{"with a decoded slash that fits", twinOf, "/v1/components/v1/components/x", map[string]string{"component": "v1/components/x"}, "/v1/components/x"},
		{"without a resource", "", "/v1/health", nil, "/v1/health"},
	} {
		e := event{Resource: c.resource, Path: c.path, PathParameters: c.parameters}
		if got := e.path(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// Ensure that the request has everything of the call: repeated parameters, headers in any case, the body.
func TestRequest(t *testing.T) {
	r := mustRequest(t, `{"httpMethod":"POST","path":"/v1/readings:query","body":"`+base64.StdEncoding.EncodeToString([]byte("{ü}"))+`","isBase64Encoded":true,
		"queryStringParameters":{"a":"2"},"multiValueQueryStringParameters":{"a":["1 &","2"],"b":["ü"]},
		"headers":{"x-one":"2"},"multiValueHeaders":{"x-one":["1","2"]},
		"requestContext":{"domainName":"api.example.com","path":"/base/v1/readings:query","identity":{"sourceIp":"192.0.2.1"}}}`)
	if got := r.URL.Query()["a"]; len(got) != 2 || got[0] != "1 &" || r.URL.Query().Get("b") != "ü" {
		t.Errorf("query %s", r.URL.RawQuery)
	}
	if got := r.Header["X-One"]; len(got) != 2 {
		t.Errorf("header %v", r.Header)
	}
	if body := make([]byte, 9); r.ContentLength != 4 || !strings.HasPrefix(string(body[:must(r.Body.Read(body))]), "{ü}") {
		t.Errorf("%d bytes of body", r.ContentLength)
	}
	if got := base(r); got != "https://api.example.com/base" {
		t.Errorf("base %s", got)
	}
	if r.Host != "api.example.com" || r.RemoteAddr != "192.0.2.1" {
		t.Errorf("%s from %s", r.Host, r.RemoteAddr)
	}
	plain := mustRequest(t, `{"httpMethod":"GET","path":"/v1/x%2","queryStringParameters":{"a":"2"},"headers":{"x-one":"2"}}`)
	if plain.URL.Query().Get("a") != "2" || plain.Header.Get("X-One") != "2" || plain.URL.EscapedPath() != "/v1/x%252" {
		t.Errorf("%s %v", plain.URL, plain.Header)
	}
}

// Ensure that what is not a call of a REST API is an error that says so.
func TestNotACall(t *testing.T) {
	for _, payload := range []string{``, `[]`, `{}`, `{"Records":[]}`, `{"httpMethod":"GET","path":"/","body":"%","isBase64Encoded":true}`, `{"httpMethod":"G T","path":"/"}`} {
		if _, err := request(context.Background(), []byte(payload)); err == nil || !strings.HasPrefix(err.Error(), "query: ") {
			t.Errorf("%s: %v", payload, err)
		}
	}
}

// Ensure that an answer that AWS Lambda would not take, because quotes double it, is a problem that says what to do.
func TestAnswerTooLarge(t *testing.T) {
	h := &handler{api: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat(`"`, 3<<20+1)))
	}), origins: newOrigins("*")}
	r := invoke(t, h, events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/v1/readings"})
	if r.StatusCode != 400 || !strings.Contains(r.Body, "answer-too-large") || !strings.Contains(r.Body, "smaller limit") {
		t.Errorf("%d %.200s", r.StatusCode, r.Body)
	}
	if got := r.MultiValueHeaders["Access-Control-Allow-Origin"]; len(got) != 1 || got[0] != "*" {
		t.Errorf("headers %v", r.MultiValueHeaders)
	}
}

// Ensure that scripts of the allowed pages can read answers and what they need of the headers, and no others can.
func TestOrigins(t *testing.T) {
	const one, two = "https://a.example.com", "https://b.example.com"
	for _, c := range []struct{ setting, origin, allow, vary string }{
		{"", one, "", ""},
		{"*", one, "*", ""},
		{one + " " + two, two, two, "Origin"},
		{one + " " + two, "https://evil.example.com", "", "Origin"},
		{one + " " + two, "", "", "Origin"},
	} {
		h := newHandler(newTable(t), wiring.Query{Origins: c.setting})
		r := invoke(t, h, events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/v1/health", MultiValueHeaders: map[string][]string{"origin": {c.origin}}})
		got := http.Header(r.MultiValueHeaders)
		if got.Get("Access-Control-Allow-Origin") != c.allow || got.Get("Vary") != c.vary {
			t.Errorf("%q for %q: %v", c.setting, c.origin, got)
		}
		if (got.Get("Access-Control-Expose-Headers") != "") != (c.allow != "") {
			t.Errorf("%q for %q: exposed %v", c.setting, c.origin, got)
		}
	}
}

// Fuzz that no event breaks the adapter, and that what it makes is a request that can be sent.
func FuzzRequest(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		r, err := request(context.Background(), payload)
		if err != nil {
			return
		}
		if _, err := url.ParseRequestURI("/" + strings.TrimPrefix(r.URL.EscapedPath(), "/")); err != nil {
			t.Errorf("%q: %v", r.URL.EscapedPath(), err)
		}
		base(r)
	})
}

func mustRequest(t *testing.T, payload string) *http.Request {
	t.Helper()
	r, err := request(context.Background(), []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must(n int, _ error) int { return n }
