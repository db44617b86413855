package operate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// document is the OpenAPI document as a twin serves it.
func document(t *testing.T, r *rig) map[string]any {
	t.Helper()
	w := httptest.NewRecorder()
	api.New(api.Config{Reader: r.store, Operations: true,
		OAuth: &api.OAuth{TokenURL: "https://login.example.com/token", Scope: "twin/read"}}).
		ServeHTTP(w, httptest.NewRequest("GET", "/v1/openapi.json", nil))
	var d map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// at goes down from a node of a document.
func at(v any, names ...string) any {
	for _, name := range names {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// Ensure that the OpenAPI document has exactly what is served: the calls, their parameters and the members of each
// answer; that each status and kind of problem happens; and that a call needs the scope of operators.
func TestOpenAPI(t *testing.T) {
	r := newRig(t)
	d := document(t, r)
	text, _ := json.Marshal(d)
	statuses, kinds := map[string]bool{}, map[string]bool{}
	call := func(method, pattern, path, body string) answer {
		a := r.as(nil, method, path, body)
		statuses[fmt.Sprint(method, " ", pattern, " ", a.status)] = true
		if kind, ok := a.body["type"].(string); ok && a.status >= 400 {
			kinds[strings.TrimPrefix(kind, "urn:digital-twin:problem:")] = true
		}
		return a
	}
	const runs, run, list, one = operate.Path, operate.Path + "/{run}", operate.Path + "/rejects",
		operate.Path + "/rejects/{reject}"
	r.keep(reject(1, record(1, "x", 1), twin.Unreadable, "speed"))
	id := call("POST", runs, runs, `{"kind":"replay","dataset":"boxes"}`).body["id"].(string)
	r.finish(id)
	example := at(call("GET", list, list, "").body["groups"].([]any)[0], "example").(string)
	if shown := at(call("GET", list, list+"?records=1", "").body["records"].([]any)[0], "id"); shown != example {
		t.Errorf("the first reject is %v, want %s", shown, example)
	}
	for _, c := range [][4]string{
		{"POST", runs, runs, `{}`}, {"POST", runs, runs, `{"kind":"pause","dataset":"x"}`},
		{"POST", runs, runs, strings.Repeat(" ", 2<<20)}, {"GET", runs, runs, ""}, {"GET", runs, runs + "?x=1", ""},
		{"GET", run, operate.Path + "/" + id, ""}, {"GET", run, operate.Path + "/x", ""},
		{"GET", run, operate.Path + "/x?x=1", ""}, {"DELETE", run, operate.Path + "/" + id, ""},
		{"DELETE", run, operate.Path + "/x", ""}, {"DELETE", run, operate.Path + "/x?x=1", ""},
		{"GET", list, list + "?x=1", ""}, {"GET", list, list + "?from=1", ""}, {"GET", list, list + "?dataset=x", ""},
		{"GET", one, list + "/" + example, ""}, {"GET", one, list + "/x", ""}, {"GET", one, list + "/x?x=1", ""},
		{"POST", runs, runs, `{"kind":"replay","dataset":"boxes","dryRun":false}`},
		{"POST", runs, runs, `{"kind":"replay","dataset":"boxes","dryRun":false}`},
	} {
		call(c[0], c[1], c[2], c[3])
	}
	statuses["POST "+runs+" 415"] = true // the rig sends no type; see TestContentType
	kinds["unsupported-media-type"] = true
	for _, c := range [][3]string{{"POST", runs, runs}, {"GET", runs, runs}, {"GET", run, runs + "/" + id},
		{"DELETE", run, runs + "/" + id}, {"GET", list, list}, {"GET", one, list + "/" + example}} {
		body := `{"kind":"replay","dataset":"boxes"}`
		service := r.service
		broken := r.config
		broken.Store = nil // panics
		r.service = operate.New(broken)
		call(c[0], c[1], c[2], body)
		throttled := r.config
		throttled.Store = throttledStore{r.store}
		r.service = operate.New(throttled)
		call(c[0], c[1], c[2], body)
		throttled.Anonymous = false
		r.service = operate.New(throttled)
		call(c[0], c[1], c[2], body)
		r.service = service
	}
	described := map[string]bool{}
	for path, methods := range at(d, "paths").(map[string]any) {
		if !strings.HasPrefix(path, operate.Path) {
			continue
		}
		for method, operation := range methods.(map[string]any) {
			for status := range at(operation, "responses").(map[string]any) {
				described[strings.ToUpper(method)+" "+path+" "+status] = true
			}
			if security, _ := json.Marshal(at(operation, "security")); string(security) != `[{"oauth2":["twin/operate"]}]` {
				t.Errorf("%s %s: security %s", method, path, security)
			}
		}
	}
	if got, want := slices.Sorted(maps.Keys(statuses)), slices.Sorted(maps.Keys(described)); !slices.Equal(got, want) {
		t.Errorf("there were %q\ndescribed are %q", got, want)
	}
	for kind := range kinds {
		if kind != "internal-error" && kind != "store-unavailable" && kind != "body-too-large" &&
			kind != "unsupported-media-type" && !regexp.MustCompile(`\b`+kind+`\b`).Match(text) {
			t.Errorf("the document does not tell of %s", kind)
		}
	}
	for name, v := range map[string]any{"Run": operate.Run{}, "RunCounts": operate.Counts{},
		"RunRequest": operate.Request{}, "RejectGroup": operate.Group{}, "RejectPage": operate.Listing{},
		"RejectEntry": operate.Entry{}, "Reject": operate.Shown{}, "RejectProblem": operate.ShownProblem{}} {
		got := slices.Sorted(maps.Keys(at(d, "components", "schemas", name, "properties").(map[string]any)))
		want := members(reflect.TypeOf(v))
		if name == "Run" {
			want = slices.DeleteFunc(want, func(m string) bool { return m == "sql" || m == "checkpoint" || m == "version" })
		}
		if slices.Sort(want); !slices.Equal(got, want) {
			t.Errorf("%s has %q, want %q", name, got, want)
		}
	}
	for _, ref := range regexp.MustCompile(`"#/components/([^"]+)"`).FindAllStringSubmatch(string(text), -1) {
		if at(d, append([]string{"components"}, strings.Split(ref[1], "/")...)...) == nil {
			t.Errorf("there is no %s", ref[1])
		}
	}
}

// members are the members of a type as JSON.
func members(t reflect.Type) (names []string) {
	for f := range t.Fields() {
		if f.Anonymous {
			names = append(names, members(f.Type)...)
			continue
		}
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// throttledStore is one whose catalogue cannot be read.
type throttledStore struct{ operate.Store }

func (throttledStore) Datasets(context.Context) ([]twin.Dataset, error) {
	return nil, errors.New("ProvisionedThroughputExceededException")
}

// Ensure that only JSON is read.
func TestContentType(t *testing.T) {
	r := newRig(t)
	for contentType, want := range map[string]int{"": 202, "application/json": 202, "application/json; charset=utf-8": 202,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, ";": 415} {
		request := httptest.NewRequest("POST", operate.Path, strings.NewReader(`{"kind":"replay","dataset":"boxes"}`))
		if contentType != "" {
			request.Header.Set("Content-Type", contentType)
		}
		w := httptest.NewRecorder()
		operate.Handler(r.service).ServeHTTP(w, request)
		if w.Code != want {
			t.Errorf("%q: %d %s", contentType, w.Code, w.Body)
		}
	}
}
