package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
)

// operations calls f for each operation of the document but those of package operate, whose tests hold them.
func operations(f func(path, method string, operation node)) {
	paths := document().at("paths")
	for _, path := range slices.Sorted(maps.Keys(paths.value)) {
		if strings.HasPrefix(path, operationsPath) {
			continue
		}
		for method := range paths.at(path).value {
			f(path, strings.ToUpper(method), paths.at(path, method))
		}
	}
}

// Ensure that the document has the calls that the handler has, and no others, and that each has a name of its own.
func TestOpenAPIHasTheRoutes(t *testing.T) {
	var got, want []string
	ids := map[any]bool{}
	operations(func(path, method string, operation node) {
		got = append(got, method+" "+path)
		ids[operation.value["operationId"]] = true
	})
	for _, r := range routes {
		want = append(want, r.method+" "+r.pattern)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the document has\n%s\nthe handler has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(ids) != len(routes) {
		t.Errorf("%d names of %d operations", len(ids), len(routes))
	}
}

// Ensure that the document is one that generators turn into types: no two of them have one name, in whatever letter
// case, no string but a header has a pattern, and what may be null is so by its type.
func TestOpenAPIIsForGenerators(t *testing.T) {
	names := map[string]bool{}
	for _, kind := range []string{"schemas", "parameters", "responses"} {
		for name := range document().at("components", kind).value {
			if key := strings.ToLower(name); names[key] {
				t.Errorf("two things are called %s", name)
			} else {
				names[key] = true
			}
		}
	}
	schemas, err := json.Marshal(document().at("components", "schemas").value)
	if err != nil {
		t.Fatal(err)
	}
	for _, keyword := range []string{`"pattern"`, `"oneOf"`, `"anyOf"`, `"const"`} {
		if strings.Contains(string(schemas), keyword) {
			t.Errorf("a schema has %s", keyword)
		}
	}
}

// Ensure that the limits in the document are those of the handler.
func TestOpenAPIHasTheLimits(t *testing.T) {
	for _, test := range []struct {
		want   int
		schema string
		list   string
	}{
		{maxLimit, "ReadingPage", "readings"},
		{maxLimit, "ComponentPage", "components"},
		{maxCells, "Matrix", "cells"},
	} {
		if got := document().at("components", "schemas", test.schema, "properties",
			test.list).value["maxItems"]; fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: maxItems is %v, want %v", test.schema, got, test.want)
		}
	}
}

// Ensure that each operation gives each status that is described for it, and each kind of problem is given by
// something. (That no answer is other than described, do checks in every test.)
func TestOpenAPIStatusesHappen(t *testing.T) {
	failing := sample()
	failing.err = errors.New("throttled")
	good := newHandler(Config{Reader: sample(), OAuth: login})
	open := newHandler(Config{Reader: sample()})
	bad := newHandler(Config{Reader: failing})
	broken := newHandler(Config{Reader: &fake{panics: true}})
	closed := newHandler(Config{Reader: sample(), Authenticated: true})

	happened := map[string]bool{}
	kinds := map[string]bool{}
	try := func(h http.Handler, method, target, body string, headers ...string) *httptest.ResponseRecorder {
		w := do(t, h, method, target, body, headers...)
		if r, _, err := find(httptest.NewRequest(method, target, nil)); err == nil && r.method == method {
			happened[fmt.Sprint(method, " ", r.pattern, " ", w.Code)] = true
		}
		if m, ok := decode(w.Body.Bytes()).(map[string]any); ok && w.Code >= 400 {
			kinds[m["type"].(string)] = true
		}
		return w
	}
	const selection = `{"components":["vehicle:22:790"],"metrics":["speed"]}`
	for _, r := range routes {
		path := strings.NewReplacer("{component}", "vehicle:22:790", "{metric}", "speed", "{dataset}",
			"wayside").Replace(r.pattern)
		absent := strings.NewReplacer("{component}", "no", "{metric}", "no", "{dataset}", "no").Replace(r.pattern)
		if absent == r.pattern && slices.Contains(r.accepted, "dataset") {
			absent += "?dataset=no"
		}
		tag := try(good, r.method, path, selection).Header().Get("ETag")
		try(good, r.method, path, selection, "If-None-Match", tag)
		try(good, r.method, path+"?no=1", selection)
		try(good, r.method, path, selection, "Accept", "image/png")
		try(good, r.method, path+"?"+strings.Repeat("x", maxURI+1), selection)
		try(good, r.method, absent, selection)
		try(open, r.method, path, selection)
		try(bad, r.method, path, selection)
		try(broken, r.method, path, selection)
		try(closed, r.method, path, selection)
		try(as(access.Caller{Scopes: []string{access.ScopeOperate}}, closed), r.method, path, selection)
	}
	try(restricted(t, endless{sample()}, `{"datasets": "*", "metrics": "x"}`), "GET", "/v1/components", "")
	try(good, "POST", "/v1/readings:query", strings.Repeat(" ", maxRequest+1))
	try(good, "POST", "/v1/readings:query", selection, "Content-Type", "text/plain")
	try(good, "POST", "/v1/readings:query", "")
	try(good, "GET", "/", "")
	try(good, "PUT", "/v1/components", "")
	try(good, "GET", "/v1/components?limit=x", "")
	try(good, "GET", "/v1/components?cursor=x", "")
	try(good, "GET", "/v1/components/%FF", "")
	try(good, "GET", "/v1/components/vehicle:22:790/metrics/no", "")
	big := sample()
	big.readings[0].Value = `"` + strings.Repeat("x", maxBody) + `"`
	try(newHandler(Config{Reader: big}), "GET", "/v1/components/vehicle:22:790?metrics=speed", "")
	big.readings = big.readings[:1]
	try(newHandler(Config{Reader: big}), "GET", "/v1/components/vehicle:22:790?metrics=speed", "")

	try(newHandler(Config{Reader: sample(), Health: func(context.Context) error { return errors.New("no space left") }}),
		"GET", "/v1/health", "")

	try(New(Config{Reader: sample()}), "GET", changesPath, "")
	try(good, "GET", changesPath, "", "If-None-Match", "*")
	try(as(machine("m"), newHandler(Config{Reader: sample(),
		Changes: Changes{Seats: &seats.Seats{Book: &seats.Memory{}}}})), "GET", changesPath+"?wait=1", "")
	try(unflushed{good}, "GET", changesPath, "", "Accept", feed.ContentType)
	try(New(Config{Reader: sample()}), "GET", "/v1/activity", "")
	try(newHandler(Config{Reader: sample(), Inside: told{errors.New("throttled")}}), "GET", "/v1/activity", "")

	operations(func(path, method string, operation node) {
		for status := range operation.at("responses").value {
			if !happened[method+" "+path+" "+status] {
				t.Errorf("%s %s never gives %s", method, path, status)
			}
		}
	})
	for _, kind := range document().at("components", "schemas", "Problem", "properties",
		"type").value["x-extensible-enum"].([]any) {
		if !kinds[kind.(string)] {
			t.Errorf("nothing gives %s", kind)
		}
	}
	for _, status := range []string{"401", "403", "405", "429"} { // of no operation, so they stand in the text
		if !strings.Contains(document().at("info").value["description"].(string), status) {
			t.Errorf("the description does not tell of %s", status)
		}
	}
}

// unflushed is a handler behind what cannot stream.
type unflushed struct{ http.Handler }

func (u unflushed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.Handler.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
}

// Ensure that each example in the document is valid by its schema, and that nothing is defined that is not used.
func TestOpenAPIIsConsistent(t *testing.T) {
	used := map[string]bool{}
	examples := 0
	var visit func(n node)
	visit = func(n node) {
		values := map[string]any{}
		if example, ok := n.value["example"]; ok && n.value["schema"] != nil {
			values["example"] = example
		}
		for name := range n.at("examples").value {
			if n.value["schema"] == nil {
				continue // the examples that others refer to
			}
			values[name] = n.at("examples", name).value["value"]
		}
		for name, value := range values {
			examples++
			if err := n.valid(value); err != nil {
				t.Errorf("%s: %s: %v", n.pointer, name, err)
			}
		}
		for name, member := range n.value {
			if m, ok := member.(map[string]any); ok && name != "example" && name != "examples" {
				if m["$ref"] == nil {
					visit(n.at(name))
				}
			}
			for _, ref := range references(member) {
				used[ref] = true
				if document().at(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...).value == nil {
					t.Errorf("%s: there is no %s", n.pointer, ref)
				}
			}
		}
	}
	visit(document())
	if examples < 20 {
		t.Errorf("%d examples", examples)
	}
	for kind, definitions := range document().at("components").value {
		for name := range definitions.(map[string]any) {
			if ref := "#/components/" + kind + "/" + name; !used[ref] {
				t.Errorf("%s is not used", ref)
			}
		}
	}
}

// references returns what v refers to.
func references(v any) (all []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			all = append(all, references(item)...)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			all = append(all, ref)
		}
		for _, member := range v {
			all = append(all, references(member)...)
		}
	}
	return all
}

// Ensure that the served document has the server and the security of this API, and that the rest is the same
// everywhere.
func TestOpenAPIServed(t *testing.T) {
	served := func(c Config) map[string]any {
		c.Reader = sample()
		return decode(get(t, newHandler(c), "/v1/openapi.json").Body.Bytes()).(map[string]any)
	}
	local := served(Config{Operations: true})
	if got, _ := json.Marshal(local["servers"]); string(got) != `[{"url":"http://example.com"}]` {
		t.Errorf("the servers are %s", got)
	}
	delete(local, "servers")
	if !reflect.DeepEqual(local, document().value) {
		t.Error("the served document is another one")
	}
	cloud := served(Config{
		Base:  func(*http.Request) string { return "https://api.example.com/prod" },
		OAuth: login,
	})
	flows := node{value: cloud}.at("components", "securitySchemes", "oauth2").value["flows"]
	got, _ := json.Marshal([]any{cloud["servers"], cloud["security"], flows})
	const want = `[[{"url":"https://api.example.com/prod"}],[{"oauth2":["twin/read"]}],` +
		`{"clientCredentials":{"scopes":{"twin/read":"Read the twin"},"tokenUrl":"https://login.example.com/oauth2/token"}}]`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
	for _, path := range []string{"/v1/health", "/v1", MetadataPath} {
		if security, _ := (node{value: cloud}).at("paths", path, "get").value["security"].([]any); security == nil ||
			len(security) > 0 {
			t.Errorf("%s is not public", path)
		}
	}
	if !reflect.DeepEqual(cloud["paths"], served(Config{})["paths"]) {
		t.Error("the paths differ")
	}
}
