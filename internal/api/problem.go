package api

import (
	"encoding/json"
	"fmt"

	"github.com/railtwin/digitaltwin/internal/access"
)

// problem is an answer that is not what was asked for, as RFC 9457 (problem+json) has it.
type problem struct {
	Type      string   `json:"type"` // problemType and the name of its kind
	Title     string   `json:"title"`
	Status    int      `json:"status"`
	Detail    string   `json:"detail"`              // what is wrong and what to do
	Instance  string   `json:"instance"`            // the path of the request
	Parameter string   `json:"parameter,omitempty"` // what it is about: a parameter, or a member of the body
	Allowed   []string `json:"allowed,omitempty"`   // the values that it may have

	refusal *access.Refusal // of a call that is not authorised
}

// problemType begins the type of every problem. The types are stable; consumers may compare them.
const problemType = "urn:digital-twin:problem:"

func (p *problem) Error() string { return p.Title + ": " + p.Detail }

// kind is a kind of problem: its title and status are the same each time.
type kind struct {
	name, title string
	status      int
}

// The kinds of problems. openapi.json lists them too.
var (
	unknownParameter   = kind{"unknown-parameter", "Unknown parameter", 400}
	invalidParameter   = kind{"invalid-parameter", "Invalid parameter", 400}
	invalidName        = kind{"invalid-name", "Invalid name", 400}
	invalidCursor      = kind{"invalid-cursor", "Invalid cursor", 400}
	invalidBody        = kind{"invalid-body", "Invalid request body", 400}
	answerTooLarge     = kind{"answer-too-large", "Answer too large", 400}
	searchTooLong      = kind{"search-too-long", "Search too long", 400}
	routeNotFound      = kind{"route-not-found", "No such endpoint", 404}
	componentNotFound  = kind{"component-not-found", "No such component", 404}
	metricNotFound     = kind{"metric-not-found", "No such metric", 404}
	datasetNotFound    = kind{"dataset-not-found", "No such dataset", 404}
	methodNotAllowed   = kind{"method-not-allowed", "Method not allowed", 405}
	bodyTooLarge       = kind{"body-too-large", "Request body too large", 413}
	uriTooLong         = kind{"uri-too-long", "URI too long", 414}
	unsupportedContent = kind{"unsupported-media-type", "Unsupported media type", 415}
	internalError      = kind{"internal-error", "Internal error", 500}
	storeUnavailable   = kind{"store-unavailable", "Store unavailable", 503}
)

// new returns a problem of kind k.
func (k kind) new(format string, args ...any) *problem {
	return &problem{Type: problemType + k.name, Title: k.title, Status: k.status, Detail: fmt.Sprintf(format, args...)}
}

// refused returns the problem of a call that is not authorised.
func refused(r *access.Refusal) *problem {
	return &problem{Type: problemType + r.Kind, Title: r.Title, Status: r.Status, Detail: r.Detail, refusal: r}
}

// about names the parameter, or the member of the body, and what is allowed there.
func (p *problem) about(parameter string, allowed ...string) *problem {
	p.Parameter, p.Allowed = parameter, allowed
	return p
}

// json returns the body of p.
func (p *problem) json() []byte {
	b, err := json.Marshal(p)
	if err != nil {
		panic("BUG: a problem is strings and a number: " + err.Error())
	}
	return b
}

// storeError is a failure of the store. Its text is for the log, not for the caller.
type storeError struct {
	call string
	err  error
}

func (e *storeError) Error() string { return "api: Reader." + e.call + ": " + e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

func storeFailed(call string, err error) error { return &storeError{call, err} }
