package clients

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/oauth2/clientcredentials"

	"github.com/railtwin/digitaltwin/test/venv"
)

// infinity is what the data source Infinity reads of its provisioning.
type infinity struct {
	Datasources []struct {
		URL      string
		JSONData struct {
			AuthMethod string `json:"auth_method"`
			OAuth2     struct {
				Type     string `json:"oauth2_type"`
				ClientID string `json:"client_id"`
				TokenURL string `json:"token_url"`
				Scopes   []string
			}
		}
		SecureJSONData struct{ OAuth2ClientSecret string }
	}
}

// query is a query of the dashboard, of a panel or of a variable.
type query struct {
	URL     string
	Root    string `json:"root_selector"`
	Columns []struct{ Selector string }
}

// Ensure that the credentials of docs/grafana.md are let in, and that every call of the dashboard is answered, also
// for a component whose name a URL trips over, with each column that a panel shows.
func TestGrafana(t *testing.T) {
	client, base := grafana(t, reader(t))
	text, err := os.ReadFile("../../docs/grafana-dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var dashboard any
	if err := json.Unmarshal(text, &dashboard); err != nil {
		t.Fatal(err)
	}
	queries := queries(t, dashboard, nil)
	if len(queries) != 7 { // one of them is the variable's
		t.Errorf("%d queries; docs/grafana.md says how many there are", len(queries))
	}
	variables := map[string]string{"prefix": "parking:", "metrics": "position,free", "component": hostile}
	for _, q := range queries {
		path := regexp.MustCompile(`\$\{(\w+):percentencode\}`).ReplaceAllStringFunc(q.URL, func(s string) string {
			name := strings.TrimSuffix(strings.TrimPrefix(s, "${"), ":percentencode}")
			return strings.ReplaceAll(url.QueryEscape(variables[name]), "+", "%20")
		})
		answer, err := client.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		var body any
		err = json.NewDecoder(answer.Body).Decode(&body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Errorf("%s: %s, %v", path, answer.Status, err)
			continue
		}
		rows := []any{body}
		if q.Root != "" {
			rows, _ = body.(map[string]any)[q.Root].([]any)
		}
		if len(rows) == 0 {
			t.Errorf("%s has no %s", path, q.Root)
			continue
		}
		row, _ := rows[0].(map[string]any)
		wanted := []string{}
		for _, c := range q.Columns {
			wanted = append(wanted, c.Selector)
		}
		if q.Root == "rows" { // the columns of the map and of the times
			wanted = append(wanted, "component", "position.lat", "position.lon", "free", "eventTime", "staleAt")
		}
		for _, column := range wanted {
			if _, ok := row[column]; !ok {
				t.Errorf("%s has no column %s", path, column)
			}
		}
	}
}

// queries collects what has a URL, from the top down.
func queries(t *testing.T, v any, all []query) []query {
	t.Helper()
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			all = queries(t, item, all)
		}
	case map[string]any:
		if _, ok := v["url"].(string); ok {
			var q query
			text, err := json.Marshal(v)
			if err == nil {
				err = json.Unmarshal(text, &q)
			}
			if err != nil {
				t.Fatal(err)
			}
			return append(all, q)
		}
		for _, member := range v {
			all = queries(t, member, all)
		}
	}
	return all
}

// grafana returns a client with the credentials that docs/grafana.md provisions, and the base of its URLs. Infinity
// gets its tokens by the same library.
func grafana(t *testing.T, twin *running) (*http.Client, string) {
	t.Helper()
	environment := map[string]string{
		"TWIN_CLIENT_ID": "machine", "TWIN_CLIENT_SECRET": twin.secret, "TWIN_TOKEN_URL": twin.url + "/oauth2/token",
	}
	convert := command("", venv.Python(t, "testdata/python/clients.txt"), "-c",
		"import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)")
	provisioned := os.Expand(block(t, "grafana.md", "yaml", twin), func(name string) string { return environment[name] })
	convert.Stdin = strings.NewReader(provisioned)
	out, err := convert.Output()
	if err != nil {
		t.Fatal(err)
	}
	var settings infinity
	if err := json.Unmarshal(out, &settings); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s := settings.Datasources[0]
	o := s.JSONData.OAuth2
	if s.JSONData.AuthMethod != "oauth2" || o.Type != "client_credentials" {
		t.Fatalf("docs/grafana.md provisions %s", out)
	}
	credentials := clientcredentials.Config{
		ClientID: o.ClientID, ClientSecret: s.SecureJSONData.OAuth2ClientSecret, TokenURL: o.TokenURL, Scopes: o.Scopes,
	}
	return credentials.Client(t.Context()), s.URL
}
