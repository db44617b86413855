package local

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/railtwin/digitaltwin/internal/spelling"
)

// problem is an answer that says what is wrong (RFC 9457), as those of the API are.
type problem struct {
	Type    string   `json:"type,omitempty"` // where it is one that callers may compare
	Title   string   `json:"title"`
	Status  int      `json:"status"`
	Detail  string   `json:"detail"`
	Allowed []string `json:"allowed,omitempty"` // the values that are allowed

	retryAfter int // seconds; 0 for no advice
}

// problemType begins the types of problems, as those of the API.
const problemType = "urn:digital-twin:problem:"

// refuse returns a problem; allowed are the values that are allowed in the place of the wrong one.
func refuse(status int, title, detail string, allowed ...string) *problem {
	return &problem{Status: status, Title: title, Detail: detail, Allowed: allowed}
}

func (p *problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	if p.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	writeJSON(w, p.Status, p)
}

func serveJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	writeJSON(w, http.StatusOK, v)
}

// writeJSON writes v, which must be plain data, under the Content-Type that is set.
func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(append(body, '\n')) // a caller that is gone need not be told
}

// meant returns " Did you mean NAME?" where a name is like one of those.
func meant(name string, names []string) string {
	if near := spelling.Nearest(name, names); near != "" {
		return " Did you mean " + near + "?"
	}
	return ""
}
