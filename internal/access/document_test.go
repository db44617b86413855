package access

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// asJSON writes a node as JSON again. A literal and a number are as in the text.
func asJSON(text string, n *node) []byte {
	var b bytes.Buffer
	separate := func(i int) {
		if i > 0 {
			b.WriteByte(',')
		}
	}
	switch n.kind {
	case "an object":
		b.WriteByte('{')
		for i, m := range n.members {
			separate(i)
			b.Write(asJSON(text, m.key))
			b.WriteByte(':')
			b.Write(asJSON(text, m.value))
		}
		b.WriteByte('}')
	case "an array":
		b.WriteByte('[')
		for i, item := range n.items {
			separate(i)
			b.Write(asJSON(text, item))
		}
		b.WriteByte(']')
	case "a string":
		s, _ := json.Marshal(n.text)
		return s
	default:
		return []byte(text[n.pos:n.end])
	}
	return b.Bytes()
}

// again is a JSON text as encoding/json writes it, with numbers of any size.
func again(t *testing.T, text []byte) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzReadDocument reads any text: as encoding/json does, and every value stands where its node says.
func FuzzReadDocument(f *testing.F) {
	for _, s := range []string{
		Open, ` {"a" : [1, -2.5e+3 , true,false , null, "\u00e9\n\ud83d\ude00", {}], "":[ ]} `, `[1,]`, `{"a":}`, `{1:2}`,
		`{"a" 1}`, `[1 2]`, `tru`, `truex`, `01`, `-`, `1.`, `"\x"`,
		"\"\n\"", `"\"`, `"`, ``, ` `, `{} {}`, `[[[`, `]`, `{"a":1,"a":2}`, "\ufeff{}", "\"\xff\"", `"\ud800"`, `+1`, `1e`,
		`.5`, "1" + strings.Repeat("0", 400),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, pos, err := readDocument(text)
		if valid := json.Valid([]byte(text)) &&
			bytes.Equal(bytes.ToValidUTF8([]byte(text), nil), []byte(text)); valid != (err == nil) {
			t.Fatalf("%q: %v", text, err)
		}
		if err != nil {
			if pos < 0 || pos > len(text) {
				t.Fatalf("%q: the mistake is at %d", text, pos)
			}
			return
		}
		a, b := again(t, asJSON(text, root)), again(t, []byte(text))
		if !bytes.Equal(a, b) || !json.Valid([]byte(text[root.pos:root.end])) {
			t.Errorf("%q is read as %s", text, a)
		}
	})
}
