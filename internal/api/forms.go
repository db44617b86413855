package api

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/problem"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// form is a form of the answers of some calls. Which one a call has, says format= or else the header Accept.
type form struct {
	name  string   // for format=
	media string   // the type of the body
	also  []string // other names of that type in Accept
	on    calls    // that have it

	limit int  // of a page, where the caller sets none
	whole bool // without a limit it is all pages in one answer
	wide  bool // an entry is a component with its readings, not a reading
	// resumes says that a whole list may end before its end, because it says so.
	resumes bool

	// A list is begin, its entries with separator between them, and end.
	begin     func(c *call) string
	separator string
	end       func(b []byte, e *ending) []byte
	// entry appends an entry: a reading, or all readings of a component where the form is wide; in a list of components
	// it has none. It reports false where there is nothing to say in this form.
	entry func(b []byte, p *page, component string, readings []twin.Reading) ([]byte, bool)
	// twin appends a twin. It is nil where a twin has the form of a list.
	twin func(b []byte, p *page, component string, readings []twin.Reading) []byte
}

// forms are the forms, the usual one first.
var forms = []*form{
	{
		name: "json", media: "application/json", on: listComponents | getTwin | listReadings, limit: defaultLimit,
		begin: beginJSON, separator: ",", end: endJSON, entry: entryJSON, twin: twinJSON,
	},
	{
		name: "values", media: "application/vnd.digital-twin.values+json", on: getTwin,
		twin: func(b []byte, _ *page, _ string, readings []twin.Reading) []byte { return appendValues(b, readings) },
	},
	geoJSON,
	{
		name: "rows", media: "application/vnd.digital-twin.rows+json", on: listReadings, limit: maxLimit, wide: true,
		begin:     func(*call) string { return `{"rows":[` },
		separator: ",", end: endJSON, entry: entryRow,
	},
	{
		name: "csv", media: "text/csv; charset=utf-8", on: listComponents | getTwin | listReadings, limit: maxLimit,
		whole: true,
		begin: beginCSV, end: func(b []byte, _ *ending) []byte { return b }, entry: entryCSV,
	},
	{
		name: "ndjson", media: "application/x-ndjson", also: []string{"application/ndjson", "application/jsonl"},
		on: listComponents | listReadings, limit: maxLimit, whole: true, resumes: true,
		begin: func(*call) string { return "" }, end: endLines, entry: entryLine,
	},
}

var geoJSON = &form{
	name: "geojson", media: "application/geo+json", also: []string{"application/vnd.geo+json"}, on: getTwin | listReadings,
	limit: maxLimit, wide: true,
	begin:     func(*call) string { return `{"type":"FeatureCollection","features":[` },
	separator: ",", end: endJSON, entry: entryFeature, twin: twinFeature,
}

// ending is what a list says at its end.
type ending struct {
	next    *link  // nil where the list ends
	stopped string // the component up to which the call has looked where it stopped before the page was full; or ""
	counted bool
	count   int
}

// formsOf returns the forms of a call.
func formsOf(on calls) (some []*form) {
	for _, f := range forms {
		if f.on&on != 0 {
			some = append(some, f)
		}
	}
	return some
}

// formNames returns the names of the forms of a call.
func formNames(on calls) (names []string) {
	for _, f := range formsOf(on) {
		names = append(names, f.name)
	}
	return names
}

// isWhole reports whether the call asks for a whole list in one answer.
func (c *call) isWhole() bool { return c.form.whole && c.parameters.limit == 0 }

// choose gives c its form, which the parameters must fit.
func (h *handler) choose(c *call) (err error) {
	if c.route.forms == nil {
		return nil
	}
	if c.form, err = c.chosenForm(); err != nil {
		return err
	}
	f := c.form
	switch {
	case c.count && f.name != "json":
		return problem.InvalidParameter.New("A count is in format=json only.").About("count")
	case c.source && (f.wide || f.entry == nil):
		return problem.InvalidParameter.New("fields=source is not in format=%s. Choose json, csv or ndjson.",
			f.name).About("fields")
	case c.changedSince != nil && h.Changes.Log == nil:
		return problem.InvalidParameter.New("changedSince needs the change feed, which this twin does not have: on AWS it " +
			"is there " +
			"with the setting changes.").About("changedSince")
	}
	if c.limit = c.parameters.limit; c.limit == 0 {
		c.limit = f.limit
	}
	if c.filter != nil {
		c.now = twin.MillisOf(h.Now())
	}
	return nil
}

// chosenForm returns the form that format= or Accept chooses.
func (c *call) chosenForm() (*form, error) {
	all := c.route.forms
	if c.format != "" {
		return all[slices.IndexFunc(all, func(f *form) bool { return f.name == c.format })], nil
	}
	fields := c.Header["Accept"]
	if len(fields) == 0 {
		return all[0], nil
	}
	if f := accepted(fields, all); f != nil {
		return f, nil
	}
	var media, names []string
	for _, f := range all {
		media, names = append(media, f.mediaType()), append(names, f.name)
	}
	return nil, notAcceptable.New("There is no %s here. There is %s; or choose by format=: %s.",
		strings.Join(fields, ", "), strings.Join(media, ", "), strings.Join(names, ", ")).About("", media...)
}

// mediaType returns the type without parameters.
func (f *form) mediaType() string {
	media, _, _ := strings.Cut(f.media, ";")
	return media
}

// formatOf returns the parameter format of a call.
func formatOf(on calls) *parameter {
	names := formNames(on)
	return &parameter{
		name: "format", on: on, role: roleShape,
		set: func(p *parameters, value string) (string, error) {
			p.format = value
			if !slices.Contains(names, value) {
				return "", errors.New("may be " + strings.Join(names, ", ") + ", not " + strconv.Quote(value))
			}
			return value, nil
		},
		description: "The form of the answer. It goes before the header Accept.",
		schema:      &schema{name: "Format" + calledOf[on], Type: "string", Enum: names}, called: calledOf[on],
	}
}

// calledOf tells apart what some calls have by the same name, for the OpenAPI document.
var calledOf = map[calls]string{listComponents: "OfComponents", getTwin: "OfTwin", listReadings: "OfReadings"}
