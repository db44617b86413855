package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// decode returns a JSON text as any, with numbers as they stand; nil if it is not one.
func decode(b []byte) any {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil || d.More() {
		return nil
	}
	return v
}

// document is openapi.json.
var document = sync.OnceValue(func() map[string]any { return decode(openAPIFile).(map[string]any) })

// walk goes down an object of the document and follows references.
func walk(v any, path ...string) map[string]any {
	m, _ := resolve(v)
	for _, name := range path {
		m, _ = resolve(m[name])
	}
	return m
}

func resolve(v any) (map[string]any, bool) {
	m, ok := v.(map[string]any)
	if ref, is := m["$ref"].(string); is {
		return walk(document(), strings.Split(strings.TrimPrefix(ref, "#/"), "/")...), true
	}
	return m, ok
}

// described returns what is wrong with the answer w to r, held against the document: its status, its headers
// and its body.
func described(r *http.Request, w *httptest.ResponseRecorder) error {
	if got := w.Header().Get("Content-Length"); w.Code != 304 && r.Method != http.MethodHead && got != fmt.Sprint(w.Body.Len()) {
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
		return checkBody(r, w, walk(document(), "components", "responses", "NotFound"))
	}
	operation := walk(document(), "paths", route.pattern, strings.ToLower(route.method))
	response := walk(operation, "responses", fmt.Sprint(w.Code))
	if response == nil {
		return fmt.Errorf("%d is not described: %s", w.Code, w.Body)
	}
	headers := walk(response, "headers")
	for name := range headers {
		header := walk(headers, name)
		value := w.Header().Get(name)
		if value == "" {
			if name == "Link" {
				continue
			}
			return fmt.Errorf("no %s with %d", name, w.Code)
		}
		if err := valid(header["schema"], value, name); err != nil {
			return err
		}
	}
	for name := range w.Header() {
		known := slices.Contains(undescribed, name)
		for h := range headers {
			known = known || strings.EqualFold(h, name)
		}
		if !known {
			return fmt.Errorf("the header %s is not described", name)
		}
	}
	return checkBody(r, w, response)
}

// undescribed are headers that say nothing that is special to an answer.
var undescribed = []string{"Content-Type", "Content-Length", "Cache-Control", "X-Content-Type-Options"}

func checkBody(r *http.Request, w *httptest.ResponseRecorder, response map[string]any) error {
	content := walk(response, "content")
	if content == nil || r.Method == http.MethodHead {
		return nil
	}
	mediaType := walk(content, w.Header().Get("Content-Type"))
	if mediaType == nil {
		return fmt.Errorf("a body of type %s", w.Header().Get("Content-Type"))
	}
	if !utf8.Valid(w.Body.Bytes()) || !json.Valid(w.Body.Bytes()) {
		return fmt.Errorf("the body is not JSON: %.200s", w.Body)
	}
	return valid(mediaType["schema"], decode(w.Body.Bytes()), "body")
}

// valid checks v against a schema. It knows the keywords that openapi.json uses, and fails on any other.
func valid(schema, v any, where string) error {
	s, _ := resolve(schema)
	if s == nil {
		return fmt.Errorf("%s: no schema", where)
	}
	for keyword, want := range s {
		if err := validKeyword(s, keyword, want, v, where); err != nil {
			return err
		}
	}
	return nil
}

func validKeyword(s map[string]any, keyword string, want, v any, where string) error {
	fail := func() error {
		text, _ := json.Marshal(v)
		return fmt.Errorf("%s: %s is not %s %v", where, clip(string(text)), keyword, want)
	}
	switch keyword {
	case "description", "default", "example":
	case "type":
		types, ok := want.([]any)
		if !ok {
			types = []any{want}
		}
		if !slices.ContainsFunc(types, func(t any) bool { return isType(v, t.(string)) }) {
			return fail()
		}
	case "const":
		if !reflect.DeepEqual(v, want) {
			return fail()
		}
	case "enum":
		if !slices.Contains(want.([]any), v) {
			return fail()
		}
	case "oneOf":
		n := 0
		var errs []string
		for _, one := range want.([]any) {
			if err := valid(one, v, where); err != nil {
				errs = append(errs, err.Error())
			} else {
				n++
			}
		}
		if n != 1 {
			return fmt.Errorf("%s: %d of oneOf hold: %v", where, n, errs)
		}
	case "pattern", "format", "minLength", "maxLength":
		if text, ok := v.(string); ok && !validText(keyword, want, text) {
			return fail()
		}
	case "minimum", "maximum", "exclusiveMinimum":
		if n, ok := v.(json.Number); ok {
			c := rational(n).Cmp(rational(want.(json.Number)))
			if keyword == "minimum" && c < 0 || keyword == "maximum" && c > 0 || keyword == "exclusiveMinimum" && c <= 0 {
				return fail()
			}
		}
	case "minItems", "maxItems":
		if list, ok := v.([]any); ok {
			c := rational(json.Number(fmt.Sprint(len(list)))).Cmp(rational(want.(json.Number)))
			if keyword == "minItems" && c < 0 || keyword == "maxItems" && c > 0 {
				return fail()
			}
		}
	case "items":
		list, _ := v.([]any)
		for i, item := range list {
			if err := valid(want, item, fmt.Sprintf("%s[%d]", where, i)); err != nil {
				return err
			}
		}
	case "required":
		if m, ok := v.(map[string]any); ok {
			for _, name := range want.([]any) {
				if _, there := m[name.(string)]; !there {
					return fmt.Errorf("%s: no %s", where, name)
				}
			}
		}
	case "properties":
		m, _ := v.(map[string]any)
		for name, property := range want.(map[string]any) {
			if member, there := m[name]; there {
				if err := valid(property, member, where+"."+name); err != nil {
					return err
				}
			}
		}
	case "additionalProperties":
		m, _ := v.(map[string]any)
		for name, member := range m {
			if walk(s, "properties")[name] != nil {
				continue
			}
			if want == false {
				return fmt.Errorf("%s: %s is not described", where, name)
			}
			if err := valid(want, member, where+"."+name); err != nil {
				return err
			}
		}
	default:
		return fmt.Errorf("%s: the schema has %s, which this test does not know", where, keyword)
	}
	return nil
}

func isType(v any, name string) bool {
	switch v := v.(type) {
	case nil:
		return name == "null"
	case bool:
		return name == "boolean"
	case string:
		return name == "string"
	case json.Number:
		return name == "number" || name == "integer" && rational(v).IsInt()
	case []any:
		return name == "array"
	}
	return name == "object"
}

func validText(keyword string, want any, text string) bool {
	switch keyword {
	case "pattern":
		return compiled(want.(string)).MatchString(text)
	case "minLength":
		return rational(json.Number(fmt.Sprint(utf8.RuneCountInString(text)))).Cmp(rational(want.(json.Number))) >= 0
	case "maxLength":
		return rational(json.Number(fmt.Sprint(utf8.RuneCountInString(text)))).Cmp(rational(want.(json.Number))) <= 0
	}
	switch want {
	case "date-time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case "uri-reference":
		_, err := url.Parse(text)
		return err == nil
	}
	return false
}

func rational(n json.Number) *big.Rat {
	r, _ := new(big.Rat).SetString(string(n))
	return r
}

var patterns sync.Map // of *regexp.Regexp

func compiled(pattern string) *regexp.Regexp {
	if r, ok := patterns.Load(pattern); ok {
		return r.(*regexp.Regexp)
	}
	r := regexp.MustCompile(pattern)
	patterns.Store(pattern, r)
	return r
}
