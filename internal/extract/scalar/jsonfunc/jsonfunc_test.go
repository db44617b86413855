package jsonfunc

import (
	"encoding/json"
	"testing"
)

// Ensure that paths take and refuse what the reference says.
func TestCompile(t *testing.T) {
	for _, good := range []string{"$", "lax $.a", "strict $.a.b", "$['k.x']", "$.a[0][-1].b", "LAX $['a b']['c']", "$.ä"} {
		if _, err := Compile(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{"", "a", "$.", "$..a", "$.*", "$[*]", "$.a[?(@.b)]", "$.a[1:2]", "$['a','b']", "$['a", "$[0", "$a", "$.a b", "laxx $"} {
		if _, err := Compile(bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// Ensure that any text under any path gives valid JSON or nothing, in both modes, and that lax never fails.
func FuzzRead(f *testing.F) {
	f.Add("$.a", `{"a":{"b":[1,2.50,1e3]}}`)
	f.Add("lax $.a[0]", `{"a":[null]}`)
	f.Add("$", `[1] x`)
	f.Fuzz(func(t *testing.T, path, text string) {
		p, err := Compile(path)
		if err != nil {
			return
		}
		q, o := p.AppendQuery(nil, []byte(text), Unconditional)
		if o == Found && !json.Valid(q) {
			t.Errorf("%q is not JSON", q)
		}
		if _, v := p.AppendValue(nil, []byte(text)); p.Lax && (o == Failed || v == Failed) {
			t.Error("a lax path failed")
		}
	})
}
