package local

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/reply"
)

// devPath is where the part of the server begins that only a local twin has.
const devPath = "/dev/"

// devRoute is one path of that part.
type devRoute struct {
	path       string // below devPath; followed by a dataset where it ends in /
	method     string
	parameters []string // of the query string
	serve      func(t *Twin, w http.ResponseWriter, r *http.Request, dataset string, query url.Values)
}

var devRoutes = []devRoute{
	{"records/", http.MethodPost, []string{"framing", "table"}, (*Twin).postRecords},
	{"rejects", http.MethodGet, nil, (*Twin).serveRejects},
	{"status", http.MethodGet, nil, (*Twin).serveStatus},
}

// dev serves the part of the server that only a local twin has.
func (t *Twin) dev(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.EscapedPath(), devPath)
	for _, route := range devRoutes {
		rest, ok := strings.CutPrefix(path, route.path)
		if !ok || (rest == "") == strings.HasSuffix(route.path, "/") {
			continue
		}
		dataset, err := url.PathUnescape(rest)
		if err != nil {
			refuse(http.StatusBadRequest, "Invalid path", "The dataset in the path has an invalid percent-encoding.").Write(w)
			return
		}
		if r.Method != route.method && (r.Method != http.MethodHead || route.method != http.MethodGet) {
			w.Header().Set("Allow", route.method)
			refuse(http.StatusMethodNotAllowed, "Method not allowed", "Use "+route.method+".").Write(w)
			return
		}
		query, p := parseQuery(r.URL.RawQuery, route.parameters)
		if p != nil {
			p.Write(w)
			return
		}
		route.serve(t, w, r, dataset, query)
		return
	}
	refuse(http.StatusNotFound, "No such endpoint",
		"Use POST /dev/records/{dataset}, GET /dev/rejects or GET /dev/status.").Write(w)
}

// parseQuery reads a query string in which only the named parameters may stand, each once.
func parseQuery(raw string, names []string) (url.Values, *problem.Problem) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "Invalid parameter", "The query string is malformed.")
	}
	for name, values := range query {
		if !slices.Contains(names, name) {
			return nil, refuse(http.StatusBadRequest, "Unknown parameter",
				fmt.Sprintf("There is no parameter %q here.%s", name, meant(name, names)), names...)
		}
		if len(values) > 1 {
			return nil, refuse(http.StatusBadRequest, "Invalid parameter", "Give the parameter "+name+" once.")
		}
	}
	return query, nil
}

// serveRejects serves the newest rejects of all datasets, oldest first.
func (t *Twin) serveRejects(w http.ResponseWriter, _ *http.Request, _ string, _ url.Values) {
	type kept struct {
		Dataset  string      `json:"dataset"`
		Source   string      `json:"source"` // feed-0/17, or post-3/17: the record of a feed or of a posted body
		Problems []problemOf `json:"problems"`
		More     int         `json:"more,omitempty"`
		Payload  string      `json:"payload"`
	}
	list := []kept{}
	for _, r := range t.rejects.newest() {
		list = append(list, kept{
			Dataset: r.Dataset, Source: r.Position.Shard + "/" + r.Position.Sequence,
			Problems: problemsOf(r.Problems), More: r.More, Payload: string(r.Payload),
		})
	}
	reply.JSON(w, http.StatusOK, map[string]any{"rejects": list})
}

// serveStatus serves what became of the records of each dataset.
func (t *Twin) serveStatus(w http.ResponseWriter, _ *http.Request, _ string, _ url.Values) {
	health := ""
	if err := t.writes.problem(); err != nil {
		health = err.Error()
	}
	reply.JSON(w, http.StatusOK, map[string]any{"datasets": t.Status(), "problem": health})
}
