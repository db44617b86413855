package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/aws/aws-lambda-go/events"

	"github.com/railtwin/digitaltwin/functions/internal/gateway"
	"github.com/railtwin/digitaltwin/internal/api"
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
func invoke(t *testing.T, h *gateway.Handler, event any) events.APIGatewayProxyResponse {
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
	h := newHandler(newTable(t), nil, nil, wiring.Query{TokenURL: "https://example.com/oauth2/token", Scope: "twin/read"})
	for _, c := range []struct {
		file   string
		status int
		body   []string
	}{
		{"twin.json", 200, []string{`"component":"wagon:1"`, `"value":82.4`, `"value":null`,
			`"eventTime":"2025-11-24T06:00:00.000Z"`}},
		{"reading_encoded.json", 200, []string{`"component":"Holzgartenstr. 1/50% ü"`, `"metric":"pm2.5"`}},
		{"readings_by_query.json", 200, []string{`"component":"Holzgartenstr. 1/50% ü"`, `"metric":"speed"`}},
		{"matrix.json", 200, []string{`"wagon:1"`, `"wagon:2"`}},
		{"health.json", 200, nil},
		{"openapi.json", 200, []string{`"url":"https://abc123.execute-api.eu-central-1.amazonaws.com/twin"`,
			`https://example.com/oauth2/token`, `twin/read`}},
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
	h := newHandler(newTable(t), nil, nil, wiring.Query{})
	e := events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/v1/components/{component}",
		Path: "/v1/components/wagon:1"}
	e.RequestContext.Authorizer = map[string]any{"claims": map[string]any{"sub": "7c5", "client_id": "7c5",
		"token_use": "access", "scope": "twin/read"}}
	tag := invoke(t, h, e).MultiValueHeaders["Etag"]
	if len(tag) != 1 {
		t.Fatalf("no ETag")
	}
	e.MultiValueHeaders = map[string][]string{"if-none-match": tag} // as HTTP/2 clients write it
	if r := invoke(t, h, e); r.StatusCode != http.StatusNotModified || r.Body != "" {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}

// Ensure that an answer that AWS Lambda would not take, because quotes double it, is a problem that says what to do.
func TestAnswerTooLarge(t *testing.T) {
	h := &gateway.Handler{HTTP: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(strings.Repeat(`"`, 3<<20+1)))
	}), Origins: gateway.NewOrigins("*"), TooLarge: api.TooLarge}
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
		h := newHandler(newTable(t), nil, nil, wiring.Query{Origins: c.setting})
		r := invoke(t, h, events.APIGatewayProxyRequest{HTTPMethod: "GET", Path: "/v1/health",
			MultiValueHeaders: map[string][]string{"origin": {c.origin}}})
		got := http.Header(r.MultiValueHeaders)
		varies := slices.Contains(got["Vary"], "Origin")
		if got.Get("Access-Control-Allow-Origin") != c.allow || varies != (c.vary != "") ||
			!slices.Contains(got["Vary"], "Accept-Encoding") {
			t.Errorf("%q for %q: %v", c.setting, c.origin, got)
		}
		if (got.Get("Access-Control-Expose-Headers") != "") != (c.allow != "") {
			t.Errorf("%q for %q: exposed %v", c.setting, c.origin, got)
		}
	}
}

// Ensure that an answer by Brotli reaches API Gateway as bytes that it decodes, with a Content-Encoding so that it does
// not compress them again; that what it compresses itself reaches it as text; and that the body of a call may come as
// bytes.
func TestCompressed(t *testing.T) {
	c := &canned{}
	for i := range 100 {
		change := twin.Change{Dataset: "wagon_telemetry", Component: "wagon:1", Metric: fmt.Sprintf("axle.%d", i),
			Value: "41.5", EventTime: twin.MillisOf(clock)}
		c.readings = append(c.readings, change.Reading())
	}
	h := newHandler(c, nil, nil, wiring.Query{})
	e := events.APIGatewayProxyRequest{HTTPMethod: "GET", Resource: "/v1/components/{component}",
		Path: "/v1/components/wagon:1"}
	e.RequestContext.Authorizer = map[string]any{"claims": map[string]any{"sub": "7c5", "client_id": "7c5",
		"token_use": "access", "scope": "twin/read"}}
	plain := invoke(t, h, e)
	if plain.StatusCode != 200 || plain.IsBase64Encoded || len(plain.Body) < 10_000 {
		t.Fatalf("%d %.200s", plain.StatusCode, plain.Body)
	}
	for accept, compressed := range map[string]bool{"gzip": false, "gzip, deflate, br": true, "br;q=0.5, gzip": false} {
		e.MultiValueHeaders = map[string][]string{"Accept-Encoding": {accept}}
		r := invoke(t, h, e)
		header := http.Header(r.MultiValueHeaders)
		if r.IsBase64Encoded != compressed || (header.Get("Content-Encoding") == "br") != compressed ||
			!strings.HasPrefix(header.Get("ETag"), "W/") {
			t.Errorf("%s: base64 %t, %v", accept, r.IsBase64Encoded, header)
		}
		body := r.Body
		if compressed {
			sent, err := base64.StdEncoding.DecodeString(body)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(brotli.NewReader(bytes.NewReader(sent)))
			if err != nil {
				t.Fatal(err)
			}
			body = string(text)
		}
		if body != plain.Body {
			t.Errorf("%s: another body: %.200s", accept, body)
		}
	}
	e.MultiValueHeaders, e.HTTPMethod, e.Resource, e.Path = nil, "POST", "/v1/readings:query", "/v1/readings:query"
	e.Body, e.IsBase64Encoded = base64.StdEncoding.
		EncodeToString([]byte(`{"components":["wagon:1"],"metrics":["axle.7"]}`)), true
	if r := invoke(t, h, e); r.StatusCode != 200 || !strings.Contains(r.Body, `"axle.7"`) {
		t.Errorf("%d %s", r.StatusCode, r.Body)
	}
}
