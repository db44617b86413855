package operate

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// problem is an answer that says what is wrong, as RFC 9457 and those of the reading API have it.
type problem struct {
	Type      string   `json:"type"` // problemType and the name of its kind
	Title     string   `json:"title"`
	Status    int      `json:"status"`
	Detail    string   `json:"detail"` // what is wrong and what to do
	Instance  string   `json:"instance"`
	Parameter string   `json:"parameter,omitempty"` // the member or parameter that it is about
	Allowed   []string `json:"allowed,omitempty"`   // the values that it may have
}

const problemType = "urn:digital-twin:problem:"

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

// kind is a kind of problem.
type kind struct {
	name, title string
	status      int
}

// The kinds of problems. The OpenAPI document lists them too.
var (
	invalidBody       = kind{"invalid-body", "Invalid request body", 400}
	invalidParameter  = kind{"invalid-parameter", "Invalid parameter", 400}
	unknownParameter  = kind{"unknown-parameter", "Unknown parameter", 400}
	insufficientScope = kind{"insufficient-scope", "Insufficient scope", 403}
	notGranted        = kind{"not-granted", "Not granted", 403}
	routeNotFound     = kind{"route-not-found", "No such endpoint", 404}
	runNotFound       = kind{"run-not-found", "No such run", 404}
	rejectNotFound    = kind{"reject-not-found", "No such reject", 404}
	datasetNotFound   = kind{"dataset-not-found", "No such dataset", 404}
	methodNotAllowed  = kind{"method-not-allowed", "Method not allowed", 405}
	runConflict       = kind{"run-conflict", "Another run is under way", 409}
	revisionTooLow    = kind{"revision-too-low", "The revision must be raised first", 409}
	notSupported      = kind{"not-supported", "Not supported here", 409}
	bodyTooLarge      = kind{"body-too-large", "Request body too large", 413}
	unsupportedType   = kind{"unsupported-media-type", "Unsupported media type", 415}
	internalError     = kind{"internal-error", "Internal error", 500}
	unavailable       = kind{"store-unavailable", "Store unavailable", 503}
)

func (k kind) new(format string, args ...any) *problem {
	return &problem{Type: problemType + k.name, Title: k.title, Status: k.status, Detail: fmt.Sprintf(format, args...)}
}

// about names the member or parameter, and what is allowed there.
func (p *problem) about(parameter string, allowed ...string) *problem {
	p.Parameter, p.Allowed = parameter, allowed
	return p
}

func (p *problem) write(w http.ResponseWriter) {
	switch p.Status {
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	case http.StatusMethodNotAllowed:
		for _, m := range p.Allowed {
			w.Header().Add("Allow", m)
		}
	}
	writeJSON(w, p.Status, "application/problem+json", p)
}

func writeJSON(w http.ResponseWriter, status int, contentType string, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // a caller that is gone need not be told
}
