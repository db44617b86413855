package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Twin returns what GET answers for a component, or for a metric of it where one is named: a twin or a reading. Names
// that a gateway on the way might change in a path are asked for in the query string.
func (c *Client) Twin(ctx context.Context, component, metric string) ([]byte, error) {
	if !fragile(component) && !fragile(metric) {
		return c.Get(ctx, TwinPath(component, metric))
	}
	path, query := TwinQuery(component)
	if metric != "" {
		query.Set("metric", metric)
	}
	readings := []json.RawMessage{}
	for page, err := range c.Pages(ctx, path, query, "readings") {
		if err != nil {
			return nil, err
		}
		readings = append(readings, page...)
	}
	switch {
	case metric == "":
		return twinOf(component, readings)
	case len(readings) != 1:
		return nil, fmt.Errorf("%s%s gives %d readings of a metric: is that a twin? Check the URL", c.base, path,
			len(readings))
	}
	return readings[0], nil
}

// TwinQuery returns the path and the query by which the readings of a component are listed, whatever is in its name.
func TwinQuery(component string) (path string, query url.Values) {
	return "/v1/readings", url.Values{"component": {component}}
}

// twinOf is the body that a twin answers for a component.
func twinOf(component string, readings []json.RawMessage) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Component string            `json:"component"`
		Readings  []json.RawMessage `json:"readings"`
	}{component, readings})
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// fragile reports whether a proxy or a gateway might change a name in a path: one that decodes %2F or %25, or that
// takes a dot or an empty segment for a step.
func fragile(name string) bool {
	return strings.ContainsAny(name, `/%\`) || name == "." || name == ".."
}
