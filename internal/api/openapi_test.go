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
)

// operations calls f for each operation of the document.
func operations(f func(path, method string, operation map[string]any)) {
	paths := walk(document(), "paths")
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		for method := range walk(paths, path) {
			f(path, strings.ToUpper(method), walk(paths, path, method))
		}
	}
}

// Ensure that the document has the paths, methods and parameters that the handler has, and no others.
func TestOpenAPIHasTheRoutes(t *testing.T) {
	var got, want []string
	operations(func(path, method string, operation map[string]any) {
		parameters, _ := operation["parameters"].([]any)
		for _, p := range parameters {
			parameter, _ := resolve(p)
			got = append(got, fmt.Sprint(method, " ", path, " ", parameter["in"], " ", parameter["name"]))
			if required := parameter["required"] == true; required != (parameter["in"] == "path") {
				t.Errorf("%s: %s: required is %v", path, parameter["name"], required)
			}
		}
		got = append(got, method+" "+path)
	})
	for _, r := range routes {
		want = append(want, r.method+" "+r.pattern)
		for _, p := range r.parameters {
			want = append(want, r.method+" "+r.pattern+" query "+p)
		}
		for _, s := range r.segments {
			if s[0] == '{' {
				want = append(want, r.method+" "+r.pattern+" path "+s[1:len(s)-1])
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the document has\n%s\nthe handler has\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Ensure that the limits in the document are those of the handler.
func TestOpenAPIHasTheLimits(t *testing.T) {
	for _, test := range []struct {
		want any
		path []string
		name string
	}{
		{defaultLimit, []string{"components", "parameters", "limit", "schema"}, "default"},
		{maxLimit, []string{"components", "parameters", "limit", "schema"}, "maximum"},
		{maxLimit, []string{"components", "schemas", "ReadingPage", "properties", "readings"}, "maxItems"},
		{maxLimit, []string{"components", "schemas", "ComponentPage", "properties", "components"}, "maxItems"},
		{maxCells, []string{"components", "schemas", "Matrix", "properties", "cells"}, "maxItems"},
		{maxName, []string{"components", "parameters", "component", "schema"}, "maxLength"},
	} {
		if got := walk(document(), test.path...)[test.name]; fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%v: %s is %v, want %v", test.path, test.name, got, test.want)
		}
	}
}

// Ensure that each operation gives each status that is described for it, and each kind of problem is given by
// something. (That no answer is other than described, do checks in every test.)
func TestOpenAPIStatusesHappen(t *testing.T) {
	failing := sample()
	failing.err = errors.New("throttled")
	good := newHandler(Config{Reader: sample()})
	bad := newHandler(Config{Reader: failing})
	broken := newHandler(Config{Reader: sample(), Access: func(context.Context) Access { panic("broken") }})

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
		path := strings.NewReplacer("{component}", "vehicle:22:790", "{metric}", "speed", "{dataset}", "wayside").Replace(r.pattern)
		absent := strings.NewReplacer("{component}", "no", "{metric}", "no", "{dataset}", "no").Replace(r.pattern)
		if absent == r.pattern && slices.Contains(r.parameters, "dataset") {
			absent += "?dataset=no"
		}
		tag := try(good, r.method, path, selection).Header().Get("ETag")
		try(good, r.method, path, selection, "If-None-Match", tag)
		try(good, r.method, path+"?no=1", selection)
		try(good, r.method, path+"?"+strings.Repeat("x", maxURI+1), selection)
		try(good, r.method, absent, selection)
		try(bad, r.method, path, selection)
		try(broken, r.method, path, selection)
	}
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

	operations(func(path, method string, operation map[string]any) {
		for status := range walk(operation, "responses") {
			if !happened[method+" "+path+" "+status] {
				t.Errorf("%s %s never gives %s", method, path, status)
			}
		}
	})
	for _, kind := range walk(document(), "components", "schemas", "Problem", "properties", "type")["enum"].([]any) {
		if !kinds[kind.(string)] {
			t.Errorf("nothing gives %s", kind)
		}
	}
	for _, status := range []string{"401", "403", "405", "429"} { // of no operation, so they stand in the text
		if !strings.Contains(walk(document(), "info")["description"].(string), status) {
			t.Errorf("the description does not tell of %s", status)
		}
	}
}

// Ensure that each example in the document is right by its schema, that each object has no member without
// description, and that nothing is defined that is not used.
func TestOpenAPIIsConsistent(t *testing.T) {
	used := map[string]bool{}
	examples := 0
	var visit func(v any, where string)
	visit = func(v any, where string) {
		switch v := v.(type) {
		case []any:
			for i, item := range v {
				visit(item, fmt.Sprintf("%s/%d", where, i))
			}
		case map[string]any:
			if ref, ok := v["$ref"].(string); ok {
				used[ref] = true
				if m, _ := resolve(v); m == nil {
					t.Errorf("%s: there is no %s", where, ref)
				}
			}
			if schema, ok := v["schema"]; ok {
				values := map[string]any{}
				if example, ok := v["example"]; ok {
					values["example"] = example
				}
				for name := range walk(v, "examples") {
					values[name] = walk(v, "examples", name)["value"]
				}
				for name, value := range values {
					examples++
					if err := valid(schema, value, where+" "+name); err != nil {
						t.Error(err)
					}
				}
			}
			for name, member := range v {
				if name != "example" && name != "examples" {
					visit(member, where+"/"+name)
				}
			}
		}
	}
	visit(document(), "")
	if examples < 20 {
		t.Errorf("%d examples", examples)
	}
	for kind, definitions := range walk(document(), "components") {
		for name := range definitions.(map[string]any) {
			if ref := "#/components/" + kind + "/" + name; !used[ref] {
				t.Errorf("%s is not used", ref)
			}
		}
	}
}

// Ensure that the served document is the file, plus the server and the security of this API where it has them.
func TestOpenAPIServed(t *testing.T) {
	served := func(c Config) map[string]any {
		c.Reader = sample()
		return decode(get(t, newHandler(c), "/v1/openapi.json").Body.Bytes()).(map[string]any)
	}
	if !reflect.DeepEqual(served(Config{}), document()) {
		t.Error("the served document is not the file")
	}
	cloud := served(Config{
		Base:  func(*http.Request) string { return "https://api.example.com/prod" },
		OAuth: &OAuth{TokenURL: "https://login.example.com/oauth2/token", Scope: "twin/read"},
	})
	got, _ := json.Marshal([]any{cloud["servers"], cloud["security"], walk(cloud, "components", "securitySchemes", "oauth2")["flows"]})
	const want = `[[{"url":"https://api.example.com/prod"}],[{"oauth2":["twin/read"]}],` +
		`{"clientCredentials":{"scopes":{"twin/read":"Read the twin"},"tokenUrl":"https://login.example.com/oauth2/token"}}]`
	if string(got) != want {
		t.Errorf("got %s", got)
	}
	if security, _ := walk(cloud, "paths", "/v1/health", "get")["security"].([]any); security == nil || len(security) > 0 {
		t.Errorf("health is not public")
	}
	if !reflect.DeepEqual(cloud["paths"], document()["paths"]) {
		t.Error("the paths differ")
	}
}
