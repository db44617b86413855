package gateway

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// event is what API Gateway hands over for a call of a REST API with proxy integration, as far as it is used.
type event struct {
	Resource       string              `json:"resource"` // /v1/components/{component}
	Path           string              `json:"path"`     // /v1/components/wagon%3A1, behind a base path of a custom domain
	PathParameters map[string]string   `json:"pathParameters"`
	Method         string              `json:"httpMethod"`
	Headers        map[string]string   `json:"headers"`
	MultiHeaders   map[string][]string `json:"multiValueHeaders"`
	Query          map[string]string   `json:"queryStringParameters"` // of repeated ones the last
	MultiQuery     map[string][]string `json:"multiValueQueryStringParameters"`
	Body           string              `json:"body"`
	Base64         bool                `json:"isBase64Encoded"`
	Context        struct {
		Path       string `json:"path"` // with the stage, or with the base path
		DomainName string `json:"domainName"`
		RequestID  string `json:"requestId"`
		Identity   struct {
			SourceIP string `json:"sourceIp"`
		} `json:"identity"`
		Authorizer *authorizer `json:"authorizer"`
	} `json:"requestContext"`
}

// Request makes the HTTP request that the caller of an API sent out of what API Gateway hands over.
func Request(ctx context.Context, payload []byte) (*http.Request, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("gateway: the event is not one of API Gateway: %w", err)
	}
	if e.Method == "" || e.Path == "" {
		return nil, fmt.Errorf("gateway: the event has no httpMethod or path: is the function called by a REST API?")
	}
	body, err := e.body()
	if err != nil {
		return nil, err
	}
	path := e.path()
	// With a body that is a strings.Reader, the length is known.
	r, err := http.NewRequestWithContext(context.WithValue(e.Context.Authorizer.withCaller(ctx), baseKey{}, e.base(path)),
		e.Method, "/", strings.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	r.URL = &url.URL{Path: path, RawQuery: e.query()}
	if decoded, err := url.PathUnescape(path); err == nil {
		r.URL.Path, r.URL.RawPath = decoded, path
	}
	r.Header = e.header()
	r.Host = e.Context.DomainName
	r.RemoteAddr = e.Context.Identity.SourceIP
	r.RequestURI = r.URL.RequestURI()
	return r, nil
}

// path returns the path from /v1 on, percent-encoded.
//
// API Gateway hands the path of a REST API over as the caller encoded it. If it does not fit the resource that
// was matched, something on the way has decoded a slash in a name, or has put a base path before it; the
// parameters say what the names were.
func (e *event) path() string {
	want := strings.Split(e.Resource, "/")
	got := strings.Split(e.Path, "/")
	if n := len(got) - len(want); e.Resource == "" || fits(want, got) {
		return e.Path
	} else if n > 0 && fits(want[1:], got[n+1:]) {
		return "/" + strings.Join(got[n+1:], "/")
	}
	for i, s := range want {
		if name, ok := parameter(s); ok {
			want[i] = url.PathEscape(e.PathParameters[name])
		}
	}
	return strings.Join(want, "/")
}

// fits reports whether the segments of a path are those of a resource.
func fits(resource, path []string) bool {
	if len(resource) != len(path) {
		return false
	}
	for i, s := range resource {
		if _, ok := parameter(s); !ok && s != path[i] {
			return false
		}
	}
	return true
}

// parameter returns the name in a segment such as {component}.
func parameter(segment string) (string, bool) {
	name, ok := strings.CutPrefix(segment, "{")
	return strings.TrimSuffix(name, "}"), ok
}

// base returns the URL before /v1 that the caller used: with the stage, or the base path of a custom domain.
func (e *event) base(path string) string {
	if e.Context.DomainName == "" {
		return ""
	}
	prefix, ok := strings.CutSuffix(e.Context.Path, path)
	if !ok {
		prefix, _, _ = strings.Cut(e.Context.Path, "/v1/")
	}
	return "https://" + e.Context.DomainName + prefix
}

type baseKey struct{}

// Base is where the API of a request begins, see [api.Config]; it is empty where that is not known.
func Base(r *http.Request) string {
	b, _ := r.Context().Value(baseKey{}).(string)
	return b
}

func (e *event) query() string {
	values := url.Values(e.MultiQuery)
	if len(values) == 0 {
		values = url.Values{}
		for k, v := range e.Query {
			values.Set(k, v)
		}
	}
	return values.Encode()
}

// header returns the headers by their canonical names, whatever case they came in.
func (e *event) header() http.Header {
	h := http.Header{}
	for k, v := range e.MultiHeaders {
		h[textproto.CanonicalMIMEHeaderKey(k)] = v
	}
	if len(h) == 0 {
		for k, v := range e.Headers {
			h.Set(k, v)
		}
	}
	return h
}

func (e *event) body() (string, error) {
	if !e.Base64 {
		return e.Body, nil
	}
	b, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		return "", fmt.Errorf("gateway: the body: %w", err)
	}
	return string(b), nil
}
