package api

import (
	_ "embed"
	"maps"
	"strings"

	"github.com/railtwin/digitaltwin/internal/access"
)

// operationsFile is the part of the OpenAPI document that package operate serves. It stands here, because functions
// that serve the document must not have the extractor's engine for it; a test of that package holds the two together.
//
//go:embed operations.json
var operationsFile []byte

// operationsPath is where the paths of the operations begin.
const operationsPath = "/v1/operations"

// withOperations adds the operations to a document.
func withOperations(d openAPIDocument) openAPIDocument {
	return d.with("operations.json", operationsFile)
}

// guardOperations says that the operations of d need a scope of their own, where d needs one at all.
func (d *openAPIDocument) guardOperations() {
	if len(d.Security) == 0 {
		return
	}
	security := make(map[string][]string)
	for name, scheme := range d.Components.SecuritySchemes {
		security[name] = []string{access.ScopeOperate}
		for _, flow := range scheme.Flows {
			flow.Scopes[access.ScopeOperate] = "Operate the twin"
		}
	}
	d.Paths = maps.Clone(d.Paths) // that of the handler is for all requests
	for path, methods := range d.Paths {
		if !strings.HasPrefix(path, operationsPath) {
			continue
		}
		guarded := make(map[string]*openAPIOperation)
		for method, operation := range methods {
			one := *operation
			one.Security = mustWrite([]map[string][]string{security})
			guarded[method] = &one
		}
		d.Paths[path] = guarded
	}
}
