package constructs_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/extractors"
)

// hosting is what the templates of an environment make of the page: test/page serves a browser by it.
type hosting struct {
	Page      string            `json:"page"`      // its origin
	Callbacks string            `json:"callbacks"` // of its client
	Headers   map[string]string `json:"headers"`   // of its answers
	Config    map[string]any    `json:"config"`    // its config.json
	Preflight preflight         `json:"preflight"` // answers of the API
	Origins   string            `json:"origins"`   // whose scripts the functions let read
}

// preflight is what API Gateway answers a browser before it makes a call.
type preflight struct {
	Origins []string          `json:"origins"`
	Headers string            `json:"headers"`
	Methods map[string]string `json:"methods"` // by path
}

// hostingOf reads the templates of an environment with a page.
func hostingOf(t *testing.T, a *app, e string) (h hosting) {
	t.Helper()
	h.Page = "https://${Twin/Page.DomainName}"
	h.Callbacks = a.one(t, e, "Twin/Users/PageClient").Text("CallbackURLs")
	h.Headers = map[string]string{}
	config := a.one(t, e, "Twin/PageHeaders")
	security := []string{"ResponseHeadersPolicyConfig", "SecurityHeadersConfig"}
	text := func(path ...string) string { return config.Text(append(slices.Clone(security), path...)...) }
	h.Headers["Content-Security-Policy"] = text("ContentSecurityPolicy", "ContentSecurityPolicy")
	h.Headers["X-Frame-Options"] = text("FrameOptions", "FrameOption")
	h.Headers["Referrer-Policy"] = text("ReferrerPolicy", "ReferrerPolicy")
	h.Headers["X-Content-Type-Options"] = "nosniff"
	if text("ContentTypeOptions", "Override") != "true" || text("ContentSecurityPolicy", "Override") != "true" {
		t.Errorf("%s: the bucket may say otherwise: %v", e, config.Properties)
	}
	if err := json.Unmarshal([]byte(a.one(t, e, "Twin/PagePublished/Default").Text("Config")), &h.Config); err != nil {
		t.Fatal(err)
	}
	h.Preflight.Methods = map[string]string{}
	other := regexp.MustCompile(`\$origin == "([^"]*)"`)
	for _, m := range a.In(e, "AWS::ApiGateway::Method") {
		if m.Text("HttpMethod") != "OPTIONS" {
			continue
		}
		answer := m.Get("Integration", "IntegrationResponses").([]any)[0].(map[string]any)
		parameters := answer["ResponseParameters"].(map[string]any)
		header := func(name string) string {
			return strings.Trim(m.Stack.Text(parameters["method.response.header.Access-Control-"+name]), "'")
		}
		origins := []string{header("Allow-Origin")}
		templates, _ := answer["ResponseTemplates"].(map[string]any)
		for _, found := range other.FindAllStringSubmatch(m.Stack.Text(templates["application/json"]), -1) {
			origins = append(origins, found[1])
		}
		if h.Preflight.Origins != nil && (!slices.Equal(origins, h.Preflight.Origins) ||
			header("Allow-Headers") != h.Preflight.Headers) {
			t.Errorf("%s answers otherwise than others: %v, %s", m.Path, origins, header("Allow-Headers"))
		}
		h.Preflight.Origins, h.Preflight.Headers = origins, header("Allow-Headers")
		path := m.Path[strings.Index(m.Path, "/Default/")+len("/Default"):]
		h.Preflight.Methods[strings.TrimSuffix(path, "/OPTIONS/Resource")] = header("Allow-Methods")
	}
	for _, f := range []string{"Query", "Operate", "Follow", "Inside"} {
		got := a.one(t, e, "Twin/"+f+"/Function").Text("Environment", "Variables", "TWIN_CORS_ORIGINS")
		if h.Origins != "" && got != h.Origins {
			t.Errorf("%s: %s lets %q read, and others %q", e, f, got, h.Origins)
		}
		h.Origins = got
	}
	return h
}

// Ensure that the page and the API of an environment with a page and a change feed are what testdata/hosting.json says,
// with and without a domain of the API's own. test/page serves both to a browser, on two origins.
func TestPage_Hosting(t *testing.T) {
	plain, err := synthesizeWith(t,
		`{"plain":{"page":{},"changes":{},"removal":"destroy","operators":"account","datasets":{"oslo_bysykkel_gbfs":{}}}}`,
		extractors.OnGo())
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]hosting{"full": hostingOf(t, everything(t), "full"), "plain": hostingOf(t, plain, "plain")}
	for _, e := range slices.Sorted(maps.Keys(all)) {
		h := all[e]
		api, _ := h.Config["api"].(string)
		origin := api
		if e == "plain" {
			origin = strings.TrimSuffix(api, "/${Twin/Api/DeploymentStage.twin}")
		}
		connect := "connect-src 'self' " + origin + " "
		if origin == "" || !strings.Contains(h.Headers["Content-Security-Policy"], connect) {
			t.Errorf("%s: the page may not connect to %s: %v", e, api, h.Headers)
		}
		if !slices.Contains(h.Preflight.Origins, h.Page) || !slices.Contains(strings.Fields(h.Origins), h.Page) {
			t.Errorf("%s: the API does not let the page in: %v, %s", e, h.Preflight.Origins, h.Origins)
		}
		for _, name := range []string{"Authorization", "Content-Type", "If-None-Match", "Last-Event-ID"} {
			if !slices.Contains(strings.Split(h.Preflight.Headers, ", "), name) {
				t.Errorf("%s: the page may not send %s", e, name)
			}
		}
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "hosting.json", string(b)+"\n")
}
