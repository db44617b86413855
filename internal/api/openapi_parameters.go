package api

import (
	"encoding/json"
	"net/http"
)

// schema is the JSON Schema of a parameter, as far as parameters need it. One with a name stands once in the document,
// among the schemas, and parameters refer to it: generators make one type of it, not one for each call.
type schema struct {
	name      string
	Type      string   `json:"type"`
	Format    string   `json:"format,omitempty"`
	Pattern   string   `json:"pattern,omitempty"`
	Enum      []string `json:"enum,omitempty"`
	Items     *schema  `json:"items,omitempty"`
	MinItems  int      `json:"minItems,omitempty"`
	MaxItems  int      `json:"maxItems,omitempty"`
	MinLength int      `json:"minLength,omitempty"`
	MaxLength int      `json:"maxLength,omitempty"`
	Minimum   *int     `json:"minimum,omitempty"`
	Maximum   int      `json:"maximum,omitempty"`
	Default   any      `json:"default,omitempty"`
}

// plainSchema is a schema that is written in full.
type plainSchema schema

// MarshalJSON returns the schema, or a reference to it if it has a name.
func (s *schema) MarshalJSON() ([]byte, error) {
	if s.name != "" {
		return json.Marshal(openAPIReference{"#/components/schemas/" + s.name})
	}
	return json.Marshal((*plainSchema)(s))
}

// addNamed adds s and its items to schemas if they have names.
func (s *schema) addNamed(schemas map[string]json.RawMessage) {
	if s.name != "" {
		schemas[s.name] = mustWrite((*plainSchema)(s))
	}
	if s.Items != nil {
		s.Items.addNamed(schemas)
	}
}

// nameSchema is the schema of a name.
var nameSchema = &schema{Type: "string", MinLength: 1, MaxLength: maxName}

// listedSchema is the schema of a name in a list that is separated by commas.
var listedSchema = &schema{Type: "string", MinLength: 1, MaxLength: maxName, Pattern: "^[^,]+$"}

// choices returns the values that are allowed where there are few.
func (s *schema) choices() []string {
	if s.Items != nil {
		return s.Items.Enum
	}
	return s.Enum
}

// pathParameters are the parameters of paths, by their names in the patterns of routes.
var pathParameters = map[string]struct{ description, example string }{
	"component": {"Name of the component, percent-encoded", "vehicle:22:790"},
	"metric":    {"Name of the metric, percent-encoded", "deviation"},
	"dataset":   {"Name of the dataset", "oslo_bysykkel_gbfs"},
}

// openAPIParameter is a parameter as the OpenAPI document describes it.
type openAPIParameter struct {
	Name        string  `json:"name"`
	In          string  `json:"in"`
	Required    bool    `json:"required,omitempty"`
	Description string  `json:"description"`
	Style       string  `json:"style,omitempty"`
	Explode     *bool   `json:"explode,omitempty"`
	Schema      *schema `json:"schema"`
	Example     any     `json:"example,omitempty"`

	called string // where several have one name
}

// key is the name of p among the components of the document. It is that of no schema: generators make a type of
// each, whatever the letter case.
func (p *openAPIParameter) key() string {
	switch p.In {
	case "path":
		return p.Name + "Path"
	case "header":
		return p.Name + "Header"
	}
	return p.Name + p.called + "Query"
}

// ifNoneMatch is the header by which a GET is conditional.
var ifNoneMatch = openAPIParameter{
	Name: "If-None-Match", In: "header",
	Description: "The ETag of an earlier answer. While nothing has changed, the answer is 304.",
	Schema:      &schema{Type: "string"}, Example: `"Yb3Zkc0rXCHX1FvJ1bR0Wg"`,
}

// openAPIParameters returns the parameters of t: those of its path, its query string and its header.
func (t *route) openAPIParameters() []openAPIParameter {
	var all []openAPIParameter
	for _, s := range t.segments {
		if name, ok := nameIn(s); ok {
			p := pathParameters[name]
			all = append(all, openAPIParameter{Name: name, In: "path", Required: true, Description: p.description,
				Schema: nameSchema, Example: p.example})
		}
	}
	for _, q := range t.parameters {
		p := openAPIParameter{
			Name: q.name, In: "query", Description: q.description, Schema: q.schema, Example: q.example, called: q.called,
		}
		if q.schema.Type == "array" {
			p.Style, p.Explode = "form", new(bool) // separated by commas
		}
		all = append(all, p)
	}
	if t.method == http.MethodGet {
		all = append(all, ifNoneMatch)
	}
	return all
}
