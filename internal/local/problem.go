package local

import (
	"encoding/json"
	"net/http"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/spelling"
)

// refuse returns a problem; allowed are the values that are allowed in the place of the wrong one.
func refuse(status int, title, detail string, allowed ...string) *problem.Problem {
	return &problem.Problem{Status: status, Title: title, Detail: detail, Allowed: allowed}
}

// serveJSON answers with v, which must be plain data.
func serveJSON(w http.ResponseWriter, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	w.Write(append(body, '\n')) // a caller that is gone need not be told
}

// meant returns " Did you mean NAME?" where a name is like one of those.
func meant(name string, names []string) string {
	if near := spelling.Nearest(name, names); near != "" {
		return " Did you mean " + near + "?"
	}
	return ""
}
