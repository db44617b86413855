package issuer

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"maps"
	"net/http"
	"slices"
)

//go:embed page.html
var pageText string

//go:embed page.css
var styleText string

var (
	pageTemplate = template.Must(template.New("page").Parse(pageText))
	// styleSource lets this style in and no other.
	styleSource = func() string {
		sum := sha256.Sum256([]byte(styleText))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}()
)

// page is what the page shows. All of it may be hostile text.
type page struct {
	Style   template.CSS
	Refusal string // instead of the form
	Back    string // where the answer goes: host and port
	Scopes  []string
	Hidden  []parameter // of the request, sent again with the form
	Name    string      // that was typed
	Wrong   string      // what was wrong with it
}

type parameter struct{ Name, Value string }

func writePage(w http.ResponseWriter, status int, a ask, name, wrong string) {
	p := page{Back: a.redirect.Host, Scopes: a.scopes, Name: name, Wrong: wrong}
	for _, n := range slices.Sorted(maps.Keys(a.values)) {
		p.Hidden = append(p.Hidden, parameter{n, a.values.Get(n)})
	}
	// Browsers apply form-action to where the answer of the form leads too.
	p.write(w, status, "'self' http://"+a.redirect.Host)
}

// writeRefusal tells the person, because the application cannot be trusted with an answer.
func writeRefusal(w http.ResponseWriter, status int, why string) {
	page{Refusal: why}.write(w, status, "'none'")
}

func (p page) write(w http.ResponseWriter, status int, forms string) {
	p.Style = template.CSS(styleText)
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		panic("BUG: the page: " + err.Error())
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleSource+"; form-action "+forms+
		"; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}
