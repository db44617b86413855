package access

import (
	"fmt"
	"slices"
	"strings"
)

// Names is a set of names: some as they are, and all that begin with some prefixes. The zero value is empty.
type Names struct {
	exact    []string // in order; none begins with one of prefixes
	prefixes []string // in order; none begins with another
}

// allNames is the set of all names.
var allNames = Names{prefixes: []string{""}}

// newNames returns the set that patterns describe: a name as it is, or with a * at its end all that begin so.
func newNames(patterns []string) Names {
	var n Names
	for _, p := range patterns {
		if prefix, ok := strings.CutSuffix(p, "*"); ok {
			n.prefixes = append(n.prefixes, prefix)
		} else {
			n.exact = append(n.exact, p)
		}
	}
	return n.shortest()
}

// union returns the names that are in one of the sets.
func union(sets []Names) Names {
	var all Names
	for _, n := range sets {
		all.exact = append(all.exact, n.exact...)
		all.prefixes = append(all.prefixes, n.prefixes...)
	}
	return all.shortest()
}

// shortest puts n into order and leaves out what is said twice. It changes the memory of n.
func (n Names) shortest() Names {
	slices.Sort(n.prefixes)
	prefixes := n.prefixes[:0]
	for _, p := range n.prefixes {
		if k := len(prefixes); k == 0 || !strings.HasPrefix(p, prefixes[k-1]) {
			prefixes = append(prefixes, p)
		}
	}
	n.prefixes = prefixes
	slices.Sort(n.exact)
	n.exact = slices.DeleteFunc(slices.Compact(n.exact), n.begins)
	return n
}

// begins reports whether a name begins with one of the prefixes. As none of these begins with another, it can only be
// the last one that is not greater than the name.
func (n *Names) begins(name string) bool {
	i, found := slices.BinarySearch(n.prefixes, name)
	return found || i > 0 && strings.HasPrefix(name, n.prefixes[i-1])
}

// Has reports whether a name is in the set.
func (n *Names) Has(name string) bool {
	if n.All() {
		return true
	}
	if len(n.prefixes) > 0 && n.begins(name) {
		return true
	}
	_, found := slices.BinarySearch(n.exact, name)
	return found
}

// All reports whether every name is in the set.
func (n *Names) All() bool { return len(n.prefixes) == 1 && n.prefixes[0] == "" }

// Exact returns the names that are in the set by themselves, in order.
func (n *Names) Exact() []string { return n.exact }

// Prefixes returns the beginnings of all other names in the set, in order. None begins with another.
func (n *Names) Prefixes() []string { return n.prefixes }

// Meets reports whether the set has a name that a pattern of the catalogue stands for, in which * is any text:
// axle.*.bearing.temperature, see [twin.Metric].
func (n *Names) Meets(pattern string, matches func(name string) bool) bool {
	head, _, star := strings.Cut(pattern, "*")
	if !star {
		return n.Has(pattern)
	}
	meets := func(prefix string) bool { return strings.HasPrefix(head, prefix) || strings.HasPrefix(prefix, head) }
	return slices.ContainsFunc(n.prefixes, meets) || slices.ContainsFunc(n.exact, matches)
}

// key returns a text that is the same for the same sets only.
func (n *Names) key() string { return fmt.Sprintf("%q %q", n.exact, n.prefixes) }

// String returns the set as a file has it.
func (n *Names) String() string {
	patterns := slices.Clone(n.exact)
	for _, p := range n.prefixes {
		patterns = append(patterns, p+"*")
	}
	slices.Sort(patterns)
	return strings.Join(patterns, " ")
}
