package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
)

// openAPIFile is the OpenAPI document without its parameters: those come from the table.
//
//go:embed openapi.json
var openAPIFile []byte

// openAPIDocument is an OpenAPI document, in its usual order.
type openAPIDocument struct {
	OpenAPI    string                `json:"openapi"`
	Info       json.RawMessage       `json:"info"`
	Servers    []openAPIServer       `json:"servers,omitempty"`
	Security   []map[string][]string `json:"security,omitempty"`
	Tags       json.RawMessage       `json:"tags"`
	Paths      openAPIPaths          `json:"paths"`
	Components openAPIComponents     `json:"components"`
}

type openAPIServer struct {
	URL string `json:"url"`
}

// openAPIPaths is the operations by path and method in lower case.
type openAPIPaths map[string]map[string]*openAPIOperation

type openAPIOperation struct {
	OperationID string             `json:"operationId"`
	Tags        []string           `json:"tags"`
	Summary     string             `json:"summary"`
	Description string             `json:"description,omitempty"`
	Security    json.RawMessage    `json:"security,omitempty"`
	Parameters  []openAPIReference `json:"parameters,omitempty"`
	RequestBody json.RawMessage    `json:"requestBody,omitempty"`
	Responses   json.RawMessage    `json:"responses"`
}

type openAPIReference struct {
	Ref string `json:"$ref"`
}

type openAPIComponents struct {
	SecuritySchemes map[string]openAPIScheme   `json:"securitySchemes,omitempty"`
	Examples        map[string]json.RawMessage `json:"examples,omitempty"`
	Parameters      map[string]json.RawMessage `json:"parameters"`
	Headers         json.RawMessage            `json:"headers"`
	Responses       json.RawMessage            `json:"responses"`
	Schemas         json.RawMessage            `json:"schemas"`
}

type openAPIScheme struct {
	Type        string                 `json:"type"`
	Description string                 `json:"description"`
	Flows       map[string]openAPIFlow `json:"flows,omitempty"`            // of the type oauth2
	Discovery   string                 `json:"openIdConnectUrl,omitempty"` // of the type openIdConnect
}

type openAPIFlow struct {
	TokenURL string            `json:"tokenUrl"`
	Scopes   map[string]string `json:"scopes"`
}

// readOpenAPI reads the file and fills in the parameters of the routes.
func readOpenAPI(routes []route) openAPIDocument {
	var d openAPIDocument
	decoder := json.NewDecoder(bytes.NewReader(openAPIFile))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
	d.Components.Parameters = make(map[string]json.RawMessage)
	named := make(map[string]json.RawMessage)
	if slices.ContainsFunc(routes, func(t route) bool { return t.call == listChanges }) {
		d = d.with("changes.json", changesFile)
	}
	if slices.ContainsFunc(routes, func(t route) bool { return t.call&insideCalls != 0 }) {
		d = d.with("inside.json", insideFile)
	}
	for i := range routes {
		t := &routes[i]
		operation := d.Paths[t.pattern][strings.ToLower(t.method)]
		for _, p := range t.openAPIParameters() {
			d.Components.Parameters[p.key()] = mustWrite(p)
			p.Schema.addNamed(named)
			operation.Parameters = append(operation.Parameters, openAPIReference{"#/components/parameters/" + p.key()})
		}
	}
	d.Components.Schemas = joined(d.Components.Schemas, named)
	return d
}

// openAPI serves the description of the API, with the server and the security of this one.
func (h *handler) openAPI(c *call) (answer, error) {
	d := h.document()
	d.Servers = []openAPIServer{{h.Base(c.Request)}}
	if o := h.OAuth; o != nil {
		s := o.scheme()
		d.Security = []map[string][]string{{s.Type: {o.Scope}}}
		d.Components.SecuritySchemes = map[string]openAPIScheme{s.Type: s}
	}
	if h.Operations {
		d.guardOperations()
	}
	return c.json(d), nil
}

// scheme is how a client gets a token, or where it learns that.
func (o *OAuth) scheme() openAPIScheme {
	if o.TokenURL == "" {
		return openAPIScheme{
			Type:        "openIdConnect",
			Description: "A client gets an access token of the issuer, and sends it as Authorization: Bearer.",
			Discovery:   strings.TrimSuffix(o.Issuer, "/") + "/.well-known/openid-configuration",
		}
	}
	return openAPIScheme{
		Type:        "oauth2",
		Description: "A client gets a token for its id and secret, and sends it as Authorization: Bearer.",
		Flows: map[string]openAPIFlow{"clientCredentials": {
			TokenURL: o.TokenURL, Scopes: map[string]string{o.Scope: "Read the twin"},
		}},
	}
}
