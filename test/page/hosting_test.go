package page_test

import (
	"encoding/json"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/api"
	"github.com/railtwin/digitaltwin/internal/page"
)

// hosting is what the templates of an environment make of the page, as constructs TestPage_Hosting has written it.
type hosting struct {
	Page      string
	Headers   map[string]string
	Config    struct{ API string }
	Preflight struct {
		Origins []string
		Headers string
		Methods map[string]string // by path
	}
	Origins string
	raw     json.RawMessage // of Config
}

// hostings are those of the environments, for a page and an API that are at these addresses.
func hostings(t *testing.T, pageURL, apiURL string) map[string]hosting {
	t.Helper()
	text, err := os.ReadFile("../../constructs/testdata/hosting.json")
	if err != nil {
		t.Fatal(err)
	}
	addresses := regexp.MustCompile(
		`https://(twin\.example\.com|\$\{Twin/Api\}\.execute-api[^/ ";]*|\$\{Twin/Users/Domain\}\.auth[^/ ";]*)`)
	text = addresses.ReplaceAll(text, []byte(apiURL))
	text = []byte(strings.NewReplacer("https://${Twin/Page.DomainName}", pageURL, "/${Twin/Api/DeploymentStage.twin}",
		"/twin",
		"${Twin/Users/PageClient}", "people").Replace(string(text)))
	var raw map[string]struct{ Config json.RawMessage }
	var all map[string]hosting
	for _, to := range []any{&raw, &all} {
		if err := json.Unmarshal(text, to); err != nil {
			t.Fatal(err)
		}
	}
	for e, h := range all {
		h.raw = raw[e].Config
		all[e] = h
	}
	return all
}

// bucket serves the page as CloudFront does: the files as they are in the bucket, with the headers of the policy.
func (h *hosting) bucket() http.Handler {
	files := map[string]page.File{}
	for _, f := range append(page.Files(), page.ConfigFile(h.raw)) {
		files["/"+f.Path] = f
	}
	files["/"] = files["/"+page.Index]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range h.Headers {
			w.Header().Set(name, value)
		}
		f, ok := files[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", f.Type)
		_, _ = w.Write(f.Body)
	})
}

// gateway puts a twin where API Gateway has it: below a stage, with the answers to browsers that the templates have.
func (h *hosting) gateway(twin http.Handler) http.Handler {
	base := h.Config.API[strings.Index(h.Config.API, "127.0.0.1"):]
	_, stage, _ := strings.Cut(base, "/")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		path, ours := strings.CutPrefix(r.URL.EscapedPath(), strings.TrimSuffix("/"+stage, "/")+"/v1")
		if !ours { // the issuer, whose tokens any script may read
			w.Header().Set("Access-Control-Allow-Origin", "*")
			r.Header.Del("Origin")
			twin.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodOptions {
			methods := h.methods("/v1" + path)
			if methods == "" || !slices.Contains(h.Preflight.Origins, origin) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Allow-Methods", methods)
			w.Header().Set("Access-Control-Allow-Headers", h.Preflight.Headers)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		if slices.Contains(strings.Fields(h.Origins), origin) { // as functions/internal/gateway does
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Access-Control-Expose-Headers", api.ExposedHeaders)
		}
		r.Header.Del("Origin")
		http.StripPrefix(strings.TrimSuffix("/"+stage, "/"), twin).ServeHTTP(w, r)
	})
}

// methods are those of the path of the templates that a path is of, "" where it is of none.
func (h *hosting) methods(path string) string {
	for _, pattern := range slices.Sorted(maps.Keys(h.Preflight.Methods)) { // braces come after letters
		form := "^" + regexp.MustCompile(`\\\{[^}]*\\\}`).ReplaceAllString(regexp.QuoteMeta(pattern), "[^/]+") + "$"
		if regexp.MustCompile(form).MatchString(path) {
			return h.Preflight.Methods[pattern]
		}
	}
	return ""
}

// Ensure that the page, served from one origin with the headers that the templates give it, is live with a twin at
// another one that lets it in as the templates say: with a domain of the API's own, and below a stage. A person signs
// in, sees values change, the SQL and what came in.
func TestHosting(t *testing.T) {
	t.Parallel()
	for _, e := range []string{"full", "plain"} {
		t.Run(e, func(t *testing.T) {
			served := httptest.NewUnstartedServer(nil)
			free, err := net.Listen("tcp", "127.0.0.1:0") // where the twin will be
			if err != nil {
				t.Fatal(err)
			}
			address := free.Addr().String()
			_ = free.Close()
			h, ok := hostings(t, "http://"+served.Listener.Addr().String(), "http://"+address)[e]
			if !ok {
				t.Fatalf("no environment %s", e)
			}
			served.Config.Handler = h.bucket()
			served.Start()
			defer served.Close()
			r := (&rig{t: t, programs: things(t), auth: true, address: address, around: h.gateway}).start()
			r.post("things", thing("box:1", 20, 0), thing("box:2", 21, 0))

			b := open(t, h.Page+"/#/explore?open=box:1&metric=temperature", width, height)
			b.signIn(r)
			b.has("#connection", "Live")
			b.has("#connection", "records/s") // GET /v1/activity
			b.has(`[data-metric="temperature"] .v`, "20.0")
			b.has(".why", "Extracted by things.sql, line 5")
			b.has("#listpane .grid", "21.0")
			r.post("things", thing("box:2", 33, 0)) // which is not open: only the change feed tells of it
			b.has("#listpane .grid", "33.0")
			b.has("#connection", "Live")
			for _, url := range b.found(&b.asked) {
				if !strings.HasPrefix(url, h.Page+"/") && !strings.HasPrefix(url, r.url()+"/") && !strings.HasPrefix(url, "data:") {
					t.Errorf("the page asked %s", url)
				}
			}
			if m := b.found(&b.mistakes); len(m) > 0 {
				t.Errorf("mistakes: %q", m)
			}
		})
	}
}
