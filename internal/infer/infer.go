// Package infer writes an extractor out of a few records of a provider.
//
// [Infer] looks at the samples that package sample read, and finds the things that readings are of (the records
// themselves, or the elements of arrays and maps in them), what names them, when they were measured, and what is
// measured. It returns a [Draft]: an extractor in the three steps, commented, that [Draft.Check] has compiled and run.
//
// What it finds are guesses with a score and a reason ([Candidate]). Where two are close it asks, see [Options]. It
// knows words of several languages (the tables in kind.go, time.go, key.go and unit.go) and no provider.
package infer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// Options are what is known beforehand.
type Options struct {
	Dataset   string
	Component string // kind:PATH[,PATH...] or PATH; "" to find out
	Time      string // PATH; "" to find out
	Zone      string // IANA name of the zone of times that state none; "" to guess
	Interval  string // "" to find out
	// Ask returns the number of the candidate that is right. Where it is nil the first one is taken.
	Ask func(Question) (int, error)
}

// Question is what the samples leave open.
type Question struct {
	Text       string
	Flag       string // that answers it, such as --time
	Candidates []Candidate
}

// Draft is an extractor that was made of samples.
type Draft struct {
	Dataset string
	SQL     []byte
	Zone    string // of times that state none; "" where all do
	// Open are the questions that were answered by the first candidate, because nobody was asked.
	Open []Question
}

// draft is a Draft that is being made.
type draft struct {
	Draft
	opts   Options
	files  []*sample.File
	tables []*table
}

// table is one shape of the records.
type table struct {
	name  string
	csv   *sample.File // nil of JSON
	root  *decl
	views []*view
	all   []*sample.Value
}

// Infer writes an extractor for the records of the files.
func Infer(files []*sample.File, opts Options) (*Draft, error) {
	d := &draft{Draft: Draft{Dataset: opts.Dataset}, opts: opts, files: files}
	shapes, err := shapesOf(files)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for i, s := range shapes {
		t := &table{name: opts.Dataset, csv: s.csv, root: &decl{}, all: s.values}
		if i > 0 {
			t.name = opts.Dataset + "_" + cmpOr(s.name, digits(i+1))
		}
		for names[t.name] {
			t.name += "_" + digits(i+1)
		}
		names[t.name] = true
		if err := d.table(t, s); err != nil {
			return nil, err
		}
		d.tables = append(d.tables, t)
	}
	if opts.Component != "" && !d.found(func(v *view) bool { return v.named }) {
		return nil, d.unknown("--component", opts.Component)
	}
	if opts.Time != "" && !d.found(func(v *view) bool { return v.timed }) {
		return nil, d.unknown("--time", opts.Time)
	}
	if err := d.write(); err != nil {
		return nil, err
	}
	return &d.Draft, nil
}

func (d *draft) found(ok func(*view) bool) bool {
	return slices.ContainsFunc(d.tables, func(t *table) bool { return slices.ContainsFunc(t.views, ok) })
}

// unknown is the error for a path that is not in the samples.
func (d *draft) unknown(flag, path string) error {
	var labels []string
	for _, t := range d.tables {
		for _, v := range t.views {
			for at := range v.s.levels {
				for _, f := range v.s.fields(at) {
					labels = append(labels, v.s.label(f))
				}
			}
		}
	}
	slices.Sort(labels)
	labels = slices.Compact(labels)
	if len(labels) > 40 {
		labels = append(labels[:40], "...")
	}
	return fmt.Errorf("%s %s: no such field. There are %s", flag, path, strings.Join(labels, ", "))
}

// table finds the things in the records of a shape, and what they deliver.
func (d *draft) table(t *table, s *shape) error {
	root := newNode("")
	for _, v := range s.values {
		tuples(v)
		root.add(v)
	}
	root.findMaps()
	top := &scope{csv: s.csv != nil, levels: []*level{{node: root}}}
	for i, v := range s.values {
		top.rows = append(top.rows, row{i, []*sample.Value{v}, nil})
	}
	kind := s.only
	for _, s := range top.things() {
		v := &view{s: s, root: t.root, used: map[string]bool{"component": true, "parent": true}, only: kind}
		if err := d.view(v); err != nil {
			return err
		}
		if len(v.metrics)+len(v.parts)+len(v.delays) > 0 && v.moment.date != nil {
			t.views = append(t.views, v)
		}
	}
	if len(t.views) == 0 {
		return errors.New("no field of the samples is a point in time, so nothing can be delivered: which time do the " +
			"readings have? " +
			"A sample with one is needed, or a record that the producer stamps")
	}
	return nil
}

// view decides on key and time of a scope, and delivers the rest.
func (d *draft) view(v *view) error {
	times := v.s.moments()
	if err := d.chooseTime(v, times); err != nil {
		return err
	}
	if err := d.chooseKey(v); err != nil {
		return err
	}
	v.zone = d.opts.Zone
	if v.zone == "" && v.moment.form.kind == local {
		var reason string
		v.zone, reason = v.s.zoneOf()
		v.notes = append(v.notes, "no time states a zone, and "+v.zone+" is taken: "+reason+"; check it")
		if err := d.askZone(v, reason); err != nil {
			return err
		}
	}
	if v.moment.form.kind == local {
		d.Zone = v.zone
	}
	if v.moment.form.americanToo {
		v.notes = append(v.notes, "day and month of the time cannot be told apart; the day is taken to come first; check it")
	}
	v.keys = append(v.keys, v.component(v.key))
	if len(v.parent.parts) > 0 {
		v.keys = append(v.keys, v.component(v.parent))
	}
	v.timing(times)
	for at := range v.s.levels {
		switch {
		case at == v.s.last():
			v.deliver(at, false)
		case at == v.parentLevel:
			v.deliver(at, true)
		case at == v.keyLevel() && !slices.Contains(v.s.told, at):
			v.deliver(at, false)
		}
	}
	v.deliverRun()
	if len(v.unitless) > 0 {
		v.notes = append(v.notes, "nothing tells the unit of "+strings.Join(v.unitless, ", "))
	}
	return nil
}

// keyLevel is the innermost level that names the component.
func (v *view) keyLevel() int {
	level := -1
	for _, p := range v.key.parts {
		level = max(level, p.field.level)
	}
	return level
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
