package api

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/feedtest"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a list of what has changed since a time has that and nothing else, in each form and on each page, as far
// as the caller may read it and it is still there, and that a time of which the log knows nothing is refused.
func TestChangedSince(t *testing.T) {
	clock := at("10:00:00").Time()
	log := feedtest.NewMemory(1<<20, func() time.Time { return clock })
	change := func(dataset, component, metric string) {
		c := twin.Change{Dataset: dataset, Component: component, Metric: metric, Value: "0"}
		if err := log.Append(t.Context(), &feed.Batch{Changes: []feed.Change{{Reading: c.Reading()}}}); err != nil {
			t.Fatal(err)
		}
		clock = clock.Add(time.Minute)
	}
	change("hsl_hfp", "vehicle:18:436", "position") // 10:00
	change("wayside", "vehicle:22:790", "speed")
	change("hsl_hfp", "vehicle:22:790", "headsign")
	change("oslo_bysykkel_gbfs", "bikestation:5113", "bikes.available")
	change("oslo_bysykkel_gbfs", "bikestation:9999", "gone") // 10:04
	change("hsl_hfp", "vehicle:22:790", "headsign")
	all := newHandler(Config{Reader: sample(), Changes: Changes{Log: log}})
	since := func(clock string) string { return "changedSince=" + url.QueryEscape("2026-11-23T"+clock) }
	for query, want := range map[string]string{
		since("10:00:00Z"): "bikestation:5113 bikes.available; vehicle:18:436 " +
			"position; vehicle:22:790 headsign; vehicle:22:790 speed",
		since("11:00:30+01:00"): "bikestation:5113 bikes.available; vehicle:22:790 " +
			"headsign; vehicle:22:790 speed",
		since("10:04:30Z"): "vehicle:22:790 headsign",
		since("10:09:00Z"): "",
		since("10:00:00Z") + "&metrics=speed,door.open":          "vehicle:22:790 speed",
		since("10:00:00Z") + "&dataset=hsl_hfp":                  "vehicle:18:436 position; vehicle:22:790 headsign",
		since("10:00:00Z") + "&prefix=vehicle:2&filter=!heading": "vehicle:22:790 headsign; vehicle:22:790 speed",
		since("10:00:00Z") + "&filter=position":                  "vehicle:18:436 position",
		since("10:00:00Z") + "&component=vehicle:22:790":         "vehicle:22:790 headsign; vehicle:22:790 speed",
		since("10:04:30Z") + "&component=vehicle:18:436":         "",
	} {
		for _, limit := range []string{"", "&limit=1"} {
			entries, _ := pages(t, all, "/v1/readings?"+query+limit)
			for i, e := range entries {
				f := strings.Fields(e)
				entries[i] = f[0] + " " + f[1]
			}
			if got := strings.Join(entries, "; "); got != want {
				t.Errorf("%s: %s", query+limit, got)
			}
		}
	}
	some := restrictedLog(t, log, `{"datasets": "hsl_hfp", "components": "vehicle:22*"}`)
	for target, want := range map[string]string{
		"/v1/components?" +
			since("10:00:00Z"): `{"components":["vehicle:22:790"],"next":null,"cursor":null}`,
		"/v1/readings?count=true&" +
			since("10:00:00Z"): `{"readings":[],"count":1,"next":null,"cursor":null}`,
		"/v1/readings?format=rows&metrics=speed&" + since("10:04:30Z"): `{"rows":[],"next":null,"cursor":null}`,
		"/v1/readings?format=csv&metrics=position&" +
			since("10:00:00Z"): "component,metric,value,unit,eventTime,staleAt,dataset\r\n",
	} {
		if got := get(t, some, target).Body.String(); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
	if got := get(t, all, "/v1/readings?format=rows&"+
		since("10:04:30Z")).Body.String(); !strings.Contains(got, `"speed":12,`) && !strings.Contains(got, `"speed":12}`) {
		t.Errorf("a row is not whole: %s", got)
	}
	for query, want := range map[string]string{
		since("09:59:00Z"):                  "is before 2026-11-23T10:00:00.000Z",
		"changedSince=yesterday":            "must be a time",
		"changedSince=1763892000":           "must be a time",
		"changedSince=0000-01-01T00:00:00Z": "must be a time",
	} {
		if w := get(t, all, "/v1/readings?"+query); problemOf(w) != "400 invalid-parameter" ||
			!strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %s", query, w.Body)
		}
	}
	if w := get(t, New(Config{Reader: sample()}), "/v1/components?"+
		since("10:00:00Z")); problemOf(w) != "400 invalid-parameter" || !strings.Contains(w.Body.String(), "change feed") {
		t.Errorf("%s", w.Body)
	}
}

// Ensure that more than a call can look at is refused, and not cut off.
func TestTooMuchHasChanged(t *testing.T) {
	now := at("10:00:00").Time()
	log := feedtest.NewMemory(1<<30, func() time.Time { return now })
	b := &feed.Batch{}
	for i := range maxChanged + 1 {
		c := twin.Change{Dataset: "wayside", Component: fmt.Sprint("c:", i), Metric: "m", Value: "0"}
		b.Changes = append(b.Changes, feed.Change{Reading: c.Reading()})
	}
	if err := log.Append(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	h := newHandler(Config{Reader: sample(), Changes: Changes{Log: log}})
	if w := get(t, h, "/v1/readings?changedSince="+now.Format(time.RFC3339)); problemOf(w) != "400 search-too-long" {
		t.Errorf("%s", w.Body)
	}
}
