package operate

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/twin"
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
	{Path + "/rejects", http.MethodGet, []string{"dataset", "from", "to", "reason", "column", "all", "cursor"}, (*Service).getRejects},
	{Path + "/rejects/{reject}", http.MethodGet, nil, (*Service).getReject},
	{Path + "/{run}", http.MethodGet, nil, (*Service).getRun},
	{Path + "/{run}", http.MethodDelete, nil, (*Service).deleteRun},
}

// Handler serves /v1/operations and what is below it. The caller of a request is that of its context, see package access.
func Handler(s *Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := s.handle(w, r)
		if err == nil {
			return
		}
		var p *problem
		if !errors.As(err, &p) {
			if !errors.Is(err, context.Canceled) { // by a caller that went away
				s.Log.ErrorContext(r.Context(), "operate: a request failed", "error", err, "method", r.Method, "path", r.URL.EscapedPath())
			}
			p = unavailable.new("The twin did not answer. Try again.")
		}
		p.Instance = instance(r.URL.EscapedPath())
		if p.Status == http.StatusForbidden && p.Type == problemType+insufficientScope.name {
			w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+access.ScopeOperate+`"`)
		}
		p.write(w)
	})
}

// Serves reports whether a request is for [Handler].
func Serves(r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.EscapedPath(), Path)
	return ok && (rest == "" || rest[0] == '/')
}

// instance returns path as a URI reference: what follows // would be a host.
func instance(path string) string {
	if strings.HasPrefix(path, "//") {
		return "/." + path
	}
	return path
}

// handle finds the route of a request and serves it. Who calls is checked first, so that nobody else learns of a path.
func (s *Service) handle(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.Log.ErrorContext(r.Context(), "operate: panic", "panic", v, "method", r.Method, "path", r.URL.EscapedPath())
			err = internalError.new("The request failed because of a fault in the service. The fault was logged.")
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
		return invalidParameter.new("The query string is malformed.")
	}
	for name, values := range query {
		if !slices.Contains(t.parameters, name) {
			return unknownParameter.new("There is no parameter %s here.%s", quoted(name), meant(name, t.parameters)).about(name[:min(len(name), 60)], t.parameters...)
		}
		if len(values) > 1 {
			return invalidParameter.new("Give %s once.", name).about(name)
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
		return nil, "", methodNotAllowed.new("Use %s.", strings.Join(allowed, " or ")).about("", allowed...)
	}
	return nil, "", routeNotFound.new("No such endpoint. See /v1/openapi.json.")
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

// postRun makes a run.
func (s *Service) postRun(c *call) error {
	if t := c.Header.Get("Content-Type"); t != "" {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != "application/json" {
			return unsupportedType.new("Send application/json.")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.Body, maxBody))
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge.new("The maximum is %d bytes.", maxBody)
	}
	if err != nil {
		return invalidBody.new("The body could not be read completely.")
	}
	var request Request
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&request); err != nil {
		return invalidBody.new("The body is no request of a run: %s.", strings.TrimPrefix(err.Error(), "json: "))
	}
	if decoder.More() {
		return invalidBody.new("The body has more than one JSON value.")
	}
	run, err := s.create(c.Context(), c.caller, request)
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", Path+"/"+run.ID)
	writeJSON(c.w, http.StatusAccepted, "application/json", run.shown())
	return nil
}

// getRuns lists runs that the caller may see, the newest first.
func (s *Service) getRuns(c *call) error {
	limit, err := c.number("limit", listed, listed)
	if err != nil {
		return err
	}
	before := c.query.Get("before")
	if before != "" && !idForm.MatchString(before) {
		return invalidParameter.new("before is no id of a run.").about("before")
	}
	datasets, err := s.Store.Datasets(c.Context())
	if err != nil {
		return err
	}
	out := struct {
		Runs []Run  `json:"runs"`
		Next string `json:"next,omitempty"` // the value of before for the next page
	}{Runs: []Run{}}
	for len(out.Runs) < limit {
		runs, err := s.Runs.List(c.Context(), before, listed)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if before = r.ID; s.sees(c.caller, r, datasets) {
				if out.Runs = append(out.Runs, r.shown()); len(out.Runs) == limit {
					out.Next = r.ID
					break
				}
			}
		}
		if len(runs) < listed {
			break
		}
	}
	writeJSON(c.w, http.StatusOK, "application/json", out)
	return nil
}

func (s *Service) getRun(c *call) error {
	run, err := s.read(c.Context(), c.caller, c.id)
	if err != nil {
		return err
	}
	s.revive(c.Context(), run)
	writeJSON(c.w, http.StatusOK, "application/json", run.shown())
	return nil
}

func (s *Service) deleteRun(c *call) error {
	run, err := s.cancel(c.Context(), c.caller, c.id)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusAccepted, "application/json", run.shown())
	return nil
}

// getRejects lists rejects in groups, without their records.
func (s *Service) getRejects(c *call) error {
	datasets, err := s.Store.Datasets(c.Context())
	if err != nil {
		return err
	}
	l := &listing{cursor: c.query.Get("cursor"), caller: c.caller, datasets: datasets}
	l.Kind, l.Dataset = Replay, c.query.Get("dataset")
	l.Reason, l.Column = twin.Reason(c.query.Get("reason")), c.query.Get("column")
	if l.From, err = c.time("from"); err != nil {
		return err
	}
	if l.To, err = c.time("to"); err != nil {
		return err
	}
	switch all := c.query.Get("all"); all {
	case "", "false":
	case "true":
		l.all = true
	default:
		return invalidParameter.new("all is true or false.").about("all", "true", "false")
	}
	check := l.Request
	if check.Dataset == "" {
		check.Dataset = "any" // it may be left out here
	}
	if p := check.check(s.now()); p != nil {
		p.Type, p.Title = problemType+invalidParameter.name, invalidParameter.title
		return p
	}
	if l.Dataset != "" {
		if p := s.may(c.caller, &l.Request, datasets); p != nil {
			return p
		}
	}
	out, err := s.list(c.Context(), l)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, "application/json", out)
	return nil
}

func (s *Service) getReject(c *call) error {
	shown, err := s.show(c.Context(), c.caller, c.id)
	if err != nil {
		return err
	}
	writeJSON(c.w, http.StatusOK, "application/json", shown)
	return nil
}

// number reads a parameter that is a number from 1 to most.
func (c *call) number(name string, most, or int) (int, error) {
	text := c.query.Get(name)
	if text == "" {
		return or, nil
	}
	n := 0
	if err := json.Unmarshal([]byte(text), &n); err != nil || n < 1 || n > most {
		return 0, invalidParameter.new("%s is a number from 1 to %d.", name, most).about(name)
	}
	return n, nil
}

// time reads a parameter that is a time; nil where it is left out.
func (c *call) time(name string) (*twin.Millis, error) {
	text := c.query.Get(name)
	if text == "" {
		return nil, nil
	}
	var t twin.Millis
	if err := t.UnmarshalText([]byte(text)); err != nil {
		return nil, invalidParameter.new("%s is a time such as 2026-11-29T03:00:00Z.", name).about(name)
	}
	return &t, nil
}
