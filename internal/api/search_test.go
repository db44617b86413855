package api

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

func escaped(filter string) string { return url.QueryEscape(filter) }

// Ensure that a filter lets those components through of which it holds, with all their readings, and that it may look
// at metrics that are not asked for.
func TestFilter(t *testing.T) {
	now := at("10:00:02").Time()
	h := newHandler(Config{Reader: sample(), Now: func() time.Time { return now }})
	for query, want := range map[string]string{
		"filter=speed>11":                                           "door.open headsign speed",
		"filter=speed>11&metrics=headsign":                          "headsign",
		"filter=speed>11;headsign=x":                                "",
		"filter=bikes.available=0":                                  "bikes.available renting",
		"filter=bikes.available=9007199254740992":                   "",
		"filter=renting=null|position":                              "bikes.available renting position",
		"filter=!speed;!position":                                   "bikes.available bikes.available renting",
		"filter=speed>=12&dataset=hsl_hfp":                          "",
		"filter=speed<12&dataset=hsl_hfp":                           "door.open headsign speed",
		"filter=stale(position)":                                    "position",
		"filter=stale()&metrics=speed":                              "",
		"filter=stale(speed)&dataset=hsl_hfp":                       "",
		"filter=speed&component=vehicle:22:790&metric=speed":        "speed",
		"filter=!speed&component=vehicle:22:790&metric=speed":       "",
		"filter=speed&dataset=wayside,hsl_hfp&prefix=vehicle:2":     "door.open headsign speed",
		"filter=" + escaped(`headsign="Matinkylä (M)";!(position)`): "door.open headsign speed",
	} {
		var got []string
		for _, r := range decode(get(t, h, "/v1/readings?"+query).Body.Bytes()).(map[string]any)["readings"].([]any) {
			got = append(got, r.(map[string]any)["metric"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	now = at("10:00:03").Time() // hsl_hfp promises a speed each second, so that of 10:00:00 is stale from now on
	if got := get(t, h,
		"/v1/components?dataset=hsl_hfp&filter=stale(speed)").Body.String(); got !=
		`{"components":["vehicle:22:790"],"next":null,"cursor":null}` {
		t.Errorf("%s", got)
	}
	w := get(t, h, "/v1/readings?filter=speed>8O")
	if problemOf(w) != "400 invalid-parameter" || !strings.Contains(w.Body.String(),
		`"detail":"filter is wrong at column 7: 8O is not a number.`) {
		t.Errorf("%s", w.Body)
	}
	if w := get(t, h, "/v1/readings?dataset=hsl_hfp,none"); problemOf(w) != "404 dataset-not-found" ||
		!strings.Contains(w.Body.String(), `\"none\"`) {
		t.Errorf("%s", w.Body)
	}
}

// Ensure that pages of a filtered list hold what one of all would, whatever the length of a page, and that a cursor
// holds for its filter only.
func TestFilteredPages(t *testing.T) {
	h := newHandler(Config{Reader: fleet(400)})
	for _, path := range []string{"/v1/components?filter=rare", "/v1/readings?filter=rare&metrics=metric.0,rare"} {
		all, _ := pages(t, h, path+"&limit=1000")
		few, n := pages(t, h, path+"&limit=7")
		if len(all) == 0 || strings.Join(few, "\n") != strings.Join(all, "\n") || n < 5 {
			t.Errorf("%s: %d entries on %d pages, want %d", path, len(few), n, len(all))
		}
	}
	cursor := decode(get(t, h, "/v1/components?filter=rare&limit=7").Body.Bytes()).(map[string]any)["cursor"].(string)
	for _, query := range []string{"filter=!rare&cursor=", "cursor=", "filter=rare&bbox=0,0,1,1&cursor="} {
		if w := get(t, h, "/v1/components?"+query+cursor); problemOf(w) != "400 invalid-cursor" {
			t.Errorf("%s: %s", query, w.Body)
		}
	}
}

// Ensure that a call looks at a bounded number of components, says how far it came, and that its next page goes on
// there; and that so does a count, whose parts add up.
func TestSearchIsBounded(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "d"}}}
	const n = 12_000
	for i := range n {
		c := twin.Change{Dataset: "d", Component: fmt.Sprintf("c:%05d", i), Metric: "m", Value: fmt.Sprint(i)}
		f.put(c)
	}
	h := newHandler(Config{Reader: sorted(f)})
	total, calls := 0, 0
	for target := "/v1/components?filter=m>=11990&limit=1000"; target != ""; calls++ {
		body := decode(get(t, h, target).Body.Bytes()).(map[string]any)
		total += len(body["components"].([]any))
		target, _ = body["next"].(string)
		if stopped, want := body["stoppedAfter"], fmt.Sprintf("c:%05d", (calls+1)*maxSearched-1); target != "" &&
			stopped != want {
			t.Fatalf("stopped after %v, want %s", stopped, want)
		}
	}
	if total != 10 || calls != 3 {
		t.Errorf("%d components by %d calls", total, calls)
	}
	for target, want := range map[string][2]int{
		"/v1/components?count=true": {n, 1}, "/v1/components?count=true&limit=1&prefix=c:0": {10_000, 1},
		"/v1/components?count=true&prefix=x":      {0, 1},
		"/v1/components?count=true&filter=m<6000": {6000, 3}, "/v1/readings?count=true": {n, 3},
		"/v1/readings?count=true&metrics=m&filter=m<1":         {1, 3},
		"/v1/readings?count=true&component=c:00001":            {1, 1},
		"/v1/readings?count=true&component=c:00001&filter=m>1": {0, 1},
	} {
		count, calls := 0, 0
		for next := target; next != ""; calls++ {
			body := decode(get(t, h, next).Body.Bytes()).(map[string]any)
			part, _ := body["count"].(interface{ Int64() (int64, error) })
			k, _ := part.Int64()
			count += int(k)
			next, _ = body["next"].(string)
		}
		if got := [2]int{count, calls}; got != want {
			t.Errorf("%s: %v, want %v", target, got, want)
		}
	}
}

// sorted returns a quick reader of f, whose readings are in order.
func sorted(f *fake) *canned {
	c := &canned{datasets: f.datasets, readings: f.readings}
	for _, r := range f.readings {
		c.components = append(c.components, r.Component)
	}
	return c
}

// Ensure that a call that has hardly any time left ends with what it has and says where, and that no CSV looks whole
// then.
func TestLateCallsEnd(t *testing.T) {
	f := fleet(300)
	h := newHandler(Config{Reader: f})
	ctx, cancel := context.WithTimeout(t.Context(), timeToEnd/2)
	defer cancel()
	late := withContext(ctx, h)
	for _, target := range []string{"/v1/readings?format=ndjson", "/v1/components?filter=none",
		"/v1/readings?count=true"} {
		if body := get(t, late, target).Body.String(); !strings.Contains(body, `"next":"http`) ||
			!strings.Contains(body, `"stoppedAfter":"wagon:00099"`) {
			t.Errorf("%s: %.300s", target, body)
		}
	}
	if w := get(t, late, "/v1/readings?format=csv"); problemOf(w) != "400 answer-too-large" {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
}
