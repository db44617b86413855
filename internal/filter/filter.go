// Package filter is the language of filter=: which components a list holds, by their newest readings.
//
//	speed>80;stale(position)             both
//	movement.state=parking|!speed        one of them; a component without the metric speed is one
//	(load.mass>60|load.state="loaded");!stale()
//
// [Parse] reads a text into a [Filter], whose [Filter.Holds] decides. A condition is
//
//	speed                the component has the metric
//	speed>80             = (or ==), !=, <, <=, >, >= with a number, true, false, null or a text
//	stale(speed)         the reading is stale; stale() is any reading of the component
//
// A semicolon is "and" and binds tighter than |, which is "or"; ! negates a condition or a group in parentheses. A name
// or a text stands in quotes, as in JSON, where it holds one of ;|!=<>()",' or a blank; a text also where it does not
// begin with a letter.
//
// Numbers compare exactly, texts by their bytes. Of two kinds nothing is equal or less: speed!=80 holds for a text too.
// A comparison never holds of a metric that the component does not have.
package filter

import (
	"slices"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Filter is a parsed filter. It is not changed, so it may be used by several goroutines at once.
type Filter struct {
	root    node
	metrics []string // in order, each once
	all     bool
}

// Metrics returns the metrics that f looks at, in order; all where it looks at every metric of a component.
func (f *Filter) Metrics() (names []string, all bool) { return f.metrics, f.all }

// Holds reports whether f holds of the component with these readings, which are in the order of metrics, each once.
func (f *Filter) Holds(readings []twin.Reading, stale func(*twin.Reading) bool) bool {
	return f.root.holds(component{readings, stale})
}

// String returns f in one form, whichever way it was written.
func (f *Filter) String() string { return string(f.root.append(nil)) }

// component is what a filter decides about.
type component struct {
	readings []twin.Reading
	stale    func(*twin.Reading) bool
}

// metric returns the reading of a metric; nil where there is none.
func (c component) metric(name string) *twin.Reading {
	i, ok := slices.BinarySearchFunc(c.readings, name, func(r twin.Reading, name string) int {
		switch {
		case r.Metric < name:
			return -1
		case r.Metric > name:
			return 1
		}
		return 0
	})
	if !ok {
		return nil
	}
	return &c.readings[i]
}

// node is a part of a filter.
type node interface {
	holds(component) bool
	append(b []byte) []byte
}

type (
	anyOf  []node // at least two
	allOf  []node // at least two
	not    struct{ node }
	exists string
	stale  struct {
		metric string
		any    bool
	}
	compare struct {
		metric   string
		operator string // =, !=, <, <=, >, >=
		value    literal
	}
)

func (n anyOf) holds(c component) bool {
	return slices.ContainsFunc(n, func(one node) bool { return one.holds(c) })
}

func (n allOf) holds(c component) bool {
	return !slices.ContainsFunc(n, func(one node) bool { return !one.holds(c) })
}

func (n not) holds(c component) bool { return !n.node.holds(c) }

func (n exists) holds(c component) bool { return c.metric(string(n)) != nil }

func (n stale) holds(c component) bool {
	if !n.any {
		r := c.metric(n.metric)
		return r != nil && c.stale(r)
	}
	for i := range c.readings {
		if c.stale(&c.readings[i]) {
			return true
		}
	}
	return false
}

func (n compare) holds(c component) bool {
	r := c.metric(n.metric)
	if r == nil {
		return false
	}
	order, comparable := n.value.compare(r.Value)
	switch n.operator {
	case "=":
		return comparable && order == 0
	case "!=":
		return !comparable || order != 0
	case "<":
		return comparable && n.value.ordered() && order < 0
	case "<=":
		return comparable && n.value.ordered() && order <= 0
	case ">":
		return comparable && n.value.ordered() && order > 0
	}
	return comparable && n.value.ordered() && order >= 0
}

func (n anyOf) append(b []byte) []byte { return appendAll(b, n, '|') }
func (n allOf) append(b []byte) []byte { return appendAll(b, n, ';') }

func appendAll(b []byte, all []node, between byte) []byte {
	for i, one := range all {
		if i > 0 {
			b = append(b, between)
		}
		b = appendGrouped(b, one)
	}
	return b
}

// appendGrouped appends a part in parentheses where it has several.
func appendGrouped(b []byte, n node) []byte {
	switch n.(type) {
	case anyOf, allOf:
		return append(n.append(append(b, '(')), ')')
	}
	return n.append(b)
}

func (n not) append(b []byte) []byte    { return appendGrouped(append(b, '!'), n.node) }
func (n exists) append(b []byte) []byte { return appendName(b, string(n)) }

func (n stale) append(b []byte) []byte {
	b = append(b, "stale("...)
	if !n.any {
		b = appendName(b, n.metric)
	}
	return append(b, ')')
}

func (n compare) append(b []byte) []byte {
	b = append(appendName(b, n.metric), n.operator...)
	return append(b, n.value.text...)
}
