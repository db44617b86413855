package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/railtwin/digitaltwin/internal/spelling"
)

// client reads the API of a running twin.
type client struct {
	base string
	http http.Client
}

// maxAnswer is the greatest length of an answer in bytes.
const maxAnswer = 16 << 20

func newClient(base string) (*client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return nil, usagef("--url %q is not a URL such as http://%s", base, defaultListen)
	}
	base = strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(base, "/"), "/v1"), "/") // paths begin with /v1
	return &client{base: base, http: http.Client{Timeout: 30 * time.Second}}, nil
}

// reading is a reading as the API serves it.
type reading struct {
	Metric    string          `json:"metric"`
	Value     json.RawMessage `json:"value"`
	Unit      string          `json:"unit"` // empty for null
	EventTime time.Time       `json:"eventTime"`
	StaleAt   *time.Time      `json:"staleAt"`
	Dataset   string          `json:"dataset"`
}

// problem is an answer that says what is wrong (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (p *problem) Error() string { return fmt.Sprintf("the twin answered %d: %s", p.Status, p.text()) }

// text is the detail, where there is one.
func (p *problem) text() string {
	if p.Detail != "" {
		return p.Detail
	}
	return p.Title
}

// twinPath is the path of a component, or of a metric of it where one is named.
func twinPath(component, metric string) string {
	path := "/v1/components/" + url.PathEscape(component)
	if metric != "" {
		path += "/metrics/" + url.PathEscape(metric)
	}
	return path
}

// get returns the body of a path. The error is a [*problem] where the twin answered with another status than 200.
func (c *client) get(ctx context.Context, path string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil, fmt.Errorf("no twin answers at %s: start one with 'twin up', or set --url", c.base)
	}
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", c.base, err)
	}
	if response.StatusCode == http.StatusOK {
		return body, nil
	}
	p := &problem{}
	if json.Unmarshal(body, p) != nil || p.text() == "" {
		p.Detail = fmt.Sprintf("%s at %s%s; is that a twin?", http.StatusText(response.StatusCode), c.base, path)
	}
	p.Status = response.StatusCode
	return nil, p
}

// parseReadings reads the body of a component, or of one metric.
func parseReadings(body []byte, one bool) ([]reading, error) {
	var many struct {
		Readings []reading `json:"readings"`
	}
	var err error
	if one {
		many.Readings = make([]reading, 1)
		err = json.Unmarshal(body, &many.Readings[0])
	} else {
		err = json.Unmarshal(body, &many)
	}
	if err != nil {
		return nil, fmt.Errorf("this is not the answer of a twin: %w", err)
	}
	return many.Readings, nil
}

// maxSuggested is how many names a message suggests.
const maxSuggested = 5

// suggest returns a sentence with what may be meant where there is no such component, or no such metric of it; ""
// where nothing is near.
func (c *client) suggest(ctx context.Context, component, metric string) string {
	if metric != "" {
		if body, err := c.get(ctx, twinPath(component, "")); err == nil {
			return suggestMetric(body, metric)
		}
	}
	return c.suggestComponent(ctx, component)
}

// suggestMetric names the metric of a component that is most like another, or some of its metrics.
func suggestMetric(body []byte, metric string) string {
	readings, err := parseReadings(body, false)
	if err != nil || len(readings) == 0 {
		return ""
	}
	var names []string
	for _, r := range readings {
		names = append(names, r.Metric)
	}
	if near := spelling.Nearest(metric, names); near != "" {
		return "\nDid you mean " + near + "?"
	}
	more := ""
	if len(names) > maxSuggested {
		names, more = names[:maxSuggested], ", ..."
	}
	return "\nIts metrics: " + strings.Join(names, ", ") + more
}

// suggestComponent names components that begin like another, as far as there are any: with all of it, or else up to
// its last separator, or only with its kind.
func (c *client) suggestComponent(ctx context.Context, component string) string {
	kind, _, _ := strings.Cut(component, ":")
	stem := component[:strings.LastIndexAny(component, ":-./ ")+1]
	for _, prefix := range []string{component, stem, kind} {
		body, err := c.get(ctx, fmt.Sprintf("/v1/components?limit=%d&prefix=%s", maxSuggested, url.QueryEscape(prefix)))
		var list struct {
			Components []string `json:"components"`
		}
		if err != nil || json.Unmarshal(body, &list) != nil {
			return ""
		}
		if len(list.Components) > 0 {
			heading := "Similar names"
			if prefix == "" {
				heading = "Some names"
			}
			return "\n" + heading + ": " + strings.Join(list.Components, ", ")
		}
	}
	return ""
}
