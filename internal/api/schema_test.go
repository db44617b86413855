package api

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// decode returns a JSON text as any, with numbers as they stand; nil if it is not one.
func decode(b []byte) any {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	return v
}

// document is the OpenAPI document, with the operations, and without servers and security.
var document = sync.OnceValue(func() node {
	b, err := json.Marshal(withOperations(readOpenAPI(routes)))
	if err != nil {
		panic(err)
	}
	return node{value: decode(b).(map[string]any)}
})

// node is an object of the document. One that is not there has no value.
type node struct {
	value   map[string]any
	pointer string // a JSON pointer
}

// at goes down from n, and follows references.
func (n node) at(names ...string) node {
	for _, name := range names {
		n.value, _ = n.value[name].(map[string]any)
		n.pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
		if ref, ok := n.value["$ref"].(string); ok {
			n = document().at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		}
	}
	return n
}

// compiler compiles the schemas of the document. In them an object has no members but those that are described:
// the document does not say so, because a client must bear new ones.
var compiler = sync.OnceValue(func() *jsonschema.Compiler {
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	b, err := json.Marshal(document().value)
	if err != nil {
		panic(err)
	}
	strict := decode(b)
	close(strict)
	if err := c.AddResource(documentURL, strict); err != nil {
		panic(err)
	}
	return c
})

// close forbids members that are not described.
func close(v any) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			close(item)
		}
	case map[string]any:
		if v["type"] == "object" && v["properties"] != nil && v["additionalProperties"] == nil {
			v["additionalProperties"] = false
		}
		for _, member := range v {
			close(member)
		}
	}
}

// documentURL is the URL that schemas are compiled under.
const documentURL = "https://twin.example.com/v1/openapi.json"

var compiled sync.Map // of *jsonschema.Schema, by pointer

// valid checks v against the schema in n.
func (n node) valid(v any) error {
	schema := n.at("schema")
	if schema.value == nil {
		return fmt.Errorf("%s has no schema", n.pointer)
	}
	s, ok := compiled.Load(schema.pointer)
	if !ok {
		made, err := compiler().Compile(documentURL + "#" + schema.pointer)
		if err != nil {
			return err
		}
		s, _ = compiled.LoadOrStore(schema.pointer, made)
	}
	return s.(*jsonschema.Schema).Validate(v)
}

// described returns what is wrong with the answer w to r, held against the document: its status, its headers
// and its body.
func described(r *http.Request, w *httptest.ResponseRecorder) error {
	if got := w.Header().Get("Content-Length"); w.Code != 304 && r.Method != http.MethodHead &&
		got != fmt.Sprint(w.Body.Len()) {
		return fmt.Errorf("Content-Length %s of a body of %d bytes", got, w.Body.Len())
	}
	if (w.Code == 304 || r.Method == http.MethodHead) && w.Body.Len() > 0 {
		return fmt.Errorf("a body where none may be: %s", w.Body)
	}
	route, _, err := find(r)
	if err != nil || w.Code == http.StatusMethodNotAllowed { // not an operation
		if w.Code < 400 {
			return fmt.Errorf("%d at an unknown path", w.Code)
		}
		return checkBody(r, w, document().at("components", "responses", "NotFound"))
	}
	response := document().at("paths", route.pattern, strings.ToLower(route.method), "responses", fmt.Sprint(w.Code))
	if response.value == nil {
		return fmt.Errorf("%d is not described: %s", w.Code, w.Body)
	}
	headers := response.at("headers")
	for name := range headers.value {
		value := w.Header().Get(name)
		if value == "" {
			if name == "Link" {
				continue
			}
			return fmt.Errorf("no %s with %d", name, w.Code)
		}
		if err := headers.at(name).valid(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for name := range w.Header() {
		known := slices.Contains(undescribed, name)
		for h := range headers.value {
			known = known || strings.EqualFold(h, name)
		}
		if !known {
			return fmt.Errorf("the header %s is not described", name)
		}
	}
	return checkBody(r, w, response)
}

// checkCSV reads a body as CSV with the same number of fields in each record.
func checkCSV(body string) error {
	records, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err == nil && (len(records) == 0 || records[0][0] != "component" || !strings.HasSuffix(body, "\r\n")) {
		err = fmt.Errorf("no CSV with a header: %.200q", body)
	}
	return err
}

// checkLines reads a body as a JSON text a line: readings, components, and how to go on.
func checkLines(body string) error {
	for line := range strings.Lines(body) {
		m, _ := decode([]byte(line)).(map[string]any)
		switch {
		case m == nil || !strings.HasSuffix(line, "\n"):
			return fmt.Errorf("no line of JSON: %.200q", line)
		case m["metric"] != nil:
			if err := document().at("paths", "/v1/components/{component}/metrics/{metric}", "get", "responses", "200", "content",
				"application/json").valid(m); err != nil {
				return err
			}
		case m["component"] == nil && (m["next"] == nil || m["cursor"] == nil || !strings.HasSuffix(body, line)):
			return fmt.Errorf("a line that is nothing: %s", line)
		}
	}
	return nil
}

// undescribed are headers that say nothing special about an answer.
var undescribed = []string{"Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options", "Vary"}

func checkBody(r *http.Request, w *httptest.ResponseRecorder, response node) error {
	content := response.at("content")
	if content.value == nil || r.Method == http.MethodHead {
		return nil
	}
	media, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";")
	mediaType := content.at(media)
	if mediaType.value == nil {
		return fmt.Errorf("a body of type %s", w.Header().Get("Content-Type"))
	}
	switch media {
	case "text/csv":
		return checkCSV(w.Body.String())
	case "application/x-ndjson":
		return checkLines(w.Body.String())
	}
	if !utf8.Valid(w.Body.Bytes()) || !json.Valid(w.Body.Bytes()) {
		return fmt.Errorf("the body is not JSON: %.200s", w.Body)
	}
	body := decode(w.Body.Bytes())
	if w.Code >= 400 {
		for _, member := range []string{"type", "title", "status", "detail", "instance"} {
			if body.(map[string]any)[member] == nil {
				return fmt.Errorf("a problem without %s", member)
			}
		}
	}
	return mediaType.valid(body)
}

// Ensure that the document is OpenAPI 3.1 by the schema that the OpenAPI Initiative publishes
// (https://spec.openapis.org/oas/3.1/schema/2022-10-07, Apache-2.0), and that all its schemas are JSON Schema.
func TestOpenAPIIsValid(t *testing.T) {
	text, err := os.ReadFile("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("3.1.json", decode(text)); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("3.1.json")
	if err != nil {
		t.Fatal(err)
	}
	var served any
	for _, oauth := range []*OAuth{login, {Issuer: "https://login.example.com/fleet/", Scope: "twin/read"}} {
		text := get(t, newHandler(Config{Reader: sample(), OAuth: oauth, Operations: true}), "/v1/openapi.json").Body.Bytes()
		served = decode(text)
		if err := schema.Validate(served); err != nil {
			t.Error(err)
		}
		const discovery = `"openIdConnectUrl":"https://login.example.com/fleet/.well-known/openid-configuration"`
		if strings.Contains(string(text), discovery) != (oauth.TokenURL == "") {
			t.Errorf("where clients get tokens: %s", text)
		}
	}
	for name := range document().at("components", "schemas").value {
		if _, err := compiler().Compile(documentURL + "#/components/schemas/" + name); err != nil {
			t.Error(err)
		}
	}
	delete(served.(map[string]any), "info")
	if schema.Validate(served) == nil {
		t.Error("a document without info is valid")
	}
}
