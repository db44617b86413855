package operate

import (
	"encoding/json"
	"net/http"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// The kinds of problems that only operating has. The OpenAPI document lists them too.
var (
	notGranted     = problem.Kind{Name: "not-granted", Title: "Not granted", Status: 403}
	runNotFound    = problem.Kind{Name: "run-not-found", Title: "No such run", Status: 404}
	rejectNotFound = problem.Kind{Name: "reject-not-found", Title: "No such reject", Status: 404}
	runConflict    = problem.Kind{Name: "run-conflict", Title: "Another run is under way", Status: 409}
	revisionTooLow = problem.Kind{Name: "revision-too-low", Title: "The revision must be raised first", Status: 409}
	notSupported   = problem.Kind{Name: "not-supported", Title: "Not supported here", Status: 409}
)

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a caller that is gone need not be told
}
