package store

import (
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// Target names what is forgotten: one component, or all whose names begin with a prefix.
type Target struct {
	Name   string
	Prefix bool
}

// Forgotten is an entry of the forget list: no reading of the target with an event time up to Floor is taken, now or
// ever, nor served.
type Forgotten struct {
	Target
	Floor twin.Millis
}

// ForgetList is what was forgotten. Entries stay in it for ever, since a replay can come at any time; one that lies
// under a wider and later one says nothing more, and goes. It is not changed after it was made.
type ForgetList struct {
	names, prefixes map[string]twin.Millis
	lengths         []int // of the prefixes, ascending
}

// NewForgetList returns the list of entries. Of one target the latest counts.
func NewForgetList(entries []Forgotten) *ForgetList {
	l := &ForgetList{names: map[string]twin.Millis{}, prefixes: map[string]twin.Millis{}}
	for _, e := range entries {
		m := l.names
		if e.Prefix {
			m = l.prefixes
			l.lengths = append(l.lengths, len(e.Name))
		}
		if old, ok := m[e.Name]; !ok || e.Floor > old {
			m[e.Name] = e.Floor
		}
	}
	slices.Sort(l.lengths)
	l.lengths = slices.Compact(l.lengths)
	return l
}

// Floor returns up to which event time readings of a component were forgotten, [packed.NoFloor] where none were. A nil
// list is empty.
func (l *ForgetList) Floor(component string) twin.Millis {
	if l == nil {
		return packed.NoFloor
	}
	floor, ok := l.names[component]
	if !ok {
		floor = packed.NoFloor
	}
	for _, n := range l.lengths {
		if n > len(component) {
			break
		}
		if f, ok := l.prefixes[component[:n]]; ok {
			floor = max(floor, f)
		}
	}
	return floor
}

// Covers reports whether an entry says nothing that e does not say too.
func (e Forgotten) Covers(f Forgotten) bool {
	if e.Floor < f.Floor {
		return false
	}
	if e.Prefix {
		return strings.HasPrefix(f.Name, e.Name)
	}
	return !f.Prefix && e.Name == f.Name
}
