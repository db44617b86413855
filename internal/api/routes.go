package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// route is one path of the API. It has one method; GET brings HEAD with it.
type route struct {
	pattern string // as in the OpenAPI document
	method  string
	call    calls
	serve   func(*handler, *call) (answer, error)
	public  bool // for callers without a token too

	segments   []string     // of pattern, without the empty one before the first /
	parameters []*parameter // of the query string
	accepted   []string     // their names
	forms      []*form      // in which it answers; none is JSON alone
}

// calls is a set of calls of the API, for [parameter].
type calls uint16

// The calls, by their operationId of the OpenAPI document.
const (
	listComponents calls = 1 << iota
	getTwin
	getReading
	listReadings
	queryReadings
	listDatasets
	getDataset
	getOpenAPI
	getHealth
	getService
	getResourceMetadata
	listChanges
	getActivity
	getExtractor
)

var routes = complete([]route{
	{pattern: "/v1/components", method: http.MethodGet, call: listComponents, serve: (*handler).components},
	{pattern: "/v1/components/{component}", method: http.MethodGet, call: getTwin, serve: (*handler).twin},
	{pattern: "/v1/components/{component}/metrics/{metric}", method: http.MethodGet, call: getReading,
		serve: (*handler).reading},
	{pattern: "/v1/readings", method: http.MethodGet, call: listReadings, serve: (*handler).readings},
	{pattern: "/v1/readings:query", method: http.MethodPost, call: queryReadings, serve: (*handler).matrix},
	{pattern: changesPath, method: http.MethodGet, call: listChanges, serve: (*handler).changes},
	{pattern: "/v1/datasets", method: http.MethodGet, call: listDatasets, serve: (*handler).listDatasets},
	{pattern: "/v1/datasets/{dataset}", method: http.MethodGet, call: getDataset, serve: (*handler).dataset},
	{pattern: "/v1/datasets/{dataset}/extractor", method: http.MethodGet, call: getExtractor, serve: (*handler).extractor},
	{pattern: "/v1/activity", method: http.MethodGet, call: getActivity, serve: (*handler).activity},
	{pattern: "/v1/openapi.json", method: http.MethodGet, call: getOpenAPI, serve: (*handler).openAPI},
	{pattern: "/v1/health", method: http.MethodGet, call: getHealth, serve: (*handler).health, public: true},
	{pattern: "/v1", method: http.MethodGet, call: getService, serve: (*handler).describe, public: true},
	{pattern: MetadataPath, method: http.MethodGet, call: getResourceMetadata, serve: (*handler).metadata, public: true},
})

// complete gives each route its segments and its parameters.
func complete(routes []route) []route {
	for i := range routes {
		t := &routes[i]
		t.segments = strings.Split(t.pattern, "/")[1:]
		t.forms = formsOf(t.call)
		for _, q := range queryParameters {
			if q.on&t.call != 0 {
				t.parameters, t.accepted = append(t.parameters, q), append(t.accepted, q.name)
			}
		}
	}
	return routes
}

// maxURI is the maximum length of a path, and of a query string, in bytes.
const maxURI = 16 << 10

// maxName is the maximum length of a name of a component or metric in bytes: the store refuses longer ones.
const maxName = 1024

// find returns the route of r and the names in its path.
//
// It works on the escaped path: a name may hold any character, / and . included, and is one segment between
// two unescaped slashes. So //, . and .. are never cleaned away.
func find(r *http.Request) (*route, []string, error) {
	path := r.URL.EscapedPath()
	if len(path) > maxURI {
		return nil, nil, uriTooLong.New("The path has %d bytes; the maximum is %d.", len(path), maxURI)
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := range segments {
		s, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, nil, invalidName.New("The path segment %q has an invalid percent-encoding. Write %% as %%25.",
				segments[i])
		}
		segments[i] = s
	}
	for i := range routes {
		if names, ok := routes[i].match(segments); ok {
			return &routes[i], names, nil
		}
	}
	return nil, nil, problem.RouteNotFound.New("No such endpoint. See /v1/openapi.json. " +
		"Names in a path are percent-encoded: / is %%2F and %% is %%25.")
}

// Public reports whether a request is of an endpoint for callers without a token too.
func Public(r *http.Request) bool {
	t, _, err := find(r)
	return err == nil && t.public
}

// match returns what the segments have in the place of the parameters of the pattern.
func (t *route) match(segments []string) (names []string, ok bool) {
	if len(segments) != len(t.segments) {
		return nil, false
	}
	for i, s := range t.segments {
		switch {
		case s[0] != '{':
			if s != segments[i] {
				return nil, false
			}
		case segments[i] == "":
			return nil, false
		default:
			names = append(names, segments[i])
		}
	}
	return names, true
}

// names checks the names that r has in its path.
func (t *route) names(names []string) error {
	n := 0
	for _, s := range t.segments {
		name, ok := nameIn(s)
		if !ok {
			continue
		}
		if what := wrongName(names[n]); what != "" {
			return invalidName.New("The %s in the path %s.", name, what).About(name)
		}
		n++
	}
	return nil
}

// nameIn returns the name of the parameter that a segment of a pattern is, such as {component}.
func nameIn(segment string) (string, bool) {
	if segment[0] != '{' {
		return "", false
	}
	return segment[1 : len(segment)-1], true
}

// wrongName says why s cannot be the name of anything; "" if it can.
func wrongName(s string) string {
	switch {
	case s == "":
		return "is empty"
	case len(s) > maxName:
		return "is longer than 1,024 bytes"
	case !utf8.ValidString(s):
		return "is not valid UTF-8"
	}
	return ""
}

// allow is the Allow header of the path.
func (t *route) allow() []string {
	if t.method == http.MethodGet {
		return []string{http.MethodGet, http.MethodHead}
	}
	return []string{t.method}
}
