package problem_test

import (
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// Ensure that an answer has the members of RFC 9457 and the headers that belong to its status.
func TestProblem_Write(t *testing.T) {
	for _, test := range []struct {
		problem    *problem.Problem
		body       string
		header, is string
	}{
		{problem.InvalidParameter.New("limit is %d.", 0).About("limit", "1", "2"),
			`{"type":"urn:digital-twin:problem:invalid-parameter",` +
				`"title":"Invalid parameter","status":400,"detail":"limit is 0.","parameter":"limit","allowed":["1","2"]}`,
			"Retry-After", ""},
		{problem.StoreUnavailable.New("Try again."), `{"type":"urn:digital-twin:problem:store-unavailable",` +
			`"title":"Store unavailable","status":503,"detail":"Try again."}`, "Retry-After", "1"},
		{problem.MethodNotAllowed.New("Use it.").About("", "GET", "POST"),
			`{"type":"urn:digital-twin:problem:method-not-allowed",` +
				`"title":"Method not allowed","status":405,"detail":"Use it.","allowed":["GET","POST"]}`, "Allow", "GET, POST"},
		{&problem.Problem{Title: "Foreign host", Status: 403, Detail: "No."},
			`{"title":"Foreign host","status":403,"detail":"No."}`, "Allow", ""},
	} {
		w := httptest.NewRecorder()
		test.problem.Write(w)
		if w.Code != test.problem.Status || w.Body.String() != test.body+"\n" {
			t.Errorf("got %d %s, want %s", w.Code, w.Body, test.body)
		}
		if got := w.Header().Get(test.header); got != test.is || w.Header().Get("Content-Type") != problem.ContentType {
			t.Errorf("%s: %q, want %q; Content-Type %s", test.header, got, test.is, w.Header().Get("Content-Type"))
		}
	}
}

// Ensure that the path of a request stays a path when it is read as a URI reference.
func TestInstance(t *testing.T) {
	for _, path := range []string{"/v1", "//evil.example/v1", "a:b", ""} {
		if u, err := url.Parse(problem.Instance(path)); err != nil || u.Host != "" || u.Scheme != "" || u.Path == "" {
			t.Errorf("%q: %v %v", path, u, err)
		}
	}
}
