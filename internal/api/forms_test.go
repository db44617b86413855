package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// places is a store of components with positions in several shapes, and without one.
func places() *fake {
	f := sample()
	for component, value := range map[string]string{
		"site:a": `{"lat":-33.9,"lon":18.4,"alt":12.50}`, "site:b": `{"latitude":1e1,"longitude":-179.5}`,
		"site:c": `{"type":"Point","coordinates":[179.5,10]}`, "site:d": `{"lat":91,"lon":0}`, "site:e": `[1,2]`,
		"site:f": `{"lat":"1","lon":2}`, "site:g": "null",
	} {
		f.put(twin.Change{Dataset: "wayside", Component: component, Metric: "position", Value: value,
			EventTime: at("10:00:00")})
		f.put(twin.Change{Dataset: "wayside", Component: component, Metric: "=name", Value: `"a\"b,\r\n"`, Unit: "@u",
			EventTime: at("10:00:05")})
	}
	f.put(twin.Change{Dataset: "wayside", Component: "site:a", Metric: "entry", Value: `{"lat":46,"lon":7}`,
		EventTime: at("10:00:00")})
	return f
}

// Ensure that each form of a twin and of a list is what it says, in its media type.
func TestForms(t *testing.T) {
	h := newHandler(Config{Reader: places()})
	const time = `"eventTime":"2026-11-23T10:00:00.000Z","staleAt":"2026-11-23T13:00:00.000Z"`
	const later = `"eventTime":"2026-11-23T10:00:05.000Z","staleAt":"2026-11-23T13:00:05.000Z"`
	const feature = `{"type":"Feature","id":"site:a","geometry":{"type":"Point","coordinates":[18.4,-33.9,12.50]},` +
		`"properties":{"component":"site:a",` + time + `,"=name":"a\"b,\r\n","entry.lat":46,"entry.lon":7}}`
	for target, want := range map[string]string{
		"/v1/components/vehicle:22:790?format=values":               `{"door.open":false,"headsign":"Matinkylä (M)","speed":12}`,
		"/v1/components/vehicle:22:790?format=values&metrics=speed": `{"speed":12}`,
		"/v1/components/site:a?format=geojson":                      feature,
		"/v1/components/site:a?format=geojson&metrics=none": `{"type":"Feature","id":"site:a","geometry":{"type":"Point","coordinates":[18.4,-33.9,12.50]},` +
			`"properties":{"component":"site:a",` + time + `}}`,
		"/v1/components/site:a?format=geojson&position=entry&metrics=entry": `{"type":"Feature","id":"site:a","geometry":{"type":"Point","coordinates":[7,46]},` +
			`"properties":{"component":"site:a",` + time + `}}`,
		"/v1/components/site:d?format=geojson": `{"type":"Feature","id":"site:d","geometry":null,"properties":{"component":"site:d",` + later +
			`,"=name":"a\"b,\r\n","position.lat":91,"position.lon":0}}`,
		"/v1/readings?format=geojson&prefix=site:a": `{"type":"FeatureCollection","features":[` + feature +
			`],"next":null,"cursor":null}`,
		"/v1/readings?format=rows&prefix=site:a": `{"rows":[{"component":"site:a",` + later +
			`,"=name":"a\"b,\r\n","entry.lat":46,"entry.lon":7,"position.alt":12.50,"position.lat":-33.9,"position.lon":18.4}],"next":null,"cursor":null}`,
		"/v1/readings?format=rows&prefix=bike&metrics=renting": `{"rows":[{"component":"bikestation:5220","eventTime":"2026-11-23T09:00:00.000Z","staleAt":null,"renting":null}],"next":null,"cursor":null}`,
		"/v1/components?format=csv&prefix=site:&limit=2":       "component\r\nsite:a\r\nsite:b\r\n",
		"/v1/components?format=ndjson&prefix=bike": `{"component":"bikestation:5113"}` + "\n" +
			`{"component":"bikestation:5220"}` + "\n",
		"/v1/readings?format=ndjson&prefix=bikestation:5113": `{"component":"bikestation:5113","metric":"bikes.available","value":9007199254740993,"unit":"1",` +
			`"eventTime":"2026-11-23T09:00:00.000Z","staleAt":null,"dataset":"oslo_bysykkel_gbfs"}` + "\n",
	} {
		w := get(t, h, target)
		if w.Body.String() != want {
			t.Errorf("%s\n got %s\nwant %s", target, w.Body, want)
		}
		for _, f := range forms {
			if strings.Contains(target, "format="+f.name) && w.Header().Get("Content-Type") != f.media {
				t.Errorf("%s: %s", target, w.Header().Get("Content-Type"))
			}
		}
		if w.Header().Get("Vary") != "Accept" || w.Header().Get("ETag") == "" {
			t.Errorf("%s: %v", target, w.Header())
		}
	}
}

// Ensure that CSV reads back, whatever is in it, and that names and units are no formulas.
func TestCSV(t *testing.T) {
	h := newHandler(Config{Reader: places()})
	for _, target := range []string{"/v1/components/site:a?format=csv&fields=source",
		"/v1/readings?format=csv&component=site:a&fields=source"} {
		records, err := csv.NewReader(get(t, h, target).Body).ReadAll()
		if err != nil || len(records) != 4 {
			t.Fatalf("%s: %v, %v", target, records, err)
		}
		if got, want := strings.Join(records[1], "|"),
			`site:a|'=name|"a\"b,\r\n"|'@u|2026-11-23T10:00:05.000Z|2026-11-23T13:00:05.000Z|wayside|||||`; got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
}

// Ensure that components of whose position nothing can be made are no features, and that a box holds what lies in it,
// across the antimeridian too.
func TestBox(t *testing.T) {
	h := newHandler(Config{Reader: places()})
	for query, want := range map[string]string{
		"format=geojson":                                "site:a site:b site:c vehicle:18:436",
		"format=geojson&bbox=-180,-90,180,90":           "site:a site:b site:c vehicle:18:436",
		"format=geojson&bbox=179,0,-179,20":             "site:b site:c",
		"format=geojson&bbox=24.9,60.1,24.9,60.1":       "vehicle:18:436",
		"format=geojson&bbox=0,-34,20,-33&metrics=none": "site:a",
		"format=geojson&position=entry":                 "site:a",
		"format=rows&bbox=6,45,8,47&position=entry":     "site:a",
		"format=geojson&bbox=6,45,8,47":                 "",
	} {
		var got []string
		body := decode(get(t, h, "/v1/readings?"+query).Body.Bytes()).(map[string]any)
		for _, list := range []string{"features", "rows"} {
			items, _ := body[list].([]any)
			for _, item := range items {
				m := item.(map[string]any)
				if p, ok := m["properties"].(map[string]any); ok {
					m = p
				}
				got = append(got, m["component"].(string))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	if got := get(t, h,
		"/v1/components?bbox=179,0,-179,20").Body.String(); got != `{"components":["site:b","site:c"],"next":null,"cursor":null}` {
		t.Errorf("%s", got)
	}
	for _, box := range []string{"", "1,2,3", "1,2,3,4,5", "a,0,0,0", "NaN,0,1,1", "1,,2,3", "0,1,0,0", "-181,0,0,0",
		"0,0,181,0", "0,-91,0,0", "0,0,0,1e99", "0x1,0,2,2"} {
		if w := get(t, h, "/v1/readings?bbox="+box); problemOf(w) != "400 invalid-parameter" {
			t.Errorf("%s: %s", box, w.Body)
		}
	}
}

// Ensure that a row has no column twice, and loses none.
func TestRowColumns(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "d"}}}
	for metric, value := range map[string]string{
		"component": "1", "eventTime": `"x"`, "a": `{"b":1,"c":{"d":[1,{"e":2}],"x":{}},"metric:q":3}`, "a.b": "2", "z": "[]",
		"m": "{}",
	} {
		f.put(twin.Change{Dataset: "d", Component: "c", Metric: metric, Value: value})
	}
	w := get(t, newHandler(Config{Reader: f}), "/v1/readings?format=rows")
	const want = `{"rows":[{"component":"c","eventTime":"1970-01-01T00:00:00.000Z","staleAt":null,"a.b":2,"metric:component":1,"metric:eventTime":"x","z":"[]",` +
		`"a.c.d":"[1,{\"e\":2}]","a.c.x":"{}","a.metric:q":3,"m":"{}"}],"next":null,"cursor":null}`
	if w.Body.String() != want {
		t.Errorf("%s", w.Body)
	}
}

// Ensure that Accept chooses a form as RFC 9110 has it, that format= goes before it, and that who takes none of the
// forms is told which there are.
func TestAccept(t *testing.T) {
	h := newHandler(Config{Reader: sample()})
	for accept, want := range map[string]string{
		"": "json", "*/*": "json", "application/json": "json", "application/*": "json", "text/html, */*;q=0.1": "json",
		"junk":     "json",
		"text/csv": "csv", "text/*": "csv", "TEXT/CSV; header=present": "csv",
		"application/json;q=0.5, text/csv;q=0.6": "csv",
		"application/geo+json":                   "geojson", "application/vnd.geo+json": "geojson",
		"application/geo+json, application/json": "json",
		"*/*, application/json;q=0":              "geojson", "application/ndjson": "ndjson",
		"application/x-ndjson;q=1":               "ndjson",
		"application/vnd.digital-twin.rows+json": "rows", "text/csv;q=nan": "json",
		"image/png": "", "application/json;q=0": "", "text/html;q=0.9, image/*": "",
	} {
		w := get(t, h, "/v1/readings", "Accept", accept)
		if want == "" {
			allowed, _ := json.Marshal(decode(w.Body.Bytes()).(map[string]any)["allowed"])
			if problemOf(w) != "406 not-acceptable" || !strings.HasPrefix(string(allowed),
				`["application/json","application/geo+json",`) {
				t.Errorf("%s: %s", accept, w.Body)
			}
			continue
		}
		f := forms[0]
		for _, one := range forms {
			if one.name == want {
				f = one
			}
		}
		if w.Header().Get("Content-Type") != f.media {
			t.Errorf("%s: %s, want %s", accept, w.Header().Get("Content-Type"), f.media)
		}
	}
	if w := get(t, h, "/v1/readings?format=csv", "Accept", "image/png"); w.Code != 200 ||
		w.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	for _, target := range []string{"/v1/components?format=geojson", "/v1/components/a?format=rows",
		"/v1/readings?format=xml", "/v1/readings?format="} {
		if w := get(t, h, target); problemOf(w) != "400 invalid-parameter" ||
			!strings.Contains(w.Body.String(), `"allowed":["json",`) {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
	for _, target := range []string{"/v1/readings?format=rows&fields=source",
		"/v1/components/vehicle:22:790?format=values&fields=source", "/v1/readings?count=true&format=csv"} {
		if w := get(t, h, target); problemOf(w) != "400 invalid-parameter" {
			t.Errorf("%s: %s", target, w.Body)
		}
	}
	if w := get(t, h, "/v1/datasets", "Accept", "image/png"); w.Code != 200 {
		t.Errorf("a call with one form: %s", w.Body)
	}
}

// Ensure that pages of each form hold the same as one long page, each entry once, and that a cursor between the metrics
// of a component does not begin a page of components.
func TestPagesOfForms(t *testing.T) {
	f := fleet(60)
	for i := range 60 {
		f.put(twin.Change{Dataset: "a", Component: fmt.Sprintf("wagon:%05d", i), Metric: "position",
			Value: fmt.Sprintf(`{"lat":%d,"lon":1}`, i)})
	}
	h := newHandler(Config{Reader: f})
	for format, list := range map[string]string{"rows": "rows", "geojson": "features"} {
		var all []string
		n := 0
		for target := "/v1/readings?limit=7&format=" + format; target != ""; n++ {
			body := decode(get(t, h, target).Body.Bytes()).(map[string]any)
			for _, entry := range body[list].([]any) {
				text, _ := json.Marshal(entry)
				all = append(all, string(text))
			}
			target, _ = body["next"].(string)
		}
		var long []string
		for _, entry := range decode(get(t, h, "/v1/readings?format="+format).Body.Bytes()).(map[string]any)[list].([]any) {
			text, _ := json.Marshal(entry)
			long = append(long, string(text))
		}
		if len(all) != 60 || n != 9 || strings.Join(all, "\n") != strings.Join(long, "\n") {
			t.Errorf("%s: %d entries on %d pages, %d on one", format, len(all), n, len(long))
		}
	}
	cursor := decode(get(t, h, "/v1/readings?limit=2").Body.Bytes()).(map[string]any)["cursor"].(string)
	if w := get(t, h, "/v1/readings?format=rows&cursor="+cursor); problemOf(w) != "400 invalid-cursor" {
		t.Errorf("%s", w.Body)
	}
}

// Ensure that a whole list is one answer, that what is too long for one says so, and that a server that may stream
// sends it all.
func TestWholeList(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "d"}}}
	value := `"` + strings.Repeat("x", 40_000) + `"`
	const n = 250 // 10 MB
	for i := range n {
		f.put(twin.Change{Dataset: "d", Component: fmt.Sprintf("c:%03d", i), Metric: "m", Value: value})
	}
	bounded, streams := newHandler(Config{Reader: f}), newHandler(Config{Reader: f, Stream: true})
	if w := get(t, bounded, "/v1/readings?format=csv"); problemOf(w) != "400 answer-too-large" {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
	if w := get(t, bounded, "/v1/components?format=csv"); strings.Count(w.Body.String(), "\r\n") != n+1 ||
		w.Header().Get("ETag") == "" {
		t.Errorf("%d %.300s", w.Code, w.Body)
	}
	lines, parts := 0, 0
	for target := "/v1/readings?format=ndjson"; target != ""; parts++ {
		all := strings.SplitAfter(get(t, bounded, target).Body.String(), "\n")
		all = all[:len(all)-1]
		last, _ := decode([]byte(all[len(all)-1])).(map[string]any)
		if target, _ = last["next"].(string); target != "" {
			all = all[:len(all)-1]
		}
		lines += len(all)
	}
	if lines != n || parts < 3 {
		t.Errorf("%d lines in %d parts", lines, parts)
	}
	for _, format := range []string{"csv", "ndjson"} {
		w := httptest.NewRecorder() // without the checks, which need a length
		streams.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/readings?format="+format, nil))
		if got := strings.Count(w.Body.String(), "c:"); got != n || w.Header().Get("ETag") != "" ||
			strings.Contains(w.Body.String(), `"next"`) {
			t.Errorf("%s: %d entries, %v", format, got, w.Header())
		}
	}
	if w := do(t, streams, http.MethodHead, "/v1/components?format=csv", ""); w.Code != 200 || w.Body.Len() > 0 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// Ensure that a list that cannot be sent to its end says so: by its last line, or by breaking off.
func TestStreamBreaksOff(t *testing.T) {
	f := &failsAt{fake: &fake{datasets: []twin.Dataset{{Name: "d"}}}, n: 5}
	for i := range 250 {
		f.put(twin.Change{Dataset: "d", Component: fmt.Sprintf("c:%03d", i), Metric: "m",
			Value: `"` + strings.Repeat("x", 40_000) + `"`})
	}
	h := newHandler(Config{Reader: f, Stream: true})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/v1/readings?format=ndjson", nil))
	body := w.Body.String()
	last, _ := decode([]byte(body[strings.LastIndex(strings.TrimSuffix(body, "\n"), "\n")+1:])).(map[string]any)
	next, _ := last["next"].(string)
	f.n = 0
	rest := httptest.NewRecorder()
	h.ServeHTTP(rest, httptest.NewRequest(http.MethodGet, next, nil))
	if n := strings.Count(body, `"component"`) + strings.Count(rest.Body.String(), `"component"`); n != 250 ||
		rest.Code != 200 {
		t.Fatalf("%d entries, from %q on", n, next)
	}
	f.calls, f.n = 0, 5
	defer func() {
		if v := recover(); v != http.ErrAbortHandler {
			t.Errorf("%v", v)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/v1/readings?format=csv", nil))
	t.Error("a part of the list looks like the whole")
}
