package accesstest

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"

	"github.com/railtwin/digitaltwin/internal/access"
)

// attack is a request of eve's, and what has to come of it.
type attack struct {
	name    string
	request Request
	status  int
	says    string // of the body

	from func(r *Request, bobs *httptest.ResponseRecorder) // changes the request by what bob got for the same
	// makes of what is hidden what is not there: the answer must be the same
	absent *strings.Replacer
}

func get(target string) Request { return Request{Method: http.MethodGet, Target: target} }

func with(r Request, header ...string) Request {
	r.Header = http.Header{}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func by(c access.Caller, target string) Request {
	return Request{Caller: &c, Method: http.MethodGet, Target: target}
}

func query(body string) Request {
	return Request{Method: http.MethodPost, Target: "/v1/readings:query", Body: body}
}

const (
	noRoute, noComponent, noMetric = "route-not-found", "component-not-found", "metric-not-found"
	hiddenBox                      = "/v1/components/box:2"
	onlyTwo                        = `{"components":["box:1","box:12"],"next":null`
)

var (
	readScope = []string{access.ScopeRead}
	box9      = strings.NewReplacer("box:2", "box:9")
	box19     = strings.NewReplacer("box:13", "box:19")
)

var attacks = []attack{
	{name: "no verified token", request: get("/v1/components"), status: 401, says: "token-needed"},
	{name: "no verified token and a made-up one", request: with(get(hiddenBox), "Authorization",
		"Bearer eyJhbGciOiJub25lIn0.e30."), status: 401, says: "token-needed"},
	{name: "the scope of operators", request: by(access.Caller{Client: "bob", Scopes: []string{access.ScopeOperate}},
		hiddenBox), status: 403, says: "insufficient-scope"},
	{name: "a scope that begins as the right one", request: by(access.Caller{Client: "bob",
		Scopes: []string{"twin/readers", "twin/read/x", "xtwin/read"}}, hiddenBox), status: 403, says: "insufficient-scope"},
	{name: "a token without scopes", request: by(access.Caller{Client: "bob"}, "/v1/datasets"), status: 403,
		says: "insufficient-scope"},
	{name: "a caller without a grant", request: by(access.Caller{Client: "mallory", Scopes: readScope}, "/v1/components"),
		status: 200, says: `{"components":[],"next":null`},
	{name: "a subject called as a client", request: by(access.Caller{Subject: "bob", Groups: []string{"bob", "client:bob"},
		Scopes: readScope}, "/v1/datasets"), status: 200, says: `{"datasets":[]}`},
	{name: "a group called as several", request: by(access.Caller{Groups: []string{"x admins", "admins,x", "Admins", "*"},
		Scopes: readScope}, "/v1/datasets"), status: 200, says: `{"datasets":[]}`},

	{name: "claims in headers", request: with(get(hiddenBox), "X-Amzn-Oidc-Data", "bob", "X-Client-Id", "bob", "Client_id",
		"bob", "Sub", "bob", "Cognito:groups", "admins",
		"X-Amz-Security-Token", "bob", "X-Forwarded-User", "bob", "X-Amzn-Request-Context",
		`{"authorizer":{"claims":{"client_id":"bob"}}}`), status: 404, says: noComponent, absent: box9},
	{name: "claims in the query", request: get(hiddenBox + "?client_id=bob"), status: 400, says: "unknown-parameter",
		absent: box9},
	{name: "a token in the query", request: get("/v1/components?access_token=x"), status: 400, says: "unknown-parameter"},
	{name: "another path in a header", request: with(get("/v1/health"), "X-Original-Url", hiddenBox, "X-Rewrite-Url",
		hiddenBox), status: 200, says: `{"status":"ok"}`},
	{name: "another method in a header", request: with(get(hiddenBox), "X-Http-Method-Override", "HEAD"), status: 404,
		says: noComponent, absent: box9},

	{name: "the path goes up", request: get("/v1/components/box:1/../box:2"), status: 404, says: noRoute, absent: box9},
	{name: "the path goes up, encoded", request: get("/v1/components/box:1/%2e%2e/box:2"), status: 404, says: noRoute,
		absent: box9},
	{name: "a slash in a name", request: get("/v1/components/box:1%2F..%2Fbox:2"), status: 404, says: noComponent},
	{name: "encoded twice", request: get("/v1/components/box%253A2"), status: 404, says: noComponent},
	{name: "a path from a public one", request: get("/v1/health/../components/box:2"), status: 404, says: noRoute,
		absent: box9},
	{name: "a path below a public one", request: get("/v1/health/v1/components/box:2"), status: 404, says: noRoute,
		absent: box9},
	{name: "a path in other letters", request: get("/V1/Components/box:2"), status: 404, says: noRoute, absent: box9},
	{name: "a name in other letters", request: get("/v1/components/BOX:1"), status: 404, says: noComponent},
	{name: "empty segments", request: get("/v1//components/box:2"), status: 404, says: noRoute, absent: box9},
	{name: "a zero byte", request: get("/v1/components/box:2%00"), status: 404, says: noComponent},
	{name: "an overlong encoding", request: get("/v1/components/box:1%c0%ae%c0%ae"), status: 400, says: "invalid-name"},
	{name: "a path parameter", request: get("/v1/components/box:1;component=box:2"), status: 404, says: noComponent},

	{name: "a component", request: get(hiddenBox), status: 404, says: noComponent, absent: box9},
	{name: "a component by the query", request: get("/v1/readings?component=box:2&metric=temperature"), status: 404,
		says: noComponent, absent: box9},
	{name: "its lineage", request: get(hiddenBox + "/metrics/temperature?fields=source"), status: 404, says: noComponent,
		absent: box9},
	{name: "a metric", request: get("/v1/components/box:1/metrics/lid"), status: 404, says: noMetric,
		absent: strings.NewReplacer("lid", "led")},
	{name: "a component with that metric only", request: get("/v1/components/box:13"), status: 404, says: noComponent,
		absent: box19},
	{name: "a newer reading of another dataset", request: get("/v1/components/box:1"), status: 200, says: `"value":1.5,`},
	{name: "a dataset", request: get("/v1/datasets/vaults"), status: 404, says: "dataset-not-found",
		absent: strings.NewReplacer("vaults", "faults")},
	{name: "a dataset as a filter", request: get("/v1/readings?dataset=vaults&component=box:1"), status: 404,
		says: "dataset-not-found", absent: strings.NewReplacer("vaults", "faults")},
	{name: "two components in one parameter", request: get("/v1/readings?component=box:1&component=box:2"), status: 400,
		says: "invalid-parameter"},

	{name: "a matrix with a forbidden cell", request: query(`{"components":["box:1","box:2"],"metrics":["temperature"]}`),
		status: 200,
		says:   `"metric":"temperature","status":"absent"`, absent: box9},
	{name: "a matrix with a forbidden metric", request: query(`{"components":["box:1"],"metrics":["lid"]}`), status: 200,
		says: `"status":"absent"`, absent: strings.NewReplacer("lid", "led")},
	{name: "a member that is there twice",
		request: query(`{"components":["box:1"],"metrics":["temperature"],"components":["box:2"]}`), status: 200,
		says: `"status":"absent"`},
	{name: "enumeration by a matrix",
		request: query(`{"components":["box:2","box:13","vault:1"],"metrics":["temperature","lid"]}`), status: 200,
		says:   `"status":"absent"`,
		absent: strings.NewReplacer("box:2", "box:9", "box:13", "box:19", "vault:1", "vault:9")},

	{name: "enumeration by a prefix", request: get("/v1/components?prefix=box:2"), status: 200,
		says: `{"components":[],"next":null`, absent: box9},
	{name: "enumeration by the prefix of a hidden metric", request: get("/v1/components?prefix=box:13"), status: 200,
		says: `{"components":[],"next":null`, absent: box19},
	{name: "a prefix above the grant", request: get("/v1/components?prefix=b"), status: 200, says: onlyTwo},
	{name: "counting by the end of a page", request: get("/v1/components?limit=2"), status: 200, says: onlyTwo},
	{name: "counting readings by the end of a page", request: get("/v1/readings?limit=2"), status: 200,
		says: `"next":null`},
	{name: "the catalogue", request: get("/v1/datasets"), status: 200,
		says: `"metrics":[{"metric":"temperature","units":["Cel"]}],"pausedSince":null,"newestEventTime":null}]}`},

	{name: "a filter by a hidden metric", request: get("/v1/components?filter=lid"), status: 200,
		says: `{"components":[],"next":null`, absent: strings.NewReplacer("lid", "led")},
	{name: "a filter by the absence of a hidden metric", request: get("/v1/components?filter=!lid"), status: 200,
		says: onlyTwo},
	{name: "a filter by a hidden value", request: get("/v1/readings?filter=temperature>90000"), status: 200,
		says: `{"readings":[],"next":null`},
	{name: "a filter by the hidden value of another dataset", request: get("/v1/components?filter=temperature!%3D1.5"),
		status: 200, says: `{"components":["box:12"],"next":null`},
	{name: "a filter by the age of a hidden metric", request: get("/v1/components?filter=stale(lid)|stale()"), status: 200,
		says: `{"components":[],"next":null`},
	{name: "a filter on a hidden component", request: get("/v1/readings?component=box:2&filter=!x"), status: 404,
		says: noComponent, absent: box9},
	{name: "a mistake in a filter", request: get("/v1/components?filter=lid>"), status: 400, says: "invalid-parameter"},
	{name: "counting components", request: get("/v1/components?count=true"), status: 200,
		says: `{"components":[],"count":2,"next":null`},
	{name: "counting hidden components", request: get("/v1/components?count=true&prefix=box:2"), status: 200,
		says: `{"components":[],"count":0,"next":null`, absent: box9},
	{name: "counting readings", request: get("/v1/readings?count=true"), status: 200,
		says: `{"readings":[],"count":2,"next":null`},
	{name: "counting by a hidden metric", request: get("/v1/readings?count=true&filter=lid"), status: 200,
		says: `{"readings":[],"count":0,"next":null`},
	{name: "a hidden dataset among others", request: get("/v1/components?dataset=boxes,vaults"), status: 404,
		says: "dataset-not-found", absent: strings.NewReplacer("vaults", "walls")},
	{name: "a hidden metric as the position", request: get("/v1/components?bbox=-180,-90,180,90&position=lid"),
		status: 200, says: `{"components":[],"next":null`,
		absent: strings.NewReplacer("lid", "led")},
	{name: "a component as CSV", request: get(hiddenBox + "?format=csv"), status: 404, says: noComponent, absent: box9},
	{name: "a component as GeoJSON", request: with(get(hiddenBox), "Accept", "application/geo+json"), status: 404,
		says: noComponent, absent: box9},
	{name: "hidden metrics as values", request: get("/v1/components/box:1?format=values"), status: 200,
		says: `{"temperature":1.5}`},
	{name: "hidden metrics in a row", request: get("/v1/readings?format=rows&prefix=box:1"), status: 200,
		says: `"temperature":1.5},`},
	{name: "a whole list as CSV", request: get("/v1/readings?format=csv"), status: 200,
		says: "box:12,temperature,12.5,Cel,"},
	{name: "a whole list as lines", request: get("/v1/readings?format=ndjson"), status: 200, says: `"value":12.5,`},
	{name: "features", request: get("/v1/readings?format=geojson&position=lid"), status: 200,
		says: `"features":[],"next":null`},
	{name: "the cursor of another caller's filter", request: get("/v1/components?limit=1&filter=temperature"), status: 400,
		says: "invalid-cursor", from: cursor("/v1/components")},
	{name: "changes since", request: get("/v1/readings?changedSince=x"), status: 400, says: "invalid-parameter"},

	{name: "the cursor of another caller", request: get("/v1/readings?limit=1"), status: 200, says: `{"readings":[`,
		from: cursor("/v1/readings")},
	{name: "the cursor of another caller's components", request: get("/v1/components?limit=3"), status: 200,
		says: `{"components":[],"next":null`, from: cursor("/v1/components")},
	{name: "a cursor for another list", request: get("/v1/readings?limit=1"), status: 400, says: "invalid-cursor",
		from: cursor("/v1/components")},
	{name: "a cursor that was changed", request: get("/v1/components?limit=1"), status: 400, says: "invalid-cursor",
		from: changedCursor},
	{name: "the ETag of another caller", request: get("/v1/datasets"), status: 200, says: `"boxes"`, from: tag},
	{name: "the ETag of another caller's component", request: get(hiddenBox), status: 404, says: noComponent, from: tag,
		absent: box9},
	{name: "any ETag", request: with(get(hiddenBox), "If-None-Match", "*"), status: 404, says: noComponent, absent: box9},
}

var nextCursor = regexp.MustCompile(`"cursor":"([^"]+)"`)

// cursor asks a list for the page after bob's.
func cursor(path string) func(*Request, *httptest.ResponseRecorder) {
	return func(r *Request, bobs *httptest.ResponseRecorder) {
		found := nextCursor.FindStringSubmatch(bobs.Body.String())
		if found == nil {
			panic("bob has got no cursor: " + bobs.Body.String())
		}
		r.Target = path + "?cursor=" + url.QueryEscape(found[1])
	}
}

func changedCursor(r *Request, bobs *httptest.ResponseRecorder) {
	found := nextCursor.FindStringSubmatch(bobs.Body.String())
	b, err := base64.RawURLEncoding.DecodeString(found[1])
	if err != nil {
		panic(err)
	}
	b[len(b)-5]++ // the last byte of a name
	r.Target = "/v1/components?cursor=" + base64.RawURLEncoding.EncodeToString(b)
}

func tag(r *Request, bobs *httptest.ResponseRecorder) {
	if bobs.Code != 200 || bobs.Header().Get("ETag") == "" {
		panic("bob has got no ETag: " + bobs.Body.String())
	}
	r.Header = http.Header{"If-None-Match": {bobs.Header().Get("ETag")}}
}
