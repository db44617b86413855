package operate

import "github.com/railtwin/digitaltwin/internal/problem"

// The kinds of problems that only operating has. The OpenAPI document lists them too.
var (
	notGranted     = problem.Kind{Name: "not-granted", Title: "Not granted", Status: 403}
	runNotFound    = problem.Kind{Name: "run-not-found", Title: "No such run", Status: 404}
	rejectNotFound = problem.Kind{Name: "reject-not-found", Title: "No such reject", Status: 404}
	runConflict    = problem.Kind{Name: "run-conflict", Title: "Another run is under way", Status: 409}
	revisionTooLow = problem.Kind{Name: "revision-too-low", Title: "The revision must be raised first", Status: 409}
	notSupported   = problem.Kind{Name: "not-supported", Title: "Not supported here", Status: 409}
)
