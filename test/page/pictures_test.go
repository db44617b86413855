package page_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/railtwin/digitaltwin/internal/extract"
	"github.com/railtwin/digitaltwin/internal/local"
)

var pictures = flag.String("pictures", "", "write pictures of the states of the design into this `folder`")

// wagon is the component that is open in the pictures.
const wagon = "wagon:31-80-2742-785-1"

// embedded is a twin of extractors of the product and their feeds.
func embedded(t *testing.T, datasets ...string) *rig {
	t.Helper()
	r := &rig{t: t, feeds: map[string][]local.Feed{}}
	library := local.Embedded()
	sources := local.Sources{Samples: library.Samples, Wagons: 40}
	for _, p := range library.Compile().Programs {
		name := p.Dataset().Name
		if len(datasets) > 0 && !slices.Contains(datasets, name) {
			continue
		}
		r.programs = append(r.programs, p)
		feeds, err := sources.Feeds(name, p)
		r.must(err)
		r.feeds[name] = feeds
	}
	return r
}

// later lets the clock of the server be ahead, as the page sees it: what is there becomes old.
func later(by time.Duration) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
			next.ServeHTTP(w, r)
		})
	}
}

// Ensure that each state of the design is there, has no violation of the rules of axe-core, and says what the design
// says.
func TestPictures(t *testing.T) {
	t.Parallel()
	all := embedded(t).start()
	for i := range 12 {
		text := fmt.Sprintf(`{"header":{"measuredAt":%q},"wagon":{"id":"31 85 2742 861-5"},"motion":{"state":"moving","speedKmh":"81,%d","heading":163,"mileageKm":1263.5},`+
			`"position":{"fix":"3D","lat":47.427995,"lon":8.382993,"fixedAt":%[1]q},"axles":[{"n":1,"bearingTempC":10.5},{"n":2,"bearingTempC":12.1}],"brake":{"pipePressureBar":0.01,"applied":true}}`, stamp(0), i%10)
		all.post("wagon_telemetry", text)
	}
	all.post("wagon_telemetry", `{"header":{"measuredAt":"202`)
	greenhouse, err := extract.Compile("greenhouse.sql", []byte(strings.ReplaceAll(thingsSQL, "things", "greenhouse")))
	if err != nil {
		t.Fatal(err)
	}
	empty := (&rig{t: t, programs: []*extract.Program{greenhouse}}).start()
	trouble := embedded(t, "wagon_telemetry", "basel_parking", "nws_observations")
	trouble.around = later(15 * time.Minute)
	trouble.start()

	const list = "#/explore?q=wagon:&dataset=wagon_telemetry"
	phone := []chromedp.EmulateViewportOption{chromedp.EmulateScale(2), chromedp.EmulateMobile}
	for _, state := range []struct {
		name, hash    string
		rig           *rig
		width, height int64
		options       []chromedp.EmulateViewportOption
		says          map[string]string // texts by selector
		then          func(*tab)
	}{
		{"desktop", list + "&open=" + wagon + "&metric=speed", all, width, height, nil, map[string]string{
			"#listpane h1": " components", "#detail h1": wagon, ".why": "Extracted by wagon_telemetry.sql, line 52",
			".legend": "open", "#connection": "records/s",
		}, nil},
		{"dark", list + "&open=" + wagon + "&metric=speed", all, width, height, nil,
			map[string]string{"#detail h1": wagon, ".why": "Kept"}, func(b *tab) { b.press("t") }},
		{"phone", list, all, 390, 844, phone, map[string]string{"#listpane .two": "km/h", "#listpane h1": " components"},
			nil},
		{"phone-detail", list + "&open=" + wagon + "&metric=speed", all, 390, 844, phone,
			map[string]string{"#detail h1": wagon, ".dback": "Components"}, nil},
		{"empty", "", empty, width, height, nil, map[string]string{
			"#connection": "Connected, nothing yet", ".firststeps h1": "greenhouse waits for its first record",
			"#strip": "no record yet", "#listpane": "A component is listed here as soon as",
		}, nil},
		{"trouble", "#/explore?dataset=wagon_telemetry", trouble, width, height, nil, map[string]string{
			"#strip": "1 silent", "#listpane .notes": "are stale:", "#detail h1": "silent for 15 min",
			"#detail": "What it means",
		}, nil},
		{"rejects", "#/rejects", all, width, height, nil, map[string]string{
			"#listpane h1": "13 rejects", "#detail h1": "does not fit DOUBLE", "#detail": "The SQL that reads it",
		}, func(b *tab) {
			b.click("#testreplay")
			b.has("#detail .funnel", "Can now be read")
		}},
	} {
		t.Run(state.name, func(t *testing.T) {
			b := open(t, state.rig.page(state.hash), state.width, state.height, state.options...)
			for selector, text := range state.says {
				b.has(selector, text)
			}
			if state.then != nil {
				state.then(b)
			}
			if *pictures != "" {
				time.Sleep(8 * time.Second) // for lines in the sparklines
				b.picture(filepath.Join(*pictures, state.name+".png"))
			}
			b.accessible()
			b.quiet(state.rig)
		})
	}
}

// accessible ensures that axe-core has nothing against the page.
func (b *tab) accessible() {
	b.t.Helper()
	axe, err := os.ReadFile("testdata/axe-core-4.14.1.min.js")
	if err != nil {
		b.t.Fatal(err)
	}
	eval[bool](b, string(axe)+"\n;true")
	found := eval[string](b,
		`axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify({ passes: r.passes.length, violations: r.violations.map((v) =>
		({ id: v.id, help: v.help, nodes: v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? '')) })) }))`)
	var result struct {
		Passes     int
		Violations []struct {
			ID, Help string
			Nodes    []string
		}
	}
	if err := json.Unmarshal([]byte(found), &result); err != nil {
		b.t.Fatal(err)
	}
	if result.Passes < 10 {
		b.t.Errorf("only %d rules passed", result.Passes)
	}
	for _, v := range result.Violations {
		b.t.Errorf("%s: %s\n%s", v.ID, v.Help, strings.Join(v.Nodes, "\n"))
	}
}
