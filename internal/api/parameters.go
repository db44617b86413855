package api

import (
	"errors"
	"fmt"
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
	metrics   []string // and these, in order; neither of them means all
	source    bool     // fields=source
	limit     int
	cursor    string
	after     string // a cursor of the change feed
	wait      int    // seconds
	snapshot  bool

	given []given // in the order of the table
}

// given is a parameter that the caller has set.
type given struct {
	*parameter
	value string // in one form, whichever way the caller wrote it
}

// parameter is one row of the table of parameters. Everything else follows from it: what a call accepts, what its
// cursors are bound to, what the link to the next page repeats, and what the OpenAPI document says.
type parameter struct {
	name string
	on   calls // that take it
	role role
	// set takes a value, and returns it in the form that [given] keeps: "" where it means the same as no value.
	// The error says what is wrong with it, to follow the name.
	set func(p *parameters, value string) (string, error)

	description string // for the OpenAPI document, as are the others
	schema      *schema
	example     any
}

// role is what a parameter does to an answer.
type role uint8

const (
	roleFilter role = iota // decides what a list holds: a cursor holds for the same value only
	roleShape              // decides how an entry looks
	rolePage               // decides where a page begins and ends: does not count as a part of a long query string
)

// queryParameters is the table of the parameters of query strings. A new one is a row here, and a field of
// [parameters] where an endpoint has to look at it.
var queryParameters = []*parameter{
	{
		name: "dataset", on: listComponents | listReadings | listChanges, role: roleFilter,
		set:         name(func(p *parameters) *string { return &p.dataset }),
		description: "Only what this dataset delivers. If it does not exist, the answer is 404.",
		schema:      nameSchema, example: "oslo_bysykkel_gbfs",
	},
	{
		name: "prefix", on: listComponents | listReadings | listChanges, role: roleFilter, set: setPrefix,
		description: "Only components whose names begin with this; empty is all of them",
		schema:      &schema{Type: "string", MaxLength: maxName}, example: "bikestation:",
	},
	{
		name: "component", on: listReadings | listChanges, role: roleFilter,
		set: name(func(p *parameters) *string { return &p.component }),
		description: "Only readings of this component. If it does not exist, the answer is 404, as with its name in " +
			"the path.",
		schema: nameSchema, example: "vehicle:22:790",
	},
	{
		name: "metric", on: listReadings | listChanges, role: roleFilter,
		set: name(func(p *parameters) *string { return &p.metric }),
		description: "Only this metric, whatever its name; with metrics, this one as well. If it is the only one " +
			"asked for, of one component that does not have it, the answer is 404, as with its name in the path.",
		schema: nameSchema, example: "deviation",
	},
	{
		name: "metrics", on: getTwin | listReadings | listChanges, role: roleFilter, set: setMetrics,
		description: "Only these metrics, separated by commas or each as a parameter of its own; default all",
		schema:      &schema{Type: "array", MinItems: 1, Items: listedSchema},
		example:     []string{"bikes.available", "docks.available"},
	},
	{
		name: "fields", on: getTwin | getReading | listReadings | queryReadings | listChanges, role: roleShape, set: setFields,
		description: "Optional fields of a reading: source is its lineage",
		schema:      &schema{Type: "array", MinItems: 1, Items: &schema{name: "ReadingField", Type: "string", Enum: []string{"source"}}},
		example:     []string{"source"},
	},
	{
		name: "limit", on: listComponents | listReadings, role: rolePage, set: setLimit,
		description: "The maximum number of entries of a page",
		schema:      &schema{Type: "integer", Minimum: 1, Maximum: maxLimit, Default: defaultLimit},
	},
	{
		name: "cursor", on: listComponents | listReadings, role: rolePage, set: setCursor,
		description: "Where the page begins: the cursor of the previous page. It is opaque. Empty is the beginning.",
		schema:      &schema{Type: "string"},
	},
	{
		name: "after", on: listChanges, role: rolePage, set: setAfter,
		description: "What was changed after this cursor, of an answer or the id of an event; without one what is changed from " +
			"now on. The header Last-Event-ID goes before it.",
		schema: &schema{Type: "string"},
	},
	{
		name: "wait", on: listChanges, role: rolePage, set: setWait,
		description: "For how many seconds to wait where nothing has changed. A stream waits anyway.",
		schema:      &schema{Type: "integer", Maximum: maxWait, Default: 0},
	},
	{
		name: "snapshot", on: listChanges, role: rolePage, set: setSnapshot,
		description: "true sends all readings first, and again after a gap: for a stream without a cursor",
		schema:      &schema{Type: "string", Enum: []string{"true", "false"}},
	},
}

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

func setMetrics(p *parameters, value string) (string, error) {
	p.metrics = strings.Split(value, ",")
	for _, m := range p.metrics {
		if what := wrongName(m); what != "" {
			return "", fmt.Errorf("holds a name that %s", what)
		}
	}
	slices.Sort(p.metrics)
	p.metrics = slices.Compact(p.metrics)
	return strings.Join(p.metrics, ","), nil
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
