package api

import (
	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/problem"
)

// The kinds of problems that only reading has. openapi.json lists them too.
var (
	invalidName       = problem.Kind{Name: "invalid-name", Title: "Invalid name", Status: 400}
	invalidCursor     = problem.Kind{Name: "invalid-cursor", Title: "Invalid cursor", Status: 400}
	answerTooLarge    = problem.Kind{Name: "answer-too-large", Title: "Answer too large", Status: 400}
	searchTooLong     = problem.Kind{Name: "search-too-long", Title: "Search too long", Status: 400}
	componentNotFound = problem.Kind{Name: "component-not-found", Title: "No such component", Status: 404}
	metricNotFound    = problem.Kind{Name: "metric-not-found", Title: "No such metric", Status: 404}
	feedOff           = problem.Kind{Name: "feed-off", Title: "No change feed", Status: 404}
	notAcceptable     = problem.Kind{Name: "not-acceptable", Title: "Not acceptable", Status: 406}
	tooManyFollowers  = problem.Kind{Name: "too-many-followers", Title: "Too many followers", Status: 429}
	uriTooLong        = problem.Kind{Name: "uri-too-long", Title: "URI too long", Status: 414}

	activityUnavailable = problem.Kind{Name: "activity-unavailable", Title: "What came in is not known", Status: 503}
)

// refused is the problem of a call that is not authorised.
type refused struct {
	*problem.Problem
	refusal *access.Refusal
}

func newRefused(r *access.Refusal) error { return &refused{r.Kind.New("%s", r.Detail), r} }

func (e *refused) Unwrap() error { return e.Problem }

// storeError is a failure of the store. Its text is for the log, not for the caller.
type storeError struct {
	call string
	err  error
}

func (e *storeError) Error() string { return "api: Reader." + e.call + ": " + e.err.Error() }
func (e *storeError) Unwrap() error { return e.err }

func storeFailed(call string, err error) error { return &storeError{call, err} }
