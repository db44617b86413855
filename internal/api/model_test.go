package api

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

var files = flag.Int("files", 150, "random rule files to compare with the model")

// rule is one grant of a random file.
type rule struct {
	Who  []string `json:"who"`
	Read struct {
		Datasets   []string `json:"datasets"`
		Components []string `json:"components,omitempty"`
		Metrics    []string `json:"metrics,omitempty"`
	} `json:"read"`
}

// in is the meaning of a list of names; left out it is all of them.
func in(patterns []string, name string) bool {
	return patterns == nil || slices.ContainsFunc(patterns, func(p string) bool {
		prefix, star := strings.CutSuffix(p, "*")
		return p == name || star && strings.HasPrefix(name, prefix)
	})
}

// mayRead is the model: who reads what.
func mayRead(rules []rule, who []string, dataset, component, metric string) bool {
	return slices.ContainsFunc(rules, func(r rule) bool {
		is := slices.ContainsFunc(r.Who, func(w string) bool { return slices.Contains(who, w) })
		return is && in(r.Read.Datasets, dataset) && in(r.Read.Components, component) && in(r.Read.Metrics, metric)
	})
}

// allowed is what is left of f for a caller: to him the API must look like an API over this.
func (f *fake) allowed(may func(dataset, component, metric string) bool) *fake {
	left := &fake{}
	for _, r := range f.readings {
		if may(r.Dataset, r.Component, r.Metric) {
			left.readings = append(left.readings, r)
		}
	}
	for _, d := range f.datasets {
		// Names that no word of the rules is, but some prefix may begin, stand for all that could be there.
		visible, all := false, may(d.Name, "~", "~")
		d.Metrics = slices.DeleteFunc(slices.Clone(d.Metrics), func(m twin.Metric) bool {
			return !slices.ContainsFunc(everyName, func(metric string) bool {
				return m.Matches(metric) && slices.ContainsFunc(everyName, func(c string) bool { return may(d.Name, c, metric) })
			})
		})
		for _, c := range everyName {
			visible = visible || slices.ContainsFunc(everyName, func(m string) bool { return may(d.Name, c, m) })
		}
		if !all {
			d.Newest = 0
		}
		if visible {
			left.datasets = append(left.datasets, d)
		}
	}
	return left
}

// log is a log in which every other cell of f has changed.
func (f *fake) log(t *testing.T) feed.Log {
	clock := at("10:00:00").Time()
	log := feedtest.NewMemory(1<<20, func() time.Time { return clock })
	b := &feed.Batch{}
	for _, r := range f.readings {
		if len(r.Component+r.Metric)%2 == 0 {
			continue
		}
		c := feed.Change{Reading: r}
		for _, o := range f.readings {
			if o.Component == r.Component && o.Metric == r.Metric && o.Rank.Wins(r.Rank) {
				c.Hidden = append(c.Hidden, o.Dataset)
			}
		}
		b.Changes = append(b.Changes, c)
	}
	if err := log.Append(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	return log
}

// The words of random files.
var (
	components = []string{"a", "a:1", "a:2", "ab", "b:1", "b:2", "c"}
	metrics    = []string{"m", "m.1", "m.2", "n"}
	datasets   = []string{"d1", "d2", "d3"}
	everyName  = slices.Concat(components, metrics,
		[]string{"zz", "zz~", "a~", "a:~", "a:1~", "b~", "b:2~", "c~", "m~", "m.~", "m.2~", "~"})
	callers = []string{"client:x", "client:y", "group:g", "group:h", "subject:s"}
)

func some(random *rand.Rand, from ...string) []string {
	random.Shuffle(len(from), func(i, j int) { from[i], from[j] = from[j], from[i] })
	return from[:1+random.IntN(min(3, len(from)))]
}

func randomRules(random *rand.Rand) (rules []rule) {
	for range random.IntN(6) {
		r := rule{Who: some(random, slices.Concat(callers, []string{"*"})...)}
		r.Read.Datasets = some(random, "d1", "d2", "d3", "*", "d*", "e*")
		if random.IntN(4) > 0 {
			r.Read.Components = some(random, slices.Concat(components,
				[]string{"*", "a*", "a:*", "a:1*", "b*", "b:2*", "c*", "zz*"})...)
		}
		if random.IntN(2) > 0 {
			r.Read.Metrics = some(random, "m", "m.1", "n", "m*", "m.*", "m.2*", "zz", "*")
		}
		rules = append(rules, r)
	}
	return rules
}

func randomStore(random *rand.Rand) *fake {
	f := &fake{}
	for _, d := range datasets {
		f.datasets = append(f.datasets, twin.Dataset{Name: d, Newest: 5,
			Metrics: []twin.Metric{{Name: "m"}, {Name: "m.*"}, {Name: "n"}}})
		for _, c := range components {
			for _, m := range metrics {
				if random.IntN(2) == 0 {
					f.put(twin.Change{Dataset: d, Component: c, Metric: m, Value: fmt.Sprintf("%q", d),
						EventTime: twin.Millis(random.IntN(3))})
				}
			}
		}
	}
	return f
}

// Ensure that what may not be read is absent: over random stores, rules and callers, each answer, with its headers, is
// byte for byte that of an API without rules over a store that holds nothing but what the model lets the caller read.
func TestAccessLooksLikeAbsence(t *testing.T) {
	const seed = 20261129
	random := rand.New(rand.NewPCG(seed, 0))
	for file := range *files {
		rules, f := randomRules(random), randomStore(random)
		text, err := json.Marshal(map[string]any{"grants": append([]rule{}, rules...)})
		if err != nil {
			t.Fatal(err)
		}
		who := append(some(random, slices.Clone(callers)...), "*")
		caller := access.Caller{Scopes: []string{access.ScopeRead}}
		for _, w := range who {
			switch kind, name, _ := strings.Cut(w, ":"); kind {
			case "client":
				caller.Client = name
			case "group":
				caller.Groups = append(caller.Groups, name)
			case "subject":
				caller.Subject = name
			}
		}
		who = slices.DeleteFunc(who, func(w string) bool {
			return strings.HasPrefix(w, "client:") &&
				w != "client:"+caller.Client
		})
		allowed := f.allowed(func(d, c, m string) bool { return mayRead(rules, who, d, c, m) })
		restricted := as(caller, newHandler(Config{Reader: f, Authenticated: true, Rules: rulesOf(t, string(text)),
			Changes: Changes{Log: f.log(t)}}))
		model := newHandler(Config{Reader: allowed, Changes: Changes{Log: allowed.log(t)}})
		compareAnswers(t, restricted, model, fmt.Sprintf("seed %d, file %d: %s for %v", seed, file, text, who))
	}
}

// compareAnswers asks two handlers all that can be asked.
func compareAnswers(t *testing.T, got, want http.Handler, about string) {
	t.Helper()
	check := func(method, target, body string) *httptest.ResponseRecorder {
		g, w := httptest.NewRecorder(), httptest.NewRecorder()
		got.ServeHTTP(g, httptest.NewRequest(method, target, strings.NewReader(body)))
		want.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
		if g.Code != w.Code || g.Body.String() != w.Body.String() || fmt.Sprint(g.Header()) != fmt.Sprint(w.Header()) {
			t.Fatalf("%s: %s\n got %d %s\nwant %d %s", about, target, g.Code, g.Body, w.Code, w.Body)
		}
		return g
	}
	for _, target := range []string{
		"/v1/components?limit=2", "/v1/components?limit=1&prefix=a", "/v1/components?dataset=d1&limit=3",
		"/v1/components?prefix=a:1&limit=1",
		"/v1/readings?limit=2", "/v1/readings?limit=3&metrics=m.2", "/v1/readings?limit=1&dataset=d2&prefix=a:",
		"/v1/datasets", "/v1/datasets/d1", "/v1/datasets/d2",
		"/v1/components?limit=1&filter=m", "/v1/components?filter=!m.1", "/v1/components?count=true",
		"/v1/components?count=true&filter=n|m.2",
		"/v1/components?dataset=d1,d3&limit=2", "/v1/components?format=csv", "/v1/readings?filter=!m.2;m%3D%22d1%22&limit=2",
		"/v1/readings?dataset=d2,d3&count=true",
		"/v1/readings?format=rows&limit=2", "/v1/readings?format=csv&metrics=n", "/v1/readings?format=ndjson",
		"/v1/readings?format=geojson&position=m",
		"/v1/readings?filter=stale()", "/v1/components?bbox=0,0,1,1&position=m.1",
		"/v1/readings?count=true&filter=n!%3D%22d2%22",
		"/v1/readings?changedSince=2026-11-23T10:00:00Z&limit=2",
		"/v1/components?changedSince=2026-11-23T10:00:00Z&dataset=d1,d2",
		"/v1/readings?changedSince=2026-11-23T10:00:00Z&format=rows",
		"/v1/components?changedSince=2026-11-23T10:00:00Z&count=true&filter=n",
	} {
		for target != "" { // all pages
			body, _ := decode(check(http.MethodGet, target, "").Body.Bytes()).(map[string]any) // nil for CSV
			next, _ := body["next"].(string)
			target = ""
			if u, err := url.Parse(next); err == nil && next != "" {
				target = u.RequestURI()
			}
		}
	}
	for _, c := range components {
		check(http.MethodGet, "/v1/components/"+c, "")
		check(http.MethodGet, "/v1/components/"+c+"?metrics=m", "")
		check(http.MethodGet, "/v1/components/"+c+"/metrics/m.1", "")
		check(http.MethodGet, "/v1/components/"+c+"?format=values", "")
		check(http.MethodGet, "/v1/components/"+c+"?format=geojson&metrics=m.1", "")
		check(http.MethodGet, "/v1/readings?filter=n&component="+c, "")
		check(http.MethodGet, "/v1/readings?component="+c+"&metric=n", "")
		check(http.MethodGet, "/v1/readings?dataset=d3&component="+c, "")
	}
	check(http.MethodPost, "/v1/readings:query",
		`{"components":["a","a:1","a:2","ab","b:1","b:2","c","x"],"metrics":["m","m.1","m.2","n","x"]}`)
}
