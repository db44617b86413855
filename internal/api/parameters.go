package api

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// How many entries a page has.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// parameters is a query string, checked.
type parameters struct {
	dataset   string
	prefix    string
	component string
	metric    string   // this one, whatever its name
	metrics   []string // and these, in order; none of both for all
	source    bool     // fields=source
	limit     int
	cursor    string
}

// parseParameters reads a query string, in which only the allowed parameters may stand, each once.
func parseParameters(raw string, allowed []string) (parameters, error) {
	p := parameters{limit: defaultLimit}
	if raw == "" {
		return p, nil
	}
	query, err := url.ParseQuery(raw)
	if err != nil {
		return p, invalidParameter.new("The query string is not percent-encoded right, or holds too many parameters.")
	}
	if n := size(query); n > maxURI {
		return p, uriTooLong.new("The query string has %d bytes, and at most %d are taken. POST /v1/readings:query takes more names.", n, maxURI)
	}
	for _, name := range slices.Sorted(maps.Keys(query)) { // the same problem each time
		if !slices.Contains(allowed, name) {
			return p, unknownParameter.new("There is no parameter %q here%s.", name, instead(allowed)).about(name, allowed...)
		}
		if n := len(query[name]); n > 1 {
			return p, invalidParameter.new("The parameter %s is given %d times, and may be given once.", name, n).about(name)
		}
		if err := p.set(name, query[name][0]); err != nil {
			return p, err
		}
	}
	return p, nil
}

// size returns the length of a query string without its encoding, and without what the link to a next page adds: so
// such a link is not too long where the first page was not.
func size(query url.Values) int {
	n := 0
	for name, values := range query {
		if name == "limit" || name == "cursor" {
			continue
		}
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

func instead(allowed []string) string {
	if len(allowed) == 0 {
		return "; this path has none"
	}
	return "; there is " + strings.Join(allowed, ", ")
}

// set takes one parameter.
func (p *parameters) set(name, value string) error {
	switch name {
	case "limit":
		n, err := strconv.ParseUint(value, 10, 16)
		if err != nil || n < 1 || n > maxLimit {
			return invalidParameter.new("limit is a number from 1 to %d.", maxLimit).about(name)
		}
		p.limit = int(n)
		return nil
	case "cursor":
		p.cursor = value // judged with the filters that it must belong to
		return nil
	case "fields":
		for f := range strings.SplitSeq(value, ",") {
			if f != "source" {
				return invalidParameter.new("There is no field %q to ask for; there is source.", f).about(name, "source")
			}
		}
		p.source = true
		return nil
	case "metrics":
		p.metrics = strings.Split(value, ",")
		for _, m := range p.metrics {
			if what := wrongName(m); what != "" {
				return invalidParameter.new("A name in metrics %s.", what).about(name)
			}
		}
		slices.Sort(p.metrics)
		p.metrics = slices.Compact(p.metrics)
		return nil
	}
	if what := wrongName(value); what != "" && (name != "prefix" || value != "") {
		return invalidParameter.new("The %s %s.", name, what).about(name)
	}
	switch name {
	case "dataset":
		p.dataset = value
	case "prefix":
		p.prefix = value
	case "component":
		p.component = value
	case "metric":
		p.metric = value
	default:
		panic("BUG: no parameter " + name)
	}
	return nil
}

// chosen returns the metrics that metric and metrics choose, in order; nil for all.
func (p *parameters) chosen() []string {
	if p.metric == "" {
		return p.metrics
	}
	chosen := append([]string{p.metric}, p.metrics...)
	slices.Sort(chosen)
	return slices.Compact(chosen)
}

// filters are the parameters that decide what a list holds: its cursors are bound to them.
func (p *parameters) filters(pattern string) []string {
	return append([]string{pattern, p.dataset, p.prefix, p.component, p.metric}, p.metrics...)
}
