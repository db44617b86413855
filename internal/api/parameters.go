package api

import (
	"github.com/railtwin/digitaltwin/internal/filter"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// How many entries a page has.
const (
	defaultLimit = 100
	maxLimit     = 1000
)

// parameters is a query string, checked.
type parameters struct {
	datasets     []string // in order; none means all
	prefix       string
	component    string
	metric       string   // this one, whatever its name
	metrics      []string // and these, in order; neither of them means all
	filter       *filter.Filter
	box          *box
	position     string // the metric that is the position; "" for the usual one
	changedSince *twin.Millis
	source       bool   // fields=source
	format       string // the name of a form; "" where the header Accept decides
	count        bool
	limit        int // 0 where the caller sets none
	cursor       string
	after        string // a cursor of the change feed
	wait         int    // seconds
	snapshot     bool

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
	called      string // tells apart rows of one name, each for other calls
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
		name: "dataset", on: listComponents | listReadings | listChanges, role: roleFilter, set: setDatasets,
		description: "Only what these datasets deliver, separated by commas. If one of them does not exist, the answer " +
			"is 404.",
		schema: &schema{Type: "array", MinItems: 1, Items: listedSchema}, example: []string{"oslo_bysykkel_gbfs"},
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
		name: "filter", on: listComponents | listReadings, role: roleFilter, set: setFilter,
		description: "Only components of which this holds: speed>80;stale(position). A metric compares by =, !=, <, <=, > " +
			"and >= with " +
			"a number, true, false, null or a text, which stands in double quotes unless it begins with a letter and holds " +
			"none of " +
			";|!=<>()\",' and blanks; a metric alone is there; stale(metric) is stale, and stale() has a stale reading. ; is " +
			"and, | is or, " +
			"! is not, and parentheses group.",
		schema: &schema{Type: "string", MinLength: 1, MaxLength: filter.MaxLength}, example: "bikes.available>0;!stale()",
	},
	{
		name: "bbox", on: listComponents | listReadings, role: roleFilter, set: setBox,
		description: "Only components whose position lies in this box: west,south,east,north in degrees. West is greater " +
			"than east across the antimeridian.",
		schema: &schema{Type: "array", MinItems: 4, MaxItems: 4, Items: &schema{
			Type: "number", Format: "double", Minimum: new(-180), Maximum: 180,
		}},
		example: []float64{10.6, 59.8, 10.9, 60},
	},
	{
		name: "position", on: getTwin | listComponents | listReadings, role: roleFilter,
		set: name(func(p *parameters) *string { return &p.position }),
		description: "The metric that holds the position, for bbox and GeoJSON: an object with lat and lon, or latitude " +
			"and longitude, or a GeoJSON Point. Default position.",
		schema: nameSchema, example: "position",
	},
	{
		name: "changedSince", on: listComponents | listReadings, role: roleFilter, set: setChangedSince,
		description: "Only readings that have changed since this time, which the Date of an earlier answer may say; in " +
			"geojson and rows, and of components, all of those with such a reading. It needs the change feed, and " +
			"reaches back as far as that: the answer is 400 otherwise.",
		schema: &schema{Type: "string", Format: "date-time"}, example: "2026-11-23T10:15:30Z",
	},
	{
		name: "count", on: listComponents | listReadings, role: roleShape, set: setCount,
		description: "true: no entries, but how many there are from the cursor on, in count. Where next is not null, more " +
			"are counted there.",
		schema: &schema{Type: "boolean", Default: false}, example: true,
	},
	formatOf(listComponents), formatOf(getTwin), formatOf(listReadings),
	{
		name: "fields", on: getTwin | getReading | listReadings | queryReadings | listChanges, role: roleShape,
		set:         setFields,
		description: "Optional fields of a reading: source is its lineage",
		schema: &schema{Type: "array", MinItems: 1,
			Items: &schema{name: "ReadingField", Type: "string", Enum: []string{"source"}}},
		example: []string{"source"},
	},
	{
		name: "limit", on: listComponents | listReadings, role: rolePage, set: setLimit,
		description: "The maximum number of entries of a page. The default is 100; in geojson and rows 1000; in csv and " +
			"ndjson it is no page then but the whole list.",
		schema: &schema{Type: "integer", Minimum: new(1), Maximum: maxLimit},
	},
	{
		name: "cursor", on: listComponents | listReadings, role: rolePage, set: setCursor,
		description: "Where the page begins: the cursor of the previous page. It is opaque. Empty is the beginning.",
		schema:      &schema{Type: "string"},
	},
	{
		name: "after", on: listChanges, role: rolePage, set: setAfter,
		description: "What was changed after this cursor, of an answer or the id of an event; without one what is changed " +
			"from now on. The header Last-Event-ID goes before it.",
		schema: &schema{Type: "string"},
	},
	{
		name: "wait", on: listChanges, role: rolePage, set: setWait,
		description: "For how many seconds to wait where nothing has changed. A stream waits anyway.",
		schema:      &schema{Type: "integer", Minimum: new(0), Maximum: maxWait, Default: 0},
	},
	{
		name: "snapshot", on: listChanges, role: rolePage, set: setSnapshot,
		description: "true sends all readings first, and again after a gap: for a stream without a cursor",
		schema:      &schema{Type: "boolean", Default: false},
	},
}
