package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// TokenSource returns an access token. refused is a token of this source that the twin refused although it should be
// valid, such as one that was revoked; it is "" otherwise. A source never returns a refused token again: it gets
// another one, or fails.
type TokenSource func(ctx context.Context, refused string) (token string, err error)

// Options are what a [Client] may need beside the URL.
type Options struct {
	Tokens    TokenSource       // nil: calls carry no token
	APIKey    string            // sent as x-api-key; "" for none
	Login     string            // the command that gets a new token, for messages: twin login --profile prod
	Transport http.RoundTripper // nil is [http.DefaultTransport]
}

// Client calls one twin. It may be used by several goroutines at once.
type Client struct {
	base string // without /v1
	Options
	http http.Client
	wait func(ctx context.Context, d time.Duration) error
}

const (
	maxAnswer = 16 << 20         // bytes of an answer
	timeout   = 60 * time.Second // of one attempt
)

// New returns a client of the twin at a URL, with or without /v1 at its end. The error says what is wrong with the URL.
func New(base string, o Options) (*Client, error) {
	u, err := ParseBase(base)
	if err != nil {
		return nil, err
	}
	if o.Tokens != nil && !Private(u) {
		return nil, fmt.Errorf("%s is not private: a token is sent with https only, or to this machine", u)
	}
	return &Client{
		base: u.String(), Options: o, wait: wait,
		http: http.Client{
			Timeout:   timeout,
			Transport: o.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error {
				return http.ErrUseLastResponse // it would carry token and key along
			},
		},
	}, nil
}

// ParseBase reads the URL of a twin and returns it without /v1 and slashes at its end, and with scheme and host in
// lower case, so that two spellings of one twin are equal.
func ParseBase(base string) (*url.URL, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%q is not the URL of a twin: it must be like https://twin.example.com, "+
			"without user, ? and #", base)
	}
	host := strings.TrimSuffix(strings.ToLower(u.Host), map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
	path := strings.TrimSuffix(strings.TrimRight(u.EscapedPath(), "/"), "/v1") // the paths of calls begin with it
	path = strings.TrimRight(path, "/")
	return url.Parse(u.Scheme + "://" + host + path)
}

// Base returns the URL of the twin without /v1.
func (c *Client) Base() string { return c.base }

// Request is one call.
type Request struct {
	Method string      // "" is GET
	Path   string      // escaped, from /v1 on, with the query string
	Header http.Header // beside those that the client sets
	Body   []byte      // JSON; nil for none
}

// Answer is what the twin answered: a status up to 299, or 304.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a call. A call that was throttled (429) is retried, and so is one that could not be served for the moment
// (503) where repeating it is safe. If the token is refused, Do tries again with a new one, once.
func (c *Client) Do(ctx context.Context, r Request) (*Answer, error) {
	if r.Method == "" {
		r.Method = http.MethodGet
	}
	token, err := c.token(ctx, "")
	if err != nil {
		return nil, err
	}
	a, err := c.retry(ctx, r, token)
	if err == nil && a.Status == http.StatusUnauthorized && token != "" {
		if token, err = c.token(ctx, token); err != nil {
			return nil, err
		}
		a, err = c.retry(ctx, r, token)
	}
	if err != nil {
		return nil, err
	}
	if a.Status < 300 || a.Status == http.StatusNotModified {
		return a, nil
	}
	return nil, c.problem(r, a)
}

func (c *Client) token(ctx context.Context, refused string) (string, error) {
	if c.Tokens == nil {
		return "", nil
	}
	return c.Tokens(ctx, refused)
}

// once makes one attempt.
func (c *Client) once(ctx context.Context, r Request, token string) (*Answer, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, c.base+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		request.Header[name] = slices.Clone(values)
	}
	if r.Body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if c.APIKey != "" {
		request.Header.Set("X-Api-Key", c.APIKey)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, Unreachable("twin", c.base, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return nil, Unreachable("twin", c.base, err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer of %s%s is longer than %d MiB: ask for less", c.base, r.Path, maxAnswer>>20)
	}
	return &Answer{response.StatusCode, response.Header, body}, nil
}

// Get returns the body of a path.
func (c *Client) Get(ctx context.Context, path string) ([]byte, error) {
	a, err := c.Do(ctx, Request{Path: path})
	if err != nil {
		return nil, err
	}
	return a.Body, nil
}

// Call sends in as JSON, unless it is nil, and reads the answer into out, unless that is nil.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	r := Request{Method: method, Path: path}
	if in != nil {
		var err error
		if r.Body, err = json.Marshal(in); err != nil {
			return fmt.Errorf("make the body of %s %s: %w", method, path, err)
		}
	}
	a, err := c.Do(ctx, r)
	if err != nil || out == nil {
		return err
	}
	return c.decode(path, a.Body, out)
}

// decode reads an answer.
func (c *Client) decode(path string, body []byte, out any) error {
	if err := json.Unmarshal(body, out); err != nil {
		return fmt.Errorf("%s%s does not answer as a twin does: %w", c.base, path, err)
	}
	return nil
}
