package page

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func get(t *testing.T, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	Handler(Config{Environment: "test"}).ServeHTTP(w, r)
	return w
}

// Ensure that each file is served with its type, its ETag and the policy, and that a copy that is up to date is not
// sent.
func TestHandler(t *testing.T) {
	for path, kind := range map[string]string{
		"/": "text/html; charset=utf-8", "/index.html": "text/html; charset=utf-8", "/docs": "text/html; charset=utf-8",
		"/page/js/app.js":    "text/javascript; charset=utf-8",
		"/page/css/list.css": "text/css; charset=utf-8", "/page/vendor/lit-html.js": "text/javascript; charset=utf-8",
		"/page/vendor/countries-50m.json": "application/json", "/page/icon.svg": "image/svg+xml",
		"/page/config.json": "application/json",
	} {
		w := get(t, path)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind ||
			w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(policy,
			"default-src 'none'; script-src 'self';") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: %s", path, policy)
		}
		if again := get(t, path, "If-None-Match", w.Header().Get("ETag")); again.Code != http.StatusNotModified ||
			again.Body.Len() > 0 {
			t.Errorf("%s again: %d", path, again.Code)
		}
	}
	if w := get(t,
		"/page/config.json"); w.Body.String() != `{"api":"","environment":"test","feed":false,"inside":false,"activity":0}`+
		"\n" {
		t.Error(w.Body)
	}
	for _, path := range []string{"/page/", "/page/js", "/page/../page.go", "/page/vendored.go"} {
		if w := get(t, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	w := httptest.NewRecorder()
	Handler(Config{}).ServeHTTP(w, httptest.NewRequest("POST", "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// Ensure that the files of others are those that the table says, each with its licence, and that there are no others.
func TestVendored(t *testing.T) {
	entries, err := files.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	var have, want []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	for _, v := range vendored {
		body, err := files.ReadFile("vendor/" + v.Name)
		if err != nil {
			t.Error(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != v.SHA256 {
			t.Errorf("%s has the hash %x", v.Name, sum)
		}
		name, version, _ := strings.Cut(v.Package, "@")
		if !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(version) || v.Licence == "" || v.From == "" {
			t.Errorf("%+v", v)
		}
		want = append(want, v.Name, name+".LICENSE")
	}
	slices.Sort(want)
	if want = slices.Compact(want); !slices.Equal(have, want) {
		t.Errorf("vendor has %q, want %q", have, want)
	}
}

// Ensure that the page has no inline code or style, and no address of anybody else: the policy would not let it.
func TestNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|<script(?:>| [^>]*>[^<])|\sstyle="|\son[a-z]+="|javascript:|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function`)
	address := regexp.MustCompile(`https?://[^\s'"` + "`" + `)]+`)
	allowed := []string{"http://www.w3.org/2000/svg", "https://github.com/topojson/topojson-specification."}
	for _, f := range Files() {
		if strings.HasPrefix(f.Path, Root+"vendor/") {
			continue
		}
		if m := inline.Find(f.Body); m != nil {
			t.Errorf("%s has %s", f.Path, m)
		}
		for _, m := range address.FindAllString(string(f.Body), -1) {
			if !slices.Contains(allowed, m) {
				t.Errorf("%s has %s", f.Path, m)
			}
		}
		if n := strings.Count(string(f.Body), "\n"); n > 350 {
			t.Errorf("%s has %d lines", f.Path, n)
		}
	}
}

// Ensure that every import of a script and every file of the page is there.
func TestImports(t *testing.T) {
	paths := map[string]bool{}
	for _, f := range Files() {
		paths[f.Path] = true
	}
	imports := regexp.MustCompile(`(?m)^(?:import|export)[^;]*?from '([^']+)';|^import '([^']+)';`)
	for _, f := range Files() {
		dir := f.Path[:strings.LastIndex(f.Path, "/")+1]
		if strings.HasPrefix(f.Path, Root+"js/") {
			for _, m := range imports.FindAllStringSubmatch(string(f.Body), -1) {
				r := httptest.NewRequest("GET", "/"+dir+m[1]+m[2], nil)
				if path := strings.TrimPrefix(r.URL.JoinPath().Path, "/"); !paths[path] {
					t.Errorf("%s imports %s, which is not there", f.Path, path)
				}
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?:href|src)="([^"]+)"`).FindAllStringSubmatch(string(index()), -1) {
		if !paths[m[1]] {
			t.Errorf("the page has %s, which is not there", m[1])
		}
	}
}

func index() []byte {
	body, _ := files.ReadFile("static/" + Index)
	return body
}
