package local_test

import (
	"log/slog"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/access/accesstest"
	"github.com/railtwin/digitaltwin/internal/local"
	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/bolt"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// restricted returns a twin on this machine that holds what the attacks are after, under their rules.
func restricted(t *testing.T) *local.Twin {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "twin.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var names []string
	for _, d := range accesstest.Datasets() {
		names = append(names, d.Name)
		if err := s.PutDataset(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := store.NewApplier(s, nil).Apply(t.Context(), accesstest.Changes(twin.MillisOf(time.Now()))); err != nil {
		t.Fatal(err)
	}
	rules, err := access.Parse("access.json", []byte(accesstest.Rules), access.Known{Datasets: names})
	if err != nil {
		t.Fatal(err)
	}
	tw, err := local.Open(t.Context(), nil, names, s, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	tw.Restrict(rules)
	return tw
}

// Ensure that no attack on the rules reads anything of a local twin that it must not.
func TestAttacksOnTheRules(t *testing.T) {
	h := restricted(t).Handler()
	accesstest.Run(t, func(t *testing.T, a accesstest.Request) *httptest.ResponseRecorder {
		r := httptest.NewRequest(a.Method, "/", strings.NewReader(a.Body))
		path, query, _ := strings.Cut(a.Target, "?")
		r.URL.Path, r.URL.RawPath, r.URL.RawQuery = unescaped(t, path), path, query
		r.Host = "127.0.0.1:8080"
		for name, values := range a.Header {
			r.Header[name] = values
		}
		if a.Caller != nil {
			r = r.WithContext(access.NewContext(r.Context(), *a.Caller))
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	})
}

// Ensure that a twin whose calls are all of one caller lets him read what his grants say.
func TestActAs(t *testing.T) {
	tw := restricted(t)
	tw.ActAs(*accesstest.Caller("eve"))
	r := httptest.NewRequest("GET", "/v1/components", nil)
	r.Host = "localhost"
	w := httptest.NewRecorder()
	if tw.Handler().ServeHTTP(w, r); w.Code != 200 ||
		!strings.HasPrefix(w.Body.String(), `{"components":["box:1","box:12"],`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func unescaped(t *testing.T, path string) string {
	t.Helper()
	plain, err := url.PathUnescape(path)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
