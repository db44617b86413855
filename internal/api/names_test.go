package api

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// oddNames are names that paths, gateways and routers like to change.
var oddNames = []string{
	"a//b", "//", "/", "..", ".", "../..", "a/../b", "%2F", "%25", "%", "%%", "%zz", "a%2Fb", "wagon:1/2",
	"Holzgartenstr. 1", " ", " a ",
	"pm2.5", "🚃", "Käse", "a?b", "a#b", "a&b=c", "a+b", "a;b", "metrics", "x/metrics/y", "a,b", `"`, `\`, "\x00", "\n",
	"\u2028", "readings:query",
	"{component}", "*", "~", "@", "<script>", strings.Repeat("é", maxName/2),
}

// escape encodes each byte that is not a letter or digit, the hardest form that a client may send.
func escape(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// Ensure that every name is read back by path and by query, as component and as metric, and is told from all others.
func TestNames(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "d"}}}
	for i, name := range oddNames {
		f.put(twin.Change{Dataset: "d", Component: name, Metric: "m", Value: fmt.Sprint(i)})
		f.put(twin.Change{Dataset: "d", Component: "c", Metric: name, Value: fmt.Sprint(i)})
	}
	h := newHandler(Config{Reader: f})
	for i, name := range oddNames {
		value := fmt.Sprintf(`"value":%d,`, i)
		for _, target := range []string{
			"/v1/components/" + escape(name),
			"/v1/components/" + escape(name) + "/metrics/m",
			"/v1/components/c/metrics/" + escape(name),
			"/v1/components/" + url.PathEscape(name) + "/metrics/m",
			"/v1/readings?component=" + url.QueryEscape(name),
			"/v1/readings?component=" + url.QueryEscape(name) + "&metric=m",
			"/v1/readings?component=c&metric=" + escape(name),
		} {
			w := get(t, h, target)
			if w.Code != 200 || strings.Count(w.Body.String(), value) != 1 || strings.Count(w.Body.String(), `"value":`) != 1 {
				t.Errorf("%q: %s: %d %.200s", clip(name), clip(target), w.Code, w.Body)
			}
		}
	}
}

// Ensure that a real server hands the names on as they were sent: nothing is cleaned or redirected on the way.
func TestNamesOverTheWire(t *testing.T) {
	f := &fake{datasets: []twin.Dataset{{Name: "d"}}}
	for _, name := range []string{"..", "a//b", "%2F", "."} {
		f.put(twin.Change{Dataset: "d", Component: name, Metric: "m", Value: `"` + name + `"`})
	}
	server := httptest.NewServer(newHandler(Config{Reader: f}))
	defer server.Close()
	for path, want := range map[string]string{
		"/v1/components/../metrics/m":       `"value":"..",`,
		"/v1/components/./metrics/m":        `"value":".",`,
		"/v1/components/%2e%2E/metrics/m":   `"value":"..",`,
		"/v1/components/a%2F%2Fb/metrics/m": `"value":"a//b",`,
		"/v1/components/%252F/metrics/m":    `"value":"%2F",`,
		"/v1/components/a//b/metrics/m":     "route-not-found",
		"//v1/components":                   "route-not-found",
		"/v1/components/":                   "route-not-found",
	} {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: twin\r\nConnection: close\r\n\r\n", path)
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		body := make([]byte, 1000)
		n, _ := response.Body.Read(body)
		c.Close()
		if !strings.Contains(string(body[:n]), want) {
			t.Errorf("%s: %s %s", path, response.Status, body[:n])
		}
	}
}
