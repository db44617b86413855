package infer

import (
	"errors"
	"fmt"
	"slices"

	"github.com/railtwin/digitaltwin/internal/infer/sample"
)

// shape is a group of records that one table reads.
type shape struct {
	name   string // what tells it from the others; "" where nothing does
	csv    *sample.File
	values []*sample.Value
	only   *mark // nil where nothing tells a record of it
	keys   map[string]container
	files  map[*sample.File]bool
}

// mark is a key whose text tells the records of a shape from all others: {"type": "status"}.
type mark struct{ key, text string }

// container says what stands at a key: an object, an array, or neither.
type container uint8

const (
	nothing container = iota // only null so far
	plain
	object
	array
)

// shapesOf groups the records of the files: those that have most keys in common, and the same containers at them,
// are of one shape. The most frequent shape comes first.
func shapesOf(files []*sample.File) ([]*shape, error) {
	var shapes []*shape
	for _, f := range files {
		for n, r := range f.Records {
			if r.Value == nil {
				continue
			}
			rows, err := rowsOf(r.Value)
			if err != nil {
				return nil, fmt.Errorf("%s, record %d: %w", f.Name(), n+1, err)
			}
			for _, v := range rows {
				shapes = place(shapes, f, v)
			}
		}
	}
	if len(shapes) == 0 {
		return nil, errors.New("the samples hold no object, so there is nothing to read")
	}
	slices.SortStableFunc(shapes, func(a, b *shape) int { return len(b.values) - len(a.values) })
	for _, s := range shapes {
		s.only = markOf(s, shapes)
		s.name = nameOfShape(s, shapes)
	}
	return shapes, nil
}

const asRaw = "declare format raw, see the recipes of docs/sql.md"

// rowsOf returns what the json format makes rows of: an object, or the objects in an array.
func rowsOf(v *sample.Value) ([]*sample.Value, error) {
	switch {
	case v.Kind == sample.Object:
		return []*sample.Value{v}, nil
	case v.Kind != sample.Array:
		return nil, errors.New("it is neither an object nor an array of objects: " + asRaw)
	}
	var rows []*sample.Value
	for _, e := range v.Elems {
		if e.Kind == sample.Object {
			rows = append(rows, e)
		} else if e.Kind != sample.Null {
			return nil, errors.New("it is an array of unlike things, no array of objects: " + asRaw)
		}
	}
	return rows, nil
}

// place puts a value into the shape that it fits, or into one of its own.
func place(shapes []*shape, f *sample.File, v *sample.Value) []*shape {
	keys := containers(v)
	var csv *sample.File
	if f.Format == sample.CSV {
		csv = f
	}
	for _, s := range shapes {
		if (s.csv == nil) == (csv == nil) && s.fits(keys) {
			s.take(f, v, keys)
			return shapes
		}
	}
	s := &shape{csv: csv, keys: map[string]container{}, files: map[*sample.File]bool{}}
	s.take(f, v, keys)
	return append(shapes, s)
}

func (s *shape) take(f *sample.File, v *sample.Value, keys map[string]container) {
	s.values, s.files[f] = append(s.values, v), true
	for k, c := range keys {
		s.keys[k] = max(s.keys[k], c)
	}
}

// fits reports whether most of the fewer keys are common, and no container stands where the shape has another.
func (s *shape) fits(keys map[string]container) bool {
	common, set := 0, 0
	for k, c := range keys {
		was, ok := s.keys[k]
		if c != nothing {
			set++
		}
		if ok && c != nothing {
			common++
		}
		if was != nothing && c != nothing && was != c {
			return false
		}
	}
	return set == 0 || common*2 >= min(set, len(s.keys))
}

// containers lists the keys of an object and of the objects in it, with what stands there.
func containers(v *sample.Value) map[string]container {
	out := map[string]container{}
	var visit func(prefix string, v *sample.Value)
	visit = func(prefix string, v *sample.Value) {
		for i, key := range v.Keys {
			path := prefix + key
			switch e := v.Elems[i]; e.Kind {
			case sample.Null:
				out[path] = max(out[path], nothing)
			case sample.Object:
				out[path] = object
				visit(path+"\x00", e)
			case sample.Array:
				out[path] = array
			default:
				out[path] = plain
			}
		}
	}
	visit("", v)
	return out
}

// nameOfShape names a shape after the file that only it is in, or after its mark.
func nameOfShape(s *shape, all []*shape) string {
	if len(s.files) == 1 {
		for f := range s.files {
			alone := !slices.ContainsFunc(all, func(o *shape) bool { return o != s && o.files[f] })
			if name := sample.ColumnName(f.Stem()); alone && name != "" && f.Path != "-" {
				return name
			}
		}
	}
	if s.only != nil {
		return sample.ColumnName(s.only.text)
	}
	return ""
}

// markOf finds a key at which all records of a shape have a text that no other record has.
func markOf(s *shape, all []*shape) *mark {
	first := s.values[0]
	for i, key := range first.Keys {
		v := first.Elems[i]
		if len(all) == 1 || s.csv != nil || v.Kind != sample.String || len(v.Text) > 32 ||
			sample.ColumnName(v.Text) == "" {
			continue
		}
		has := func(o *sample.Value) bool { x := o.Get([]string{key}); return x != nil && x.Text == v.Text }
		mine := len(s.values) > 1 && !slices.ContainsFunc(s.values, func(o *sample.Value) bool { return !has(o) })
		known := kindWords.has(key) && !slices.ContainsFunc(s.values, func(o *sample.Value) bool { return !has(o) })
		theirs := slices.ContainsFunc(all, func(o *shape) bool { return o != s && slices.ContainsFunc(o.values, has) })
		if (mine || known) && !theirs {
			return &mark{key, v.Text}
		}
	}
	return nil
}

// kindWords are names of keys that tell the kind of a record, so that one record of it is enough.
var kindWords = list("type kind event msgtype messagetype record schema class topic")
