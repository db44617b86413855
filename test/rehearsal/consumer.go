package rehearsal

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// consumer reads the twin through the deployed REST API.
type consumer struct {
	client *http.Client
	base   string // ends with the stage
	token  string
	key    string // of API Gateway
}

// secret is what a client finds in its secret.
type secret struct {
	ClientID, ClientSecret, Scope, APIURL, APIKey string
}

// secretOf is what a person reads in the secret of a client.
func (d *deployment) secretOf(ctx context.Context, who, name string) (c secret, err error) {
	out, err := secretsmanager.NewFromConfig(d.people[who].config).GetSecretValue(ctx,
		&secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(aws.ToString(out.SecretString)), &c); err != nil {
		return c, fmt.Errorf("the secret %s: %w", name, err)
	}
	return c, nil
}

// newConsumer logs a client in with what its secret says, which a person reads.
func (d *deployment) newConsumer(ctx context.Context, who, name string) (*consumer, error) {
	c, err := d.secretOf(ctx, who, name)
	if err != nil {
		return nil, err
	}
	return d.login(ctx, c)
}

// login gets a token by the client credentials grant.
func (d *deployment) login(ctx context.Context, of secret) (*consumer, error) {
	c := d.consumerOf(of.APIURL)
	c.key = of.APIKey
	var err error
	c.token, err = c.exchange(ctx, d.url, url.Values{"grant_type": {"client_credentials"}, "scope": {of.Scope}}, of)
	return c, err
}

// consumerOf reads at the URL of the API, https://<api>.execute-api.<region>.amazonaws.com/<stage>/v1, without a token
// yet.
func (d *deployment) consumerOf(address string) *consumer {
	api, rest, _ := strings.Cut(strings.TrimPrefix(address, "https://"), ".")
	stage := strings.Split(rest+"//", "/")[1]
	return &consumer{client: d.client, base: d.url + "/restapis/" + api + "/" + stage + "/_user_request_"}
}

// exchange asks the token endpoint for an access token, as a client with a secret where it has one.
func (c *consumer) exchange(ctx context.Context, emulator string, form url.Values, of secret) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, emulator+"/oauth2/token",
		strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	if of.ClientSecret != "" {
		request.SetBasicAuth(of.ClientID, of.ClientSecret)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	a, err := c.do(request)
	if err != nil {
		return "", err
	}
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := a.json(&token); err != nil {
		return "", fmt.Errorf("the token endpoint: %w", err)
	}
	return token.AccessToken, nil
}

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

// json reads a good answer.
func (a answer) json(into any) error {
	if a.status != http.StatusOK {
		return fmt.Errorf("answered %s", a)
	}
	return json.Unmarshal(a.body, into)
}

// get asks for a path such as /v1/datasets.
func (c *consumer) get(ctx context.Context, path string) (answer, error) {
	return c.ask(ctx, http.MethodGet, path, "")
}

// post sends JSON to a path.
func (c *consumer) post(ctx context.Context, path, body string) (answer, error) {
	return c.ask(ctx, http.MethodPost, path, body)
}

func (c *consumer) ask(ctx context.Context, method, path, body string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	if c.key != "" {
		request.Header.Set("X-Api-Key", c.key)
	}
	return c.do(request)
}

func (c *consumer) do(request *http.Request) (answer, error) {
	response, err := c.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, body}, err
}

// reading is one reading, as the API says it.
type reading struct {
	Component, Metric string
	Value             json.RawMessage
	Unit              *string
	EventTime         string
	Dataset           string
	Source            *struct{ Extractor string }
}

func (r *reading) unit() string {
	if r.Unit == nil {
		return ""
	}
	return *r.Unit
}

// reading asks for one reading with its lineage. Nil means that there is none.
func (c *consumer) reading(ctx context.Context, component, metric string) (*reading, error) {
	a, err := c.get(ctx, "/v1/components/"+url.PathEscape(component)+"/metrics/"+url.PathEscape(metric)+"?fields=source")
	if err != nil || a.status == http.StatusNotFound {
		return nil, err
	}
	var r reading
	if err := a.json(&r); err != nil {
		return nil, fmt.Errorf("%s %s: %w", component, metric, err)
	}
	return &r, nil
}

// readings asks for all readings of a dataset, page by page.
func (c *consumer) readings(ctx context.Context, dataset string) (all []reading, err error) {
	for path := "/v1/readings?dataset=" + dataset + "&limit=200"; path != ""; {
		a, err := c.get(ctx, path)
		if err != nil {
			return nil, err
		}
		var page struct {
			Readings []reading
			Next     *string
		}
		if err := a.json(&page); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, page.Readings...)
		if path = ""; page.Next != nil {
			next, err := url.Parse(*page.Next) // absolute on AWS, where the API knows its domain
			if err != nil {
				return nil, err
			}
			path = "/v1/readings?" + next.RawQuery
		}
	}
	return all, nil
}

// await asks until done says so, and returns done's last complaint when that takes too long. pause is the time
// between two questions.
func await(ctx context.Context, limit, pause time.Duration, done func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		err := done()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("after %s: %w", limit, err)
		case <-time.After(pause):
		}
	}
}
