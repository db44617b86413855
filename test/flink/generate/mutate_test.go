package generate

import (
	"encoding/json"
	"testing"
)

// Ensure the spans of a record are its values, members and elements.
func TestSpans(t *testing.T) {
	b := `{"a": 1, "b":["x,y",{"c":null}],"d":{}}`
	want := map[string]spanKind{
		`1`: scalar, `"a": 1`: member, `"x,y"`: scalar, `null`: scalar, `"c":null`: member, `"b":["x,y",{"c":null}]`: member,
		`["x,y",{"c":null}]`: container, `{}`: container, `{"c":null}`: container, `"d":{}`: member, b: container,
	}
	for _, s := range spans([]byte(b)) {
		v := b[s.start:s.end]
		if s.kind == element {
			continue // as the value in it
		}
		if k, ok := want[v]; !ok || k != s.kind {
			t.Errorf("%q is of kind %d", v, s.kind)
		}
		delete(want, v)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}

// Ensure a trimmed record keeps its shape.
func TestTrim(t *testing.T) {
	for in, want := range map[string]string{
		`[1,2,3,4]`:                               `[1,2]`,
		`{"a":[[1,2,3],[4],[5]],"b":"[,,,]"}`:     `{"a":[[1,2],[4]],"b":"[,,,]"}`,
		`[{"a":1,"b":2,"c":[1,2,3]},2,{"x":[1]}]`: `[{"a":1,"b":2,"c":[1,2]},2]`,
	} {
		if got := string(Trim([]byte(in), 2)); got != want {
			t.Errorf("Trim(%s) = %s, want %s", in, got, want)
		}
	}
}

// Ensure the same seed makes the same, that mutation leaves the record alone and spoils most of them.
func TestMutate(t *testing.T) {
	record := `{"a":{"b":[1,2,{"c":"x"}]},"d":true}`
	a, b := New(7), New(7)
	broken := 0
	for range 1000 {
		in := []byte(record)
		x := a.Mutate(in)
		if string(in) != record {
			t.Fatal("the record was changed")
		}
		if y := b.Mutate(in); string(x) != string(y) {
			t.Fatalf("seed 7 made %q and %q", x, y)
		}
		if !json.Valid(x) {
			broken++
		}
	}
	if broken < 200 || broken > 800 {
		t.Errorf("%d of 1000 are broken JSON; both kinds must be frequent", broken)
	}
}
