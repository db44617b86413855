package api

import (
	_ "embed"
	"encoding/json"
	"sync"
)

//go:embed openapi.json
var openAPIFile []byte

// openAPIDocument is the top of an OpenAPI document, in its usual order. The parts that do not depend on where
// the API runs are kept as they stand in the file.
type openAPIDocument struct {
	OpenAPI    string                `json:"openapi"`
	Info       json.RawMessage       `json:"info"`
	Servers    []openAPIServer       `json:"servers,omitempty"`
	Security   []map[string][]string `json:"security,omitempty"`
	Tags       json.RawMessage       `json:"tags"`
	Paths      json.RawMessage       `json:"paths"`
	Components openAPIComponents     `json:"components"`
}

type openAPIServer struct {
	URL string `json:"url"`
}

type openAPIComponents struct {
	SecuritySchemes map[string]openAPIScheme `json:"securitySchemes,omitempty"`
	Parameters      json.RawMessage          `json:"parameters"`
	Headers         json.RawMessage          `json:"headers"`
	Responses       json.RawMessage          `json:"responses"`
	Schemas         json.RawMessage          `json:"schemas"`
}

type openAPIScheme struct {
	Type        string                 `json:"type"`
	Description string                 `json:"description"`
	Flows       map[string]openAPIFlow `json:"flows"`
}

type openAPIFlow struct {
	TokenURL string            `json:"tokenUrl"`
	Scopes   map[string]string `json:"scopes"`
}

// readOpenAPI reads the file when it is first asked for, not when a function starts.
var readOpenAPI = sync.OnceValue(func() openAPIDocument {
	var d openAPIDocument
	if err := json.Unmarshal(openAPIFile, &d); err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
	return d
})

// openAPI serves the description of the API, with the server and the security of this one.
func (h *handler) openAPI(c *call) (answer, error) {
	d := readOpenAPI()
	if h.Base != nil {
		d.Servers = []openAPIServer{{h.Base(c.Request)}}
	}
	if o := h.OAuth; o != nil {
		d.Security = []map[string][]string{{"oauth2": {o.Scope}}}
		d.Components.SecuritySchemes = map[string]openAPIScheme{"oauth2": {
			Type:        "oauth2",
			Description: "A client gets a token for its id and secret, and sends it as Authorization: Bearer.",
			Flows: map[string]openAPIFlow{"clientCredentials": {
				TokenURL: o.TokenURL, Scopes: map[string]string{o.Scope: "Read the twin"},
			}},
		}}
	}
	b, err := json.Marshal(d)
	if err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
	return answer{body: append(c.body, b...)}, nil
}
