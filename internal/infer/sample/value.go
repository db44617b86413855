package sample

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Kind is the kind of a [Value].
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is a JSON value, or a row of CSV: an Object of String. The members of an Object keep their order.
type Value struct {
	Kind  Kind
	Text  string   // of a Bool, Number or String
	Keys  []string // of an Object
	Elems []*Value // of an Array or Object
	Tuple bool     // it was an array in the record, and is an Object here whose keys are the places
}

// Get returns what stands at a path of keys, nil where there is nothing or null.
func (v *Value) Get(path []string) *Value {
	for _, key := range path {
		if v = v.member(key); v == nil {
			return nil
		}
	}
	if v == nil || v.Kind == Null {
		return nil
	}
	return v
}

func (v *Value) member(key string) *Value {
	if v == nil || v.Kind != Object {
		return nil
	}
	for i := len(v.Keys) - 1; i >= 0; i-- { // of a key that stands twice the last one counts
		if v.Keys[i] == key {
			return v.Elems[i]
		}
	}
	return nil
}

// maxDepth is how deep values may be nested; the JSON of the twin ends at 64.
const maxDepth = 64

// parse reads the first JSON value of a text, and returns the rest.
func parse(text []byte) (v *Value, rest []byte, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if v, err = next(d, 0); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, nil, err
	}
	return v, text[d.InputOffset():], nil
}

func next(d *json.Decoder, depth int) (*Value, error) {
	if depth > maxDepth {
		return nil, errors.New("more than 64 levels are nested")
	}
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case bool:
		if t {
			return &Value{Kind: Bool, Text: "true"}, nil
		}
		return &Value{Kind: Bool, Text: "false"}, nil
	case json.Number:
		return &Value{Kind: Number, Text: t.String()}, nil
	case string:
		return &Value{Kind: String, Text: t}, nil
	case json.Delim:
		return container(d, t, depth)
	}
	return &Value{Kind: Null}, nil
}

func container(d *json.Decoder, open json.Delim, depth int) (*Value, error) {
	v := &Value{Kind: Array}
	if open == '{' {
		v.Kind = Object
	}
	for d.More() {
		if v.Kind == Object {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v.Keys = append(v.Keys, key.(string))
		}
		elem, err := next(d, depth+1)
		if err != nil {
			return nil, err
		}
		v.Elems = append(v.Elems, elem)
	}
	_, err := d.Token()
	return v, err
}
