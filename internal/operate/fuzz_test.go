package operate_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/operate"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Fuzz that whatever is sent, the answer is one of those that are described, and nothing is done for who may not.
func FuzzHandler(f *testing.F) {
	for _, seed := range [][3]string{
		{"POST", "",
			`{"kind":"replay","dataset":"boxes","from":"2026-01-01T00:00:00Z","reason":"unreadable","limit":1,"rate":10}`},
		{"POST", "", `{"kind":"forget","prefix":"a","dryRun":false}`},
		{"GET", "/rejects?dataset=boxes&all=true&cursor=a", ""},
		{"GET", "/rejects/boxes:20260921:0123456789ab:1", ""}, {"DELETE", "/20260921t141320.005-aaaaaaaaaaaaaaaa", ""},
		{"GET", "?before=x&limit=2", ""},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		request, err := http.NewRequest(method, operate.Path+path, strings.NewReader(body))
		if err != nil || strings.ContainsAny(method+path, " \r\n") {
			t.Skip() // no HTTP
		}
		r := guarded(t)
		r.keep(reject(1, "secret", twin.Unreadable, ""))
		w := httptest.NewRecorder()
		operate.Handler(r.service).ServeHTTP(w, request)
		if w.Code != 403 || strings.Contains(w.Body.String(), "secret") {
			t.Errorf("without a token: %d %s", w.Code, w.Body)
		}
		if a := r.as(zoe, method, operate.Path+path, body); a.status >= 500 && a.status != 503 {
			t.Errorf("%s %s %s: %d %s", method, path, body, a.status, a.text)
		}
	})
}
