package operate

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/problem"
)

// Path is where the routes of [Handler] begin.
const Path = "/v1/operations"

// maxBody is the greatest length of a request in bytes: that of an SQL in which every character is escaped, and more.
const maxBody = 1 << 20

// call is one request on its way.
type call struct {
	*http.Request
	w      http.ResponseWriter
	caller access.Caller
	id     string // of the run or the reject in the path
	query  url.Values
}

// route is one path and method.
type route struct {
	pattern    string // as in the OpenAPI document
	method     string
	parameters []string // of the query string
	serve      func(*Service, *call) error
}

var routes = []route{
	{Path, http.MethodPost, nil, (*Service).postRun},
	{Path, http.MethodGet, []string{"before", "limit"}, (*Service).getRuns},
	{Path + "/rejects", http.MethodGet, []string{"dataset", "from", "to", "reason", "column", "like", "all", "records",
		"cursor"}, (*Service).getRejects},
	{Path + "/rejects/{reject}", http.MethodGet, nil, (*Service).getReject},
	{Path + "/{run}", http.MethodGet, nil, (*Service).getRun},
	{Path + "/{run}", http.MethodDelete, nil, (*Service).deleteRun},
}

// pageParameters say where a page begins: empty is the beginning.
var pageParameters = []string{"before", "cursor"}

// Handler serves /v1/operations and what is below it. The caller of a request is that of its context, see package
// access.
func Handler(s *Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.handle(w, r)
		if err == nil {
			return
		}
		var p *problem.Problem
		if !errors.As(err, &p) {
			if !errors.Is(err, context.Canceled) { // by a caller that went away
				s.Log.ErrorContext(r.Context(), "operate: a request failed", "error", err, "method", r.Method, "path",
					r.URL.EscapedPath())
			}
			p = problem.StoreUnavailable.New("The twin did not answer. Try again.")
		}
		p.Instance = problem.Instance(r.URL.EscapedPath())
		if p.Status == http.StatusForbidden && p.Type == problem.InsufficientScope.Type() {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+access.ScopeOperate+`"`)
		}
		p.Write(w)
	})
}

// Serves reports whether a request is for [Handler].
func Serves(r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), Path)
	return ok && (rest == "" || rest[0] == '/')
}

// handle finds the route of a request and serves it. Who calls is checked first, so that nobody else learns of a path.
func (s *Service) handle(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.Log.ErrorContext(r.Context(), "operate: panic", "panic", v, "method", r.Method, "path", r.URL.EscapedPath())
			err = problem.InternalError.New("The request failed because of a fault in the service. The fault was logged.")
		}
	}()
	caller, p := s.caller(r.Context())
	if p != nil {
		return p
	}
	t, id, err := findRoute(r)
	if err != nil {
		return err
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return problem.InvalidParameter.New("The query string is malformed.")
	}
	for name, values := range query {
		if !slices.Contains(t.parameters, name) {
			return problem.UnknownParameter.New("There is no parameter %s here.%s", quoted(name),
				meant(name, t.parameters)).About(name[:min(len(name), 60)], t.parameters...)
		}
		if len(values) > 1 {
			return problem.InvalidParameter.New("Give %s once.", name).About(name)
		}
		if values[0] == "" && !slices.Contains(pageParameters, name) {
			return problem.InvalidParameter.New("%s is empty. Give it a value, or leave it out.", name).About(name)
		}
	}
	return t.serve(s, &call{Request: r, w: w, caller: caller, id: id, query: query})
}

// findRoute returns the route of a request and the id in its path. Paths are compared as they were sent, segment by
// segment: nothing is cleaned, so ".." is an id that there is not.
func findRoute(r *http.Request) (*route, string, error) {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	var allowed []string
	for i := range routes {
		t := &routes[i]
		id, ok := match(strings.Split(t.pattern, "/"), segments)
		if !ok || len(allowed) > 0 && strings.HasSuffix(t.pattern, "{run}") && segments[len(segments)-1] == "rejects" {
			continue
		}
		if t.method == r.Method || t.method == http.MethodGet && r.Method == http.MethodHead {
			return t, id, nil
		}
		allowed = append(allowed, t.method)
	}
	if len(allowed) > 0 {
		return nil, "", problem.MethodNotAllowed.New("Use %s.", strings.Join(allowed, " or ")).About("", allowed...)
	}
	return nil, "", problem.RouteNotFound.New("No such endpoint. See /v1/openapi.json.")
}

func match(pattern, segments []string) (id string, ok bool) {
	if len(pattern) != len(segments) {
		return "", false
	}
	for i, p := range pattern {
		if !strings.HasPrefix(p, "{") {
			if p != segments[i] {
				return "", false
			}
			continue
		}
		var err error
		if id, err = url.PathUnescape(segments[i]); err != nil || id == "" {
			return "", false
		}
	}
	return id, true
}
