package api

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// name returns how a parameter is set that is a name.
func name(field func(*parameters) *string) func(*parameters, string) (string, error) {
	return func(p *parameters, value string) (string, error) {
		*field(p) = value
		if what := wrongName(value); what != "" {
			return "", errors.New(what)
		}
		return value, nil
	}
}

func setPrefix(p *parameters, value string) (string, error) {
	p.prefix = value
	if what := wrongName(value); what != "" && value != "" {
		return "", errors.New(what)
	}
	return value, nil
}

func setDatasets(p *parameters, value string) (_ string, err error) {
	p.datasets, err = namesIn(value)
	return strings.Join(p.datasets, ","), err
}

func setMetrics(p *parameters, value string) (_ string, err error) {
	p.metrics, err = namesIn(value)
	return strings.Join(p.metrics, ","), err
}

// namesIn returns names between commas, in order, each once.
func namesIn(value string) ([]string, error) {
	names := strings.Split(value, ",")
	for _, name := range names {
		if what := wrongName(name); what != "" {
			return nil, fmt.Errorf("holds a name that %s", what)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

func setCount(p *parameters, value string) (string, error) {
	switch value {
	case "true":
		p.count = true
		return value, nil
	case "false":
		return "", nil
	}
	return "", errors.New("may be true or false")
}

func setFields(p *parameters, value string) (string, error) {
	for f := range strings.SplitSeq(value, ",") {
		if f != "source" {
			return "", fmt.Errorf("may be source, not %q", f)
		}
	}
	p.source = true
	return "source", nil
}

func setLimit(p *parameters, value string) (string, error) {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil || n < 1 || n > maxLimit {
		return "", fmt.Errorf("must be an integer from 1 to %d", maxLimit)
	}
	p.limit = int(n)
	return strconv.Itoa(p.limit), nil
}

// setCursor leaves the cursor to [parseCursor], which needs the filters that it must be bound to.
func setCursor(p *parameters, value string) (string, error) {
	p.cursor = value
	return value, nil
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
