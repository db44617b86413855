package api

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/spelling"
)

// noParameters is an empty query string. It is not changed.
var noParameters = &parameters{}

// parseParameters reads a query string, in which only the parameters of the route may stand, each once. A list may also
// be given item by item, as many generated clients do whatever the OpenAPI document says.
func parseParameters(raw string, t *route) (*parameters, error) {
	if raw == "" {
		return noParameters, nil
	}
	p := &parameters{}
	query, err := url.ParseQuery(strings.ReplaceAll(raw, ";", "%3B")) // a filter has it, and separates no parameters
	if err != nil {
		return p, problem.InvalidParameter.New("The query string is malformed: it has an invalid percent-encoding " +
			"or too many parameters. Write %% as %%25.")
	}
	if n := size(query); n > maxURI {
		return p, uriTooLong.New("The query string has %d bytes; the maximum is %d. "+
			"POST /v1/readings:query takes more names.", n, maxURI)
	}
	for _, name := range slices.Sorted(maps.Keys(query)) { // the same problem each time
		if err := t.accepts(name, len(query[name])); err != nil {
			return p, err
		}
	}
	for _, q := range t.parameters {
		if values := query[q.name]; values != nil {
			value, err := q.set(p, strings.Join(values, ","))
			if err != nil {
				return p, problem.InvalidParameter.New("%s %s.", q.name, err).About(q.name, q.schema.choices()...)
			}
			if value != "" {
				p.given = append(p.given, given{q, value})
			}
		}
	}
	return p, nil
}

// size returns the length of a query string without its encoding, and without what the link to a next page adds: so
// such a link is not too long where the first page was not.
func size(query url.Values) int {
	n := 0
	for name, values := range query {
		i := slices.IndexFunc(queryParameters, func(q *parameter) bool { return q.name == name })
		if i >= 0 && queryParameters[i].role == rolePage {
			continue
		}
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// accepts returns the problem of a parameter that is given so many times.
func (t *route) accepts(name string, times int) error {
	if i := slices.Index(t.accepted, name); i >= 0 {
		if times > 1 && t.parameters[i].schema.Type != "array" {
			return problem.InvalidParameter.New("The parameter %s is given %d times. Give it once.", name, times).About(name)
		}
		return nil
	}
	detail := "This path takes no parameters."
	if len(t.accepted) > 0 {
		detail = "Use " + strings.Join(t.accepted, ", ") + "."
	}
	if near := spelling.Nearest(name, t.accepted); near != "" {
		detail = "Did you mean " + near + "? " + detail
	}
	return problem.UnknownParameter.New("There is no parameter %q here. %s", name, detail).About(name, t.accepted...)
}

// filters returns what decides what a list holds: its path and the filters given. Cursors are bound to it.
func (c *call) filters() []string {
	text := []string{c.route.pattern}
	for _, g := range c.given {
		if g.role == roleFilter {
			text = append(text, g.name, g.value)
		}
	}
	if c.form != nil && c.form.wide {
		text = append(text, "by component") // no page begins within one
	}
	return text
}

// begin returns where the page of this list begins.
func (c *call) begin() (position, error) {
	if c.cursor == "" {
		return position{}, nil
	}
	return parseCursor(c.cursor, c.filters())
}

// appendPageURL appends the URL of a page of this list, up to its cursor.
func (c *call) appendPageURL(b []byte, base string) []byte {
	b = append(b, base...)
	b = append(b, c.route.pattern...)
	b = append(b, '?')
	for _, g := range c.given {
		if g.name != "cursor" {
			b = append(b, g.name...)
			b = append(b, '=')
			b = append(b, url.QueryEscape(g.value)...)
			b = append(b, '&')
		}
	}
	return append(b, "cursor="...)
}
