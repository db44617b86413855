// Package accesstest attacks the rules of who may read what, wherever they are enforced: a test gives [Run] what sends
// a request of a caller, over a store that holds the [Changes] of the [Datasets] and under the grants of [Rules].
package accesstest

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Rules let eve read the temperature of some boxes, and bob everything.
const Rules = `{"grants": [
  {"who": "client:eve", "read": {"datasets": "boxes", "components": "box:1*", "metrics": "temperature"}},
  {"who": ["client:bob", "group:admins"], "read": {"datasets": "*"}}
]}`

// Datasets are the catalogue.
func Datasets() []twin.Dataset {
	metrics := []twin.Metric{{Name: "lid", Units: []string{""}}, {Name: "temperature", Units: []string{"Cel"}}}
	return []twin.Dataset{{Name: "boxes", Metrics: metrics}, {Name: "vaults", Description: "Hidden", Metrics: metrics}}
}

// Changes are what is stored. Each value that eve may not read has [hidden] in it.
func Changes(at twin.Millis) (all []twin.Change) {
	for _, c := range []twin.Change{
		{Dataset: "boxes", Component: "box:1", Metric: "temperature", Value: "1.5"},
		{Dataset: "boxes", Component: "box:1", Metric: "lid", Value: `"hidden-lid"`},
		{Dataset: "boxes", Component: "box:12", Metric: "temperature", Value: "12.5"},
		{Dataset: "boxes", Component: "box:13", Metric: "lid", Value: `"hidden-13"`},
		{Dataset: "boxes", Component: "box:2", Metric: "temperature", Value: "90210.5"},
		{Dataset: "vaults", Component: "box:1", Metric: "temperature", Value: `"hidden-vault"`},
		{Dataset: "vaults", Component: "vault:1", Metric: "temperature", Value: `"hidden-vault"`},
	} {
		c.Extractor, c.EventTime, c.Unit = "0123456789ab", at, "Cel"
		if c.Dataset == "vaults" {
			c.EventTime++ // newer than the reading that eve may read
		}
		all = append(all, c)
	}
	return all
}

// Request is a call of the API.
type Request struct {
	Caller *access.Caller // nil: nobody has verified a token
	Method string
	Target string // path, as it is sent, and query string
	Header http.Header
	Body   string
}

// Send answers a request.
type Send func(t *testing.T, r Request) *httptest.ResponseRecorder

// hidden is what eve must not learn from any answer, and names of what is inside.
var hidden = regexp.MustCompile(`hidden|Hidden|90210|vault|internal/|\.go\b|panic|dynamo|bolt|TWIN_|access\.json|client:|grant`)

// Caller returns a client with the scope to read.
func Caller(client string) *access.Caller {
	return &access.Caller{Subject: client + "-id", Client: client, Scopes: []string{access.ScopeRead}}
}

// Run sends every attack.
func Run(t *testing.T, send Send) {
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			r := a.request
			if r.Caller == nil && a.status != http.StatusUnauthorized {
				r.Caller = Caller("eve")
			}
			if a.from != nil {
				a.from(&r, send(t, Request{Caller: Caller("bob"), Method: r.Method, Target: r.Target, Body: r.Body}))
			}
			w := send(t, r)
			a.judge(t, r, w)
			if a.absent == nil {
				return
			}
			same := r
			same.Target, same.Body = a.absent.Replace(r.Target), a.absent.Replace(r.Body)
			other := send(t, same)
			if got, want := a.absent.Replace(w.Body.String()), other.Body.String(); w.Code != other.Code || got != want {
				t.Errorf("%d %s\nwhat is not there: %d %s", w.Code, got, other.Code, want)
			}
		})
	}
}

func (a *attack) judge(t *testing.T, r Request, w *httptest.ResponseRecorder) {
	t.Helper()
	body := w.Body.String()
	if w.Code != a.status || !strings.Contains(body, a.says) {
		t.Fatalf("%s %s: %d %s; want %d with %s", r.Method, r.Target, w.Code, body, a.status, a.says)
	}
	problem := w.Header().Get("Content-Type") == "application/problem+json"
	if problem != (a.status >= 400) {
		t.Errorf("Content-Type %s", w.Header().Get("Content-Type"))
	}
	// What the caller has sent himself may be said back to him.
	for _, sent := range []string{r.Target, strings.SplitN(r.Target, "?", 2)[0]} {
		body = strings.ReplaceAll(body, sent, "")
	}
	for _, found := range hidden.FindAllString(body, -1) {
		if !strings.Contains(r.Target+r.Body, found) {
			t.Errorf("the answer says %q: %s", found, w.Body)
		}
	}
	if challenge := w.Header().Get("WWW-Authenticate"); (challenge != "") != (a.status == 401 || a.status == 403) {
		t.Errorf("WWW-Authenticate: %q", challenge)
	}
}
