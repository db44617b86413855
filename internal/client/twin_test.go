package client

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// Ensure that a name which a gateway would change in a path is asked for in the query string, with the same answer.
func TestTwin(t *testing.T) {
	const first, second = `{"component":"a","metric":"x","value":"<&>"}`, `{"component":"a","metric":"y","value":2}`
	var targets []string
	c, _ := serve(t, Options{}, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		targets = append(targets, r.URL.EscapedPath()+" "+q.Get("component")+" "+q.Get("metric"))
		switch {
		case r.URL.Path != "/v1/readings":
			fmt.Fprintf(w, `{"path":%q}`, r.URL.EscapedPath())
		case q.Get("metric") == "none":
			fmt.Fprint(w, `{"readings":[],"next":null,"cursor":null}`)
		case q.Get("metric") != "":
			fmt.Fprintf(w, `{"readings":[%s],"next":null,"cursor":null}`, second)
		case q.Get("cursor") == "":
			fmt.Fprintf(w, `{"readings":[%s],"next":"x","cursor":"c2"}`, first)
		default:
			fmt.Fprintf(w, `{"readings":[%s],"next":null,"cursor":null}`, second)
		}
	})
	for _, test := range []struct{ component, metric, body, targets string }{
		{"box:1 a", "", `{"path":"/v1/components/box:1%20a"}`, "/v1/components/box:1%20a  "},
		{"box:1", "pm2.5", `{"path":"/v1/components/box:1/metrics/pm2.5"}`, "/v1/components/box:1/metrics/pm2.5  "},
		{"a/b<%", "", `{"component":"a/b<%","readings":[` + first + `,` + second + `]}`,
			"/v1/readings a/b<% |/v1/readings a/b<% "},
		{"..", "", `{"component":"..","readings":[` + first + `,` + second + `]}`, "/v1/readings .. |/v1/readings .. "},
		{`a\b`, "y", second, `/v1/readings a\b y`},
		{"a", "100%", second, "/v1/readings a 100%"},
	} {
		targets = nil
		body, err := c.Twin(t.Context(), test.component, test.metric)
		if err != nil || string(body) != test.body || strings.Join(targets, "|") != test.targets {
			t.Errorf("%s %s: %s %v, by %q", test.component, test.metric, body, err, targets)
		}
	}
	if body, err := c.Twin(t.Context(), "a/b", "none"); err == nil {
		t.Errorf("no reading is %s", body)
	}
}
