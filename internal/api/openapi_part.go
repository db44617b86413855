package api

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"maps"
)

// changesFile is the part of the OpenAPI document that is there with a change feed.
//
//go:embed changes.json
var changesFile []byte

// openAPIPart is a part of the OpenAPI document that is not there everywhere.
type openAPIPart struct {
	Tags       []json.RawMessage `json:"tags"`
	Paths      openAPIPaths      `json:"paths"`
	Components struct {
		Examples   map[string]json.RawMessage `json:"examples"`
		Parameters map[string]json.RawMessage `json:"parameters"`
		Responses  map[string]json.RawMessage `json:"responses"`
		Schemas    map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

// with returns a document with a part, which a file has.
func (d openAPIDocument) with(name string, file []byte) openAPIDocument {
	var part openAPIPart
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&part); err != nil {
		panic("BUG: " + name + ": " + err.Error())
	}
	maps.Copy(d.Paths, part.Paths)
	if d.Components.Examples == nil {
		d.Components.Examples = make(map[string]json.RawMessage)
	}
	maps.Copy(d.Components.Examples, part.Components.Examples)
	maps.Copy(d.Components.Parameters, part.Components.Parameters)
	d.Components.Responses = joined(d.Components.Responses, part.Components.Responses)
	d.Components.Schemas = joined(d.Components.Schemas, part.Components.Schemas)
	var tags []json.RawMessage
	mustRead(d.Tags, &tags)
	d.Tags = mustWrite(append(tags, part.Tags...))
	return d
}

// joined returns a JSON object with more members.
func joined(object json.RawMessage, more map[string]json.RawMessage) json.RawMessage {
	var all map[string]json.RawMessage
	mustRead(object, &all)
	maps.Copy(all, more)
	return mustWrite(all)
}

func mustRead(text []byte, v any) {
	if err := json.Unmarshal(text, v); err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
}

func mustWrite(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: openapi.json: " + err.Error())
	}
	return b
}
