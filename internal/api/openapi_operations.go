package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"maps"
	"strings"

	"github.com/railtwin/digitaltwin/internal/access"
)

// operationsFile is the part of the OpenAPI document that package operate serves. It stands here, because functions that
// serve the document must not have the extractor's engine for it; a test of that package holds the two together.
//
//go:embed operations.json
var operationsFile []byte

// operationsPath is where the paths of the operations begin.
const operationsPath = "/v1/operations"

// operationsDocument is what the file has.
type operationsDocument struct {
	Tags       []json.RawMessage `json:"tags"`
	Paths      openAPIPaths      `json:"paths"`
	Components struct {
		Examples   map[string]json.RawMessage  `json:"examples"`
		Parameters map[string]openAPIParameter `json:"parameters"`
		Responses  map[string]json.RawMessage  `json:"responses"`
		Schemas    map[string]json.RawMessage  `json:"schemas"`
	} `json:"components"`
}

// withOperations adds the operations to a document.
func withOperations(d openAPIDocument) openAPIDocument {
	var o operationsDocument
	decoder := json.NewDecoder(bytes.NewReader(operationsFile))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&o); err != nil {
		panic("BUG: operations.json: " + err.Error())
	}
	maps.Copy(d.Paths, o.Paths)
	d.Components.Examples = o.Components.Examples
	maps.Copy(d.Components.Parameters, o.Components.Parameters)
	d.Components.Responses = joined(d.Components.Responses, o.Components.Responses)
	d.Components.Schemas = joined(d.Components.Schemas, o.Components.Schemas)
	var tags []json.RawMessage
	mustRead(d.Tags, &tags)
	d.Tags = mustWrite(append(tags, o.Tags...))
	return d
}

// joined returns a JSON object with more members.
func joined(object json.RawMessage, more map[string]json.RawMessage) json.RawMessage {
	var all map[string]json.RawMessage
	mustRead(object, &all)
	maps.Copy(all, more)
	return mustWrite(all)
}

func mustRead(text []byte, v any) {
	if err := json.Unmarshal(text, v); err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
}

func mustWrite(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
	return b
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
