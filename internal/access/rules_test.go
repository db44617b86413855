package access

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

// model decides as docs/access.md says, on the JSON itself.
type model struct {
	Grants []struct {
		Who     names
		Read    *struct{ Datasets, Components, Metrics names }
		Operate *struct{ Datasets names }
	}
}

// names is a string, an array of them, or nil where it is left out.
type names []string

func (n *names) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		*n = make(names, 1)
		return json.Unmarshal(b, &(*n)[0])
	}
	return json.Unmarshal(b, (*[]string)(n))
}

func (n names) has(name string) bool {
	return n == nil || slices.ContainsFunc(n, func(p string) bool {
		prefix, star := strings.CutSuffix(p, "*")
		return p == name || star && strings.HasPrefix(name, prefix)
	})
}

func (n names) are(c Caller) bool {
	is := []string{"*", "client:" + c.Client, "subject:" + c.Subject}
	for _, g := range c.Groups {
		is = append(is, "group:"+g)
	}
	return slices.ContainsFunc(n, func(who string) bool { return slices.Contains(is, who) })
}

func (m *model) reads(c Caller, dataset, component, metric string) bool {
	for _, g := range m.Grants {
		if r := g.Read; r != nil && g.Who.are(c) && r.Datasets.has(dataset) && r.Components.has(component) &&
			r.Metrics.has(metric) {
			return true
		}
	}
	return false
}

func (m *model) operates(c Caller, dataset string) bool {
	for _, g := range m.Grants {
		if g.Operate != nil && g.Who.are(c) && g.Operate.Datasets.has(dataset) {
			return true
		}
	}
	return false
}

// readModel reads a file that Parse accepts.
func readModel(t testing.TB, text []byte) *model {
	t.Helper()
	m := &model{}
	if err := json.Unmarshal(text, m); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return m
}

// The words of random files and calls.
var (
	words    = []string{"a", "ab", "abc", "b", "b:1", "b:12", "c"}
	patterns = []string{"*", "a*", "ab*", "ab", "abc", "b:*", "b:1", "b:1*", "c", "d*"}
	whos     = []string{"*", "client:a", "client:ab", "group:a", "group:b", "group:c", "subject:a", "subject:c"}
)

// randomFile returns a file with up to n grants.
func randomFile(random *rand.Rand, n int) []byte {
	pick := func(from []string) any {
		some := slices.Clone(from)
		random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
		if n := random.IntN(4); n > 0 {
			return some[:n]
		}
		return some[0]
	}
	grants := []any{}
	for range random.IntN(n + 1) {
		g := map[string]any{"who": pick(whos)}
		read := map[string]any{"datasets": pick(patterns)}
		if random.IntN(2) == 0 {
			read["components"] = pick(patterns)
		}
		if random.IntN(2) == 0 {
			read["metrics"] = pick(patterns)
		}
		if random.IntN(3) == 0 {
			g["operate"] = map[string]any{"datasets": pick(patterns)}
		}
		if g["operate"] == nil || random.IntN(2) == 0 {
			g["read"] = read
		}
		grants = append(grants, g)
	}
	b, err := json.Marshal(map[string]any{"grants": grants})
	if err != nil {
		panic(err)
	}
	return b
}

func randomCaller(random *rand.Rand) Caller {
	c := Caller{Client: words[random.IntN(3)], Subject: words[random.IntN(len(words))]}
	for range random.IntN(3) {
		c.Groups = append(c.Groups, words[random.IntN(len(words))])
	}
	return c
}

// Ensure that who reads and operates what is as the model says, for every dataset, component and metric.
func TestRulesAgreeWithTheModel(t *testing.T) {
	random := rand.New(rand.NewPCG(14, 0))
	for range 300 {
		text := randomFile(random, 8)
		rules, err := Parse("a.json", text, Known{})
		if err != nil {
			t.Fatalf("%v", err)
		}
		agree(t, rules, readModel(t, text), text, random)
	}
}

func agree(t *testing.T, rules *Rules, m *model, text []byte, random *rand.Rand) {
	t.Helper()
	for range 4 {
		c := randomCaller(random)
		readable := rules.Reads(c)
		for _, dataset := range words {
			if got, want := rules.Operates(c, dataset), m.operates(c, dataset); got != want {
				t.Fatalf("%s: %+v operates %s: %v, want %v", text, c, dataset, got, want)
			}
			scope, any, all := readable.Of(dataset), false, true
			for _, component := range words {
				for _, metric := range words {
					want := m.reads(c, dataset, component, metric)
					any, all = any || want, all && want
					if got := scope != nil && scope.Has(component, metric); got != want {
						t.Fatalf("%s: %+v reads %s of %s of %s: %v, want %v", text, c, metric, component, dataset, got, want)
					}
					sets := []*Names{}
					if scope != nil {
						sets = scope.Metrics(sets, component)
					}
					if got := slices.ContainsFunc(sets, func(n *Names) bool { return n.Has(metric) }); got != want {
						t.Fatalf("%s: %+v: the metrics of %s have %s: %v, want %v", text, c, component, metric, got, want)
					}
				}
			}
			if any && scope == nil || scope != nil && scope.All() && !all || readable.All() && !all {
				t.Fatalf("%s: %+v of %s: any %v, all %v", text, c, dataset, any, all)
			}
		}
	}
}

// Fuzz that no text breaks the parser, and that what it accepts means what the model says.
func FuzzParse(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		f.Add(randomFile(random, 3))
	}
	f.Add([]byte(`{"grants": [{"who": "x", "raed": {}, "operate": {"datasets": ["a*b", ""]}}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		rules, err := Parse("a.json", text, Known{})
		if err != nil {
			if rules != nil || !strings.HasPrefix(err.Error(), "a.json:") {
				t.Fatalf("%v", err)
			}
			return
		}
		agree(t, rules, readModel(t, text), text, rand.New(rand.NewPCG(3, 4)))
	})
}

// Ensure that clients are told by their ids once these are known, and that one without an id is nobody, whatever a
// token says.
func TestWithClients(t *testing.T) {
	rules, err := Parse("a.json", []byte(`{"grants": [
  {"who": ["client:map", "client:gone"], "read": {"datasets": "d"}},
  {"who": "subject:map", "read": {"datasets": "e"}}
]}`), Known{})
	if err != nil {
		t.Fatal(err)
	}
	if got := rules.Clients(); !slices.Equal(got, []string{"gone", "map"}) {
		t.Errorf("clients %v", got)
	}
	resolved := rules.WithClients(map[string]string{"map": "3k1"})
	for _, c := range []struct {
		caller Caller
		reads  bool
	}{
		{Caller{Client: "3k1"}, true}, {Caller{Client: "map"}, false}, {Caller{Client: "gone"}, false}, {Caller{}, false},
		{Caller{Subject: "3k1"}, false},
	} {
		if got := resolved.Reads(c.caller).Of("d") != nil; got != c.reads {
			t.Errorf("%+v reads %v", c.caller, got)
		}
	}
	if rules.Reads(Caller{Client: "map"}).Of("d") == nil || resolved.Reads(Caller{Subject: "map"}).Of("e") == nil {
		t.Error("the names of the file, or other principals, were lost")
	}
	if (*Rules)(nil).WithClients(nil) != nil {
		t.Error("no rules are no rules")
	}
}

// Ensure that without rules everything may be read and operated.
func TestNoRules(t *testing.T) {
	var none *Rules
	if !none.Reads(Caller{}).All() || !none.Reads(Caller{}).Of("any").Has("c", "m") || !none.Operates(Caller{}, "any") {
		t.Error("somebody is kept out by no rules")
	}
}

// Ensure that callers with the same grants share the answer, that callers are never taken for one another, and that any
// number of them takes bounded memory.
func TestCallersAreRemembered(t *testing.T) {
	rules, err := Parse("a.json", []byte(`{"grants": [
  {"who": ["group:a", "subject:5"], "read": {"datasets": "d"}}, {"who": "group:b", "read": {"datasets": "e"}}
]}`), Known{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for n := range 4 {
		all.Go(func() {
			for i := range 2000 {
				c := Caller{Subject: fmt.Sprint(i), Groups: [][]string{nil, {"a"}, {"a", "b"}, {"a1:b"}}[(i+n)%4]}
				r := rules.Reads(c)
				if got, want := r.Of("d") != nil, i == 5 || slices.Contains(c.Groups, "a"); got != want {
					t.Errorf("%+v reads %v", c, got)
				}
				if got, want := r.Of("e") != nil, slices.Contains(c.Groups, "b"); got != want {
					t.Errorf("%+v reads %v", c, got)
				}
			}
		})
	}
	all.Wait()
	if n := len(rules.callers); n == 0 || n > maxCallers {
		t.Errorf("%d callers are remembered", n)
	}
	if rules.Reads(Caller{Groups: []string{"a"}}) != rules.Reads(Caller{Groups: []string{"x", "a"}, Client: "c"}) {
		t.Error("the same grants give two answers")
	}
}

// Ensure that a call without a verified token, and one without the scope, is refused with the right challenge, and that
// scopes are compared whole.
func TestAuthorize(t *testing.T) {
	for _, c := range []struct {
		scopes   []string
		metadata string
		want     string
	}{
		{nil, "", `401 token-needed Bearer`},
		{nil, "https://twin/m", `401 token-needed Bearer resource_metadata="https://twin/m"`},
		{[]string{}, "https://twin/m",
			`403 insufficient-scope Bearer error="insufficient_scope", scope="twin/read", resource_metadata="https://twin/m"`},
		{[]string{}, "", `403 insufficient-scope Bearer error="insufficient_scope", scope="twin/read"`},
		{[]string{"twin/reader", "twin/rea", "xtwin/read", "twin/operate", "twin/read twin/operate"}, "",
			`403 insufficient-scope Bearer error="insufficient_scope", scope="twin/read"`},
		{[]string{"openid", "twin/read"}, "", ``},
	} {
		ctx, got := context.Background(), ""
		if c.scopes != nil {
			ctx = NewContext(ctx, Caller{Scopes: c.scopes})
		}
		if _, r := Authorize(ctx, ScopeRead); r != nil {
			got = fmt.Sprint(r.Kind.Status, " ", r.Kind.Name, " ", r.Header(c.metadata))
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.scopes, got, c.want)
		}
	}
}
