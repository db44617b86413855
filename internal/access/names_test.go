package access

import (
	"fmt"
	"slices"
	"testing"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Ensure that a set of names says nothing twice, and so can be searched.
func TestNamesAreShortest(t *testing.T) {
	for _, c := range []struct {
		patterns []string
		want     string
	}{
		{nil, ""},
		{[]string{"b", "a", "b"}, "a b"},
		{[]string{"ab*", "a*", "a", "abc", "b"}, "a* b"},
		{[]string{"b:1*", "b:*", "b:12", "c*", "b"}, "b b:* c*"},
		{[]string{"*", "x", "y*"}, "*"},
	} {
		n := newNames(slices.Clone(c.patterns))
		if n.String() != c.want || n.All() != (c.want == "*") {
			t.Errorf("%q: %s, want %s", c.patterns, &n, c.want)
		}
	}
}

// Ensure that a metric that the catalogue declares by a pattern is met by whoever may read a metric of that name.
func TestDeclaredMetrics(t *testing.T) {
	for _, c := range []struct {
		declared string
		patterns []string
		want     bool
	}{
		{"speed", []string{"*"}, true},
		{"speed", []string{"speed"}, true},
		{"speed", []string{"sp*"}, true},
		{"speed", []string{"speeds", "spee", "a*"}, false},
		{"axle.*.t", []string{"*"}, true},
		{"axle.*.t", []string{"ax*"}, true},
		{"axle.*.t", []string{"axle.1.*"}, true},
		{"axle.*.t", []string{"axle.1.t"}, true},
		{"axle.*.t", []string{"axle.1.u", "axis*", "wheel"}, false},
		{"*", []string{"any"}, true},
	} {
		scope := newScope("d", []*Reading{{allNames, allNames, newNames(slices.Clone(c.patterns))}})
		if got := scope.Declared(c.declared, twin.Metric{Name: c.declared}.Matches); got != c.want {
			t.Errorf("%s by %v: %v", c.declared, c.patterns, got)
		}
	}
}

// Ensure that many grants of one kind become one area, so that a reading is looked for in few.
func TestAreasAreFew(t *testing.T) {
	var grants []*Reading
	for i := range 200 {
		metrics := allNames
		if i%2 == 0 {
			metrics = newNames([]string{"position", "speed*"})
		}
		grants = append(grants, &Reading{allNames, newNames([]string{fmt.Sprintf("wagon:%03d*", i)}), metrics})
	}
	if n := len(newScope("d", grants).Areas()); n != 2 {
		t.Errorf("%d areas", n)
	}
	grants = append(grants, &Reading{newNames([]string{"e"}), allNames, allNames})
	if newScope("d", grants).All() || !newScope("e", grants).All() {
		t.Error("all is what only one grant gives")
	}
}
