package api

import (
	"encoding/json"
	"slices"

	"github.com/railtwin/digitaltwin/internal/problem"
)

// OAuth is how a caller gets a token for the API, by OAuth 2.0.
type OAuth struct {
	Issuer   string   // of the tokens, as an OpenID Connect issuer: https://login.example.com; "" where it has none
	TokenURL string   // the token endpoint; "" where only the issuer's metadata says it
	Scope    string   // that reads
	More     []string // scopes of what is served beside the read API, such as twin/operate
	SignIn   *SignIn  // how people get one with a command line; nil where only machines do
}

// SignIn is the public client by which people sign in with a command line: authorization code with PKCE, and a redirect
// to this machine (RFC 8252).
type SignIn struct {
	URL       string   `json:"url"` // the authorization endpoint
	ClientID  string   `json:"clientId"`
	Scopes    []string `json:"scopes"`       // that it may ask for
	Redirects []string `json:"redirectUris"` // on 127.0.0.1; without a port any one may be added
}

// scopes are all scopes of the API.
func (o *OAuth) scopes() []string { return slices.Concat([]string{o.Scope}, o.More) }

// MetadataPath is the path of the metadata of the API as a protected resource (RFC 9728), below the URL before /v1.
const MetadataPath = "/.well-known/oauth-protected-resource"

// service is the answer of GET /v1.
type service struct {
	Title       string       `json:"title"`
	Version     string       `json:"version"`
	Environment string       `json:"environment,omitempty"`
	Links       serviceLinks `json:"links"`
	OAuth       *signing     `json:"oauth,omitempty"`
}

type serviceLinks struct {
	Components string `json:"components"`
	Readings   string `json:"readings"`
	Datasets   string `json:"datasets"`
	OpenAPI    string `json:"openapi"`
	Health     string `json:"health"`
}

type signing struct {
	Issuer   string   `json:"issuer,omitempty"`
	TokenURL string   `json:"tokenUrl,omitempty"`
	Scopes   []string `json:"scopes"`
	Metadata string   `json:"resourceMetadata"`
	SignIn   *SignIn  `json:"signIn,omitempty"`
}

// describe serves what this twin is and how to get a token for it.
func (h *handler) describe(c *call) (answer, error) {
	base := h.Base(c.Request)
	s := service{Title: "Digital Twin", Version: "1", Environment: h.Environment, Links: serviceLinks{
		Components: base + "/v1/components", Readings: base + "/v1/readings", Datasets: base + "/v1/datasets",
		OpenAPI: base + "/v1/openapi.json", Health: base + "/v1/health",
	}}
	if o := h.OAuth; o != nil {
		s.OAuth = &signing{o.Issuer, o.TokenURL, o.scopes(), base + MetadataPath, o.SignIn}
	}
	return c.json(s), nil
}

// resource is the metadata of a protected resource (RFC 9728, 2).
type resource struct {
	Resource      string   `json:"resource"`
	Servers       []string `json:"authorization_servers,omitempty"`
	Scopes        []string `json:"scopes_supported"`
	Methods       []string `json:"bearer_methods_supported"`
	Name          string   `json:"resource_name"`
	Documentation string   `json:"resource_documentation"`
}

// metadata serves what clients of OAuth 2.0 look for when they were refused.
func (h *handler) metadata(c *call) (answer, error) {
	o := h.OAuth
	if o == nil {
		return answer{}, problem.RouteNotFound.New("This twin needs no token.")
	}
	base := h.Base(c.Request)
	r := resource{
		Resource: base, Scopes: o.scopes(), Methods: []string{"header"}, Name: "Digital Twin",
		Documentation: base + "/v1/openapi.json",
	}
	if o.Issuer != "" {
		r.Servers = []string{o.Issuer}
	}
	return c.json(r), nil
}

// json makes an answer of plain data.
func (c *call) json(v any) answer {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: an answer cannot be JSON: " + err.Error())
	}
	return answer{body: append(c.body, b...)}
}
