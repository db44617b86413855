package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Config is what the page has to know before it can ask the API.
type Config struct {
	API         string  `json:"api"`         // the URL before /v1; "" where that is the page's own origin
	Environment string  `json:"environment"` // the name that the page shows, such as local
	Feed        bool    `json:"feed"`        // whether there is /v1/changes; without it the page polls
	Inside      bool    `json:"inside"`      // whether there are /v1/activity and the SQL of datasets
	Activity    int     `json:"activity"`    // how often /v1/activity says anything new, in seconds
	SignIn      *SignIn `json:"signIn,omitempty"`
}

// SignIn is the client by which people sign in to the page, where it is not the one that GET /v1 tells of.
type SignIn struct {
	URL      string   `json:"url"` // the authorization endpoint
	ClientID string   `json:"clientId"`
	Scopes   []string `json:"scopes"`
}

// ConfigFile is config.json with a content.
func ConfigFile(content []byte) File {
	return File{Path: Root + "config.json", Type: "application/json", Body: content}
}

// JSON is the content of config.json.
func (c Config) JSON() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic("BUG: the configuration of the page cannot be JSON: " + err.Error())
	}
	return append(b, '\n')
}

// Policy is the Content-Security-Policy of the page, which may connect to its own origin and to more.
func Policy(connect ...string) string {
	to := strings.Join(append([]string{"'self'"}, connect...), " ")
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src " + to +
		"; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// Headers are those of every answer beside its type, its ETag and the policy.
var Headers = map[string]string{
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-cache", // a browser asks whether its copy is the one of this version
}

type static struct {
	File
	tag string
}

// Handler serves the page at /, the document of the API for people at /docs, and their files below /page/. [Serves]
// tells which requests are its own.
func Handler(c Config) http.Handler {
	all := make(map[string]static)
	for _, f := range append(Files(), ConfigFile(c.JSON())) {
		sum := sha256.Sum256(f.Body)
		all["/"+f.Path] = static{f, `"` + hex.EncodeToString(sum[:12]) + `"`}
	}
	all["/"] = all["/"+Index]
	policy := Policy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		for name, value := range Headers {
			header.Set(name, value)
		}
		header.Set("Content-Security-Policy", policy)
		f, ok := all[r.URL.Path]
		switch {
		case !ok:
			http.Error(w, "The page has no such file.", http.StatusNotFound)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "Use GET.", http.StatusMethodNotAllowed)
		default:
			header.Set("ETag", f.tag)
			header.Set("Content-Type", f.Type)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.Body))
		}
	})
}

// Serves reports whether a path is the page's own.
func Serves(path string) bool {
	return path == "/" || path == "/"+Index || path == "/"+Docs || strings.HasPrefix(path, "/"+Root)
}
