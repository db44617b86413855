package api

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that each call gives these very bytes: members, their order, real JSON values, nulls, times.
func TestBodies(t *testing.T) {
	const speed = `{"component":"vehicle:22:790","metric":"speed","value":12,"unit":"m/s","eventTime":"2026-11-23T10:00:01.000Z","staleAt":"2026-11-23T13:00:01.000Z","dataset":"wayside"}`
	const door = `{"component":"vehicle:22:790","metric":"door.open","value":false,"unit":null,"eventTime":"2026-11-23T10:00:02.500Z","staleAt":null,"dataset":"hsl_hfp"}`
	const headsign = `{"component":"vehicle:22:790","metric":"headsign","value":"Matinkylä (M)","unit":null,"eventTime":"2026-11-23T10:00:00.000Z","staleAt":"2026-11-23T10:03:00.000Z","dataset":"hsl_hfp"}`
	const hslSpeed = `{"component":"vehicle:22:790","metric":"speed","value":11.94,"unit":"m/s","eventTime":"2026-11-23T10:00:00.000Z","staleAt":"2026-11-23T10:00:03.000Z","dataset":"hsl_hfp","source":` +
		`{"receivedAt":"2026-11-23T10:00:01.000Z","extractor":"0c81f3d94ab6","stream":"hfp","shard":"shard-1","sequence":"4959"}}`
	const bikes5113 = `{"component":"bikestation:5113","metric":"bikes.available","value":9007199254740993,"unit":"1","eventTime":"2026-11-23T09:00:00.000Z","staleAt":null,"dataset":"oslo_bysykkel_gbfs"}`
	const bikes5220 = `{"component":"bikestation:5220","metric":"bikes.available","value":0,"unit":"1","eventTime":"2026-11-23T09:00:00.000Z","staleAt":null,"dataset":"oslo_bysykkel_gbfs"}`
	const hsl = `{"dataset":"hsl_hfp","description":"Buses in Helsinki","extractor":"0c81f3d94ab6","intervalSeconds":1,"metricIntervalSeconds":{"door.open":null,"headsign":60},` +
		`"metrics":[{"metric":"door.open","units":[null]},{"metric":"speed","units":["m/s"]}],"pausedSince":null,"newestEventTime":"2026-11-23T10:00:02.500Z"}`
	const oslo = `{"dataset":"oslo_bysykkel_gbfs","description":null,"extractor":null,"intervalSeconds":null,"metricIntervalSeconds":{},"metrics":[],"pausedSince":null,"newestEventTime":null}`
	const wayside = `{"dataset":"wayside","description":null,"extractor":null,"intervalSeconds":3600,"metricIntervalSeconds":{},"metrics":[],"pausedSince":null,"newestEventTime":"2026-11-23T10:00:01.000Z"}`

	for target, want := range map[string]string{
		"/v1/components":                         `{"components":["bikestation:5113","bikestation:5220","vehicle:18:436","vehicle:22:790"],"next":null,"cursor":null}`,
		"/v1/components?prefix=vehicle:":         `{"components":["vehicle:18:436","vehicle:22:790"],"next":null,"cursor":null}`,
		"/v1/components?dataset=wayside&prefix=": `{"components":["vehicle:22:790"],"next":null,"cursor":null}`,
		"/v1/components?prefix=nothing":          `{"components":[],"next":null,"cursor":null}`,
		"/v1/components/vehicle:22:790": `{"component":"vehicle:22:790","readings":[` + door + `,` +
			headsign + `,` + speed + `]}`,
		"/v1/components/vehicle:22:790?metrics=speed,no":  `{"component":"vehicle:22:790","readings":[` + speed + `]}`,
		"/v1/components/vehicle:22:790?metrics=no":        `{"component":"vehicle:22:790","readings":[]}`,
		"/v1/components/vehicle:22:790/metrics/speed":     speed,
		"/v1/components/vehicle%3A22%3A790/metrics/speed": speed,
		"/v1/readings?metrics=bikes.available": `{"readings":[` + bikes5113 +
			`,` + bikes5220 + `],"next":null,"cursor":null}`,
		"/v1/readings?metric=bikes.available": `{"readings":[` + bikes5113 +
			`,` + bikes5220 + `],"next":null,"cursor":null}`,
		"/v1/readings?metric=door.open&metrics=speed": `{"readings":[` + door + `,` +
			speed + `],"next":null,"cursor":null}`,
		"/v1/readings?dataset=wayside": `{"readings":[` + speed +
			`],"next":null,"cursor":null}`,
		"/v1/readings?component=vehicle:22:790": `{"readings":[` + door + `,` +
			headsign + `,` + speed + `],"next":null,"cursor":null}`,
		"/v1/readings?component=vehicle:22:790&metrics=x": `{"readings":[],"next":null,"cursor":null}`,
		"/v1/readings?component=vehicle:22:790&metric=speed&dataset=hsl_hfp&fields=source": `{"readings":[` + hslSpeed +
			`],"next":null,"cursor":null}`,
		"/v1/datasets":                    `{"datasets":[` + hsl + `,` + oslo + `,` + wayside + `]}`,
		"/v1/datasets/oslo_bysykkel_gbfs": oslo,
		"/v1/health":                      `{"status":"ok"}`,
	} {
		w := get(t, newHandler(Config{Reader: sample()}), target)
		if w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s\n got %d %s\nwant %s", target, w.Code, w.Body, want)
		}
	}
}

// Ensure that a reading without lineage says so with nulls.
func TestSourceUnknown(t *testing.T) {
	w := get(t, newHandler(Config{Reader: sample()}), "/v1/components/bikestation:5113?fields=source")
	source := decode(w.Body.Bytes()).(map[string]any)["readings"].([]any)[0].(map[string]any)["source"]
	for name, v := range source.(map[string]any) {
		if v != nil {
			t.Errorf("%s is %v", name, v)
		}
	}
}

// Ensure that the matrix has a cell for each pair in the order of the request, repeated ones too.
func TestMatrix(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	w := do(t, h, http.MethodPost, "/v1/readings:query?fields=source",
		`{"components":["vehicle:22:790","no","bikestation:5113"],"metrics":["speed","bikes.available","speed"]}`,
		"Content-Type", "application/json; charset=utf-8")
	var got []string
	for _, cell := range decode(w.Body.Bytes()).(map[string]any)["cells"].([]any) {
		c := cell.(map[string]any)
		line := c["component"].(string) + " " + c["metric"].(string) + " " + c["status"].(string)
		if r, ok := c["reading"].(map[string]any); ok {
			if r["component"] != c["component"] || r["metric"] != c["metric"] || r["source"] == nil {
				t.Errorf("in the cell %s lies %v", line, r)
			}
		}
		got = append(got, line)
	}
	want := []string{
		"vehicle:22:790 speed found", "vehicle:22:790 bikes.available absent", "vehicle:22:790 speed found",
		"no speed absent", "no bikes.available absent", "no speed absent",
		"bikestation:5113 speed absent", "bikestation:5113 bikes.available found", "bikestation:5113 speed absent",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// Ensure that an empty catalogue is served as one.
func TestNothingThere(t *testing.T) {
	h := newHandler(Config{Reader: &fake{}})
	for target, want := range map[string]string{
		"/v1/components": `{"components":[],"next":null,"cursor":null}`,
		"/v1/readings":   `{"readings":[],"next":null,"cursor":null}`,
		"/v1/datasets":   `{"datasets":[]}`,
	} {
		if w := get(t, h, target); w.Body.String() != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
	}
	if w := get(t, h, "/v1/components/x"); problemOf(w) != "404 component-not-found" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w := do(t, h, http.MethodPost, "/v1/readings:query", `{"components":["a"],"metrics":["b"]}`)
	if want := `{"cells":[{"component":"a","metric":"b","status":"absent"}]}`; w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Ensure that staleAt is three intervals after the event, and null where that is no time.
func TestStaleAt(t *testing.T) {
	for _, test := range []struct {
		event    twin.Millis
		interval time.Duration
		want     string
	}{
		{0, 10 * time.Second, `"1970-01-01T00:00:30.000Z"`},
		{0, 1500 * time.Millisecond, `"1970-01-01T00:00:04.500Z"`},
		{0, 0, "null"},
		{twin.MaxMillis, time.Second, "null"},
		{twin.MaxMillis - 3000, time.Second, `"9999-12-31T23:59:59.999Z"`},
		{twin.MinMillis, time.Hour, `"0001-01-01T03:00:00.000Z"`},
	} {
		v := newView([]twin.Dataset{{Name: "d", Interval: test.interval}}, access.Everything)
		if got := string(v.appendStaleAt(nil, &twin.Reading{Dataset: "d", EventTime: test.event})); got != test.want {
			t.Errorf("%v + 3 * %v: %s, want %s", test.event, test.interval, got, test.want)
		}
	}
}

// Ensure that strings are written as JSON that reads back as them.
func TestAppendString(t *testing.T) {
	for s, want := range map[string]string{
		"":               `""`,
		`a"b\c/d`:        `"a\"b\\c/d"`,
		"\n\r\t\x00\x1f": `"\n\r\t\u0000\u001f"`,
		"Käse 🚃 <&>":     `"Käse 🚃 <&>"`,
		"a\xffb":         `"a` + "\uFFFD" + `b"`,
	} {
		if got := string(appendString(nil, s)); got != want {
			t.Errorf("%q: %s", s, got)
		}
	}
}
