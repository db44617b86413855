package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// fleet is n wagons of several metrics each; every tenth of them has the metric rare.
func fleet(n int) *fake {
	f := &fake{datasets: []twin.Dataset{{Name: "a"}, {Name: "b"}}}
	for i := range n {
		c := fmt.Sprintf("wagon:%05d", i)
		for j := range 1 + i%5 {
			f.put(twin.Change{Dataset: "a", Component: c, Metric: fmt.Sprintf("metric.%d", j), Value: "1", EventTime: 1000})
		}
		f.put(twin.Change{Dataset: "b", Component: c, Metric: "metric.0", Value: "2", EventTime: 2000})
		if i%10 == 9 {
			f.put(twin.Change{Dataset: "b", Component: c, Metric: "rare", Value: "true"})
		}
	}
	return f
}

// pages follows the links from target on as a client does, and returns the entries of all pages.
func pages(t *testing.T, h http.Handler, target string) (entries []string, n int) {
	t.Helper()
	seen := map[string]bool{}
	for target != "" {
		if seen[target] {
			t.Fatalf("page %d is %s again", n, target)
		}
		seen[target] = true
		w := get(t, h, target)
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", target, w.Code, w.Body)
		}
		n++
		body := decode(w.Body.Bytes()).(map[string]any)
		for _, list := range []string{"components", "readings"} {
			items, _ := body[list].([]any)
			for _, item := range items {
				if r, ok := item.(map[string]any); ok {
					item = fmt.Sprint(r["component"], " ", r["metric"], " ", r["value"])
				}
				entries = append(entries, item.(string))
			}
		}
		next, _ := body["next"].(string)
		link := ""
		if next != "" {
			link = "<" + next + `>; rel="next"`
		}
		if got := w.Header().Get("Link"); got != link {
			t.Fatalf("the link is %s, and next is %s", got, next)
		}
		if next == "" {
			return entries, n
		}
		base, _ := url.Parse("https://twin.example" + target)
		to, err := base.Parse(next)
		if err != nil {
			t.Fatal(err)
		}
		target = to.RequestURI()
	}
	return entries, n
}

// Ensure that the pages of a list, whatever their size, hold the same entries in the same order as one page does.
func TestPages(t *testing.T) {
	h := newHandler(Config{Reader: fleet(60)})
	for _, list := range []string{
		"/v1/components?", "/v1/components?prefix=wagon:0000&", "/v1/components?dataset=a&",
		"/v1/readings?", "/v1/readings?dataset=b&", "/v1/readings?metrics=rare&",
		"/v1/readings?metrics=metric.3,rare&fields=source&",
		"/v1/readings?prefix=wagon:0001&metric=metric.0&", "/v1/readings?component=wagon:00009&",
	} {
		want, n := pages(t, h, list+"limit=1000")
		if n != 1 || len(want) == 0 || !slices.IsSorted(want) {
			t.Fatalf("%s: %d entries on %d pages", list, len(want), n)
		}
		for _, limit := range []int{1, 2, 3, 7, 25, len(want), 999} {
			got, n := pages(t, h, fmt.Sprint(list, "limit=", limit))
			if !slices.Equal(got, want) {
				t.Errorf("%s limit=%d: %d entries, want %d", list, limit, len(got), len(want))
			}
			if n > len(want)/limit+2 && !strings.Contains(list, "rare") {
				t.Errorf("%s limit=%d: %d pages", list, limit, n)
			}
		}
	}
}

// Ensure that a page of 100 is the default, and that the links name the base of the API where it is known.
func TestNextReference(t *testing.T) {
	c := Config{Reader: fleet(200), Base: func(r *http.Request) string { return "https://" + r.Host + "/prod" }}
	w := get(t, newHandler(c), "/v1/readings?metrics=metric.0&prefix=w%26&dataset=a")
	if strings.Contains(w.Body.String(), "wagon") {
		t.Errorf("%s", w.Body)
	}
	w = get(t, newHandler(c), "/v1/readings?metrics=metric.0,x%26y&prefix=wagon:&dataset=a&fields=source")
	body := decode(w.Body.Bytes()).(map[string]any)
	if n := len(body["readings"].([]any)); n != 100 {
		t.Errorf("%d readings on a page", n)
	}
	const want = "https://example.com/prod/v1/readings?dataset=a&prefix=wagon%3A&metrics=metric.0%2Cx%26y&fields=source&cursor="
	if next := body["next"].(string); !strings.HasPrefix(next, want) {
		t.Errorf("next is %s", next)
	}
}

// Ensure that a metric that hardly any component has gives short pages that move on, instead of a request that
// reads the whole store.
func TestRareMetric(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "a"}}}
	for i := range 5000 {
		f.put(twin.Change{Dataset: "a", Component: fmt.Sprintf("wagon:%05d", i), Metric: "m", Value: "1"})
	}
	f.put(twin.Change{Dataset: "a", Component: "wagon:04999", Metric: "rare", Value: "1"})
	h := newHandler(Config{Reader: f})
	get(t, h, "/v1/readings?metrics=rare&limit=1")
	if f.calls != 2*maxRounds {
		t.Errorf("a page takes %d calls of the store", f.calls)
	}
	got, n := pages(t, h, "/v1/readings?metrics=rare&limit=1")
	if len(got) != 1 || n < 2 || n > 5 {
		t.Errorf("%q on %d pages", got, n)
	}
}

// Ensure that a body stays below its cap: a page ends early, and what cannot be paged is refused with what to do.
func TestLargeAnswers(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "a"}}}
	value := `"` + strings.Repeat("x", 8000) + `"`
	for i := range 600 {
		f.put(twin.Change{Dataset: "a", Component: "big", Metric: fmt.Sprint("metric.", i), Value: value})
	}
	h := newHandler(Config{Reader: f})
	for _, list := range []string{"/v1/readings?limit=1000", "/v1/readings?component=big&limit=1000"} {
		if w := get(t, h, list); w.Code != 200 || w.Body.Len() > maxBody || w.Body.Len() < maxBody-2*maxEntry {
			t.Errorf("%s: %d with %d bytes", list, w.Code, w.Body.Len())
		}
		if got, n := pages(t, h, list); len(got) != 600 || n != 2 {
			t.Errorf("%s: %d entries on %d pages", list, len(got), n)
		}
	}
	if w := get(t, h, "/v1/components/big"); problemOf(w) != "400 answer-too-large" {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
	metrics := make([]string, 600)
	for i := range metrics {
		metrics[i] = fmt.Sprintf(`"metric.%d"`, i)
	}
	w := do(t, h, http.MethodPost, "/v1/readings:query",
		`{"components":["big"],"metrics":[`+strings.Join(metrics, ",")+`]}`)
	if problemOf(w) != "400 answer-too-large" {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
}

// Ensure that a list whose filters are as long as they may be, in bytes that are longer when they are encoded, can be
// followed to its end.
func TestLongFilters(t *testing.T) {
	f := fleet(5)
	h := newHandler(Config{Reader: f})
	filters := "/v1/readings?metrics=metric.0," + strings.Repeat(",é", 5000)[1:]
	if got, n := pages(t, h, filters+"&limit=1"); len(got) != 5 || n < 5 {
		t.Errorf("%d entries on %d pages", len(got), n)
	}
	long := "/v1/readings?metrics=metric.0," + strings.Repeat("x,", 9000)
	long = long[:len("/v1/readings?metrics=")+maxURI-len("metrics")-1] + "y"
	if got, n := pages(t, h, long); len(got) != 5 || n != 1 {
		t.Errorf("%d entries on %d pages", len(got), n)
	}
	if w := get(t, h, long+"y"); w.Code != 414 {
		t.Errorf("%d for a byte more", w.Code)
	}
}
