package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"
)

// route is one path of the API. It has one method; GET brings HEAD with it.
type route struct {
	pattern    string // as in the OpenAPI document
	method     string
	parameters []string // of the query string
	serve      func(*handler, *call) (answer, error)

	segments []string // of pattern, without the empty one before the first /
}

var routes = split([]route{
	{pattern: "/v1/components", method: http.MethodGet, serve: (*handler).components,
		parameters: []string{"dataset", "prefix", "limit", "cursor"}},
	{pattern: "/v1/components/{component}", method: http.MethodGet, serve: (*handler).twin,
		parameters: []string{"metrics", "fields"}},
	{pattern: "/v1/components/{component}/metrics/{metric}", method: http.MethodGet, serve: (*handler).reading,
		parameters: []string{"fields"}},
	{pattern: "/v1/readings", method: http.MethodGet, serve: (*handler).readings,
		parameters: []string{"dataset", "prefix", "component", "metric", "metrics", "fields", "limit", "cursor"}},
	{pattern: "/v1/readings:query", method: http.MethodPost, serve: (*handler).matrix,
		parameters: []string{"fields"}},
	{pattern: "/v1/datasets", method: http.MethodGet, serve: (*handler).listDatasets},
	{pattern: "/v1/datasets/{dataset}", method: http.MethodGet, serve: (*handler).dataset},
	{pattern: "/v1/openapi.json", method: http.MethodGet, serve: (*handler).openAPI},
	{pattern: "/v1/health", method: http.MethodGet, serve: (*handler).health},
})

func split(routes []route) []route {
	for i := range routes {
		routes[i].segments = strings.Split(routes[i].pattern, "/")[1:]
	}
	return routes
}

// maxURI is the longest path, and the longest query string, that is taken, in bytes.
const maxURI = 16 << 10

// maxName is the longest name of a component or metric in bytes: the store refuses longer ones.
const maxName = 1024

// find returns the route of r and the names in its path.
//
// It works on the escaped path: a name may hold any character, / and . included, and is one segment between
// two unescaped slashes. So //, . and .. are never cleaned away.
func find(r *http.Request) (*route, []string, error) {
	path := r.URL.EscapedPath()
	if len(path) > maxURI {
		return nil, nil, uriTooLong.new("The path has %d bytes, and at most %d are taken.", len(path), maxURI)
	}
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for i := range segments {
		s, err := url.PathUnescape(segments[i])
		if err != nil {
			return nil, nil, invalidName.new("The path segment %q is not percent-encoded right.", segments[i])
		}
		segments[i] = s
	}
	for i := range routes {
		if names, ok := routes[i].match(segments); ok {
			return &routes[i], names, nil
		}
	}
	return nil, nil, routeNotFound.new("There is nothing at this path. What there is, says /v1/openapi.json. " +
		"A name in a path is percent-encoded: / is %%2F and %% is %%25.")
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
		if s[0] != '{' {
			continue
		}
		if what := wrongName(names[n]); what != "" {
			return invalidName.new("The %s in the path %s.", s[1:len(s)-1], what).about(s[1 : len(s)-1])
		}
		n++
	}
	return nil
}

// wrongName says why s cannot be the name of anything; "" if it can.
func wrongName(s string) string {
	switch {
	case s == "":
		return "is empty"
	case len(s) > maxName:
		return "is longer than 1,024 bytes"
	case !utf8.ValidString(s):
		return "is not UTF-8"
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
