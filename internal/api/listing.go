package api

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// group is where components are listed that the caller may see: those of some datasets that begin with some prefixes.
type group struct {
	datasets []string
	prefixes []string // in order; none begins with another

	// certain says that he may read every metric of them. Otherwise he sees those only of which he may read a metric.
	certain bool
}

// listing is everything that can be in a list: groups, and components that rules name.
type listing struct {
	groups []group
	named  []string // in order
}

// newListing returns the listing of v.
func (v *view) newListing() listing {
	if v.scopes == nil {
		return listing{groups: merged([]group{{v.names, []string{""}, true}})}
	}
	var l listing
	for i, scope := range v.scopes {
		prefixes := map[bool][]string{}
		areas := scope.Areas()
		for n := range areas {
			certain := areas[n].Metrics.All()
			prefixes[certain] = append(prefixes[certain], areas[n].Components.Prefixes()...)
			l.named = append(l.named, areas[n].Components.Exact()...)
		}
		for _, certain := range []bool{false, true} {
			l.groups = append(l.groups, group{v.names[i : i+1], fewest(prefixes[certain]), certain})
		}
	}
	l.groups = merged(l.groups)
	slices.Sort(l.named)
	l.named = slices.Compact(l.named)
	return l
}

// fewest returns the prefixes in order, without those that begin with another. It changes their memory.
func fewest(prefixes []string) []string {
	slices.Sort(prefixes)
	few := prefixes[:0]
	for _, p := range prefixes {
		if n := len(few); n == 0 || !strings.HasPrefix(p, few[n-1]) {
			few = append(few, p)
		}
	}
	return few
}

// merged makes one group of those of the same prefixes, and leaves out those without prefixes or datasets.
func merged(groups []group) (all []group) {
	for _, g := range groups {
		same := slices.IndexFunc(all, func(o group) bool {
			return o.certain == g.certain &&
				slices.Equal(o.prefixes, g.prefixes)
		})
		switch {
		case len(g.prefixes) == 0 || len(g.datasets) == 0:
		case same < 0:
			all = append(all, g)
		default:
			all[same].datasets = slices.Concat(all[same].datasets, g.datasets)
		}
	}
	return all
}

// within returns the part of l whose components begin with prefix.
func (l listing) within(prefix string) listing {
	if prefix == "" {
		return l
	}
	begins := func(name string) bool { return strings.HasPrefix(name, prefix) }
	part := listing{groups: slices.Clone(l.groups)}
	for i := range part.groups {
		g := &part.groups[i]
		if slices.ContainsFunc(g.prefixes, func(p string) bool { return strings.HasPrefix(prefix, p) }) {
			g.prefixes = []string{prefix}
		} else {
			g.prefixes = slices.DeleteFunc(slices.Clone(g.prefixes), func(p string) bool { return !begins(p) })
		}
	}
	part.groups = merged(part.groups)
	begin, _ := slices.BinarySearch(l.named, prefix)
	end := begin
	for end < len(l.named) && begins(l.named[end]) {
		end++
	}
	part.named = l.named[begin:end]
	return part
}

// certain reports whether the caller sees every component that is listed there.
func (l listing) certain() bool {
	return len(l.named) == 0 && !slices.ContainsFunc(l.groups, func(g group) bool { return !g.certain })
}

// candidate is a component that can be in a list.
type candidate struct {
	name    string
	certain bool
}

// candidates returns the first n components of l that are greater than after: fewer only where there are no more.
func (h *handler) candidates(ctx context.Context, l listing, after string, n int) ([]candidate, error) {
	var found []candidate
	for _, g := range l.groups {
		names, err := h.members(ctx, g, after, n)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			found = append(found, candidate{name, g.certain})
		}
		found = inOrder(found, len(found)-len(names))
	}
	begin, equal := slices.BinarySearch(l.named, after)
	if equal {
		begin++
	}
	k := len(found)
	for _, name := range l.named[begin:min(begin+n, len(l.named))] {
		found = append(found, candidate{name, false})
	}
	found = inOrder(found, k)
	return found[:min(n, len(found))], nil
}

// members returns the first n components of g that are greater than after: fewer only where there are no more.
//
// It asks for what all prefixes have in common, leaves out what is in between, and asks again from the next prefix on:
// so that prefixes that lie close together, of which rules have many, cost one query and not one each.
func (h *handler) members(ctx context.Context, g group, after string, n int) (names []string, err error) {
	for {
		prefixes := g.prefixes
		for len(prefixes) > 0 && prefixes[0] <= after && !strings.HasPrefix(after, prefixes[0]) {
			prefixes = prefixes[1:] // all of it was read
		}
		if len(prefixes) == 0 {
			return names, nil
		}
		q := store.ComponentQuery{Datasets: g.datasets, Prefix: common(prefixes), After: after, Limit: n}
		if len(prefixes) > 1 && prefixes[0] > after {
			q.After = max(after, before(prefixes[0]))
		}
		some, err := h.Reader.Components(ctx, q)
		if err != nil {
			return nil, storeFailed("Components", err)
		}
		for _, name := range some {
			for len(prefixes) > 1 && prefixes[1] <= name {
				prefixes = prefixes[1:]
			}
			if strings.HasPrefix(name, prefixes[0]) {
				names = append(names, name)
			}
		}
		if len(some) < n || len(names) >= n {
			return names[:min(n, len(names))], nil
		}
		after = some[n-1]
	}
}

// common returns what prefixes, which are in order, begin with.
func common(prefixes []string) string {
	first, last := prefixes[0], prefixes[len(prefixes)-1]
	n := 0
	for n < len(first) && n < len(last) && first[n] == last[n] {
		n++
	}
	for n < len(first) && n > 0 && !utf8.RuneStart(first[n]) {
		n-- // not within a character
	}
	return first[:n]
}

// before returns a text that is less than s, with little between them.
func before(s string) string {
	r, size := utf8.DecodeLastRuneInString(s)
	rest := s[:len(s)-size]
	switch r {
	case utf8.RuneError, 0:
		return rest
	case 0xE000:
		r = 0xD800 // there are no characters from here to there
	}
	return rest + string(r-1) + string(utf8.MaxRune)
}

// inOrder merges the first k of all with the others, both in order. Of a component that is there twice the certain
// candidate stays.
func inOrder(all []candidate, k int) []candidate {
	if k == 0 || k == len(all) || all[k-1].name < all[k].name {
		return all
	}
	slices.SortFunc(all, func(a, b candidate) int {
		if c := strings.Compare(a.name, b.name); c != 0 || a.certain == b.certain {
			return c
		}
		if a.certain {
			return -1
		}
		return 1
	})
	return slices.CompactFunc(all, func(a, b candidate) bool { return a.name == b.name })
}

// Where the caller may not read every metric of a component, a list has to look which components he sees.
const (
	maxLooked   = 5000 // components a call, so that those that he does not see cannot hold it for long
	lookAtATime = maxComponents
)

// list is a list of components while it is read.
type list struct {
	*handler
	view    *view
	prefix  string
	patient bool // goes on to the end, however many there are of these:
	looked  int  // components of which it was looked whether the caller sees them
	stopped bool // before its end, because of too many of these
}

// listed are components in order.
type listed struct {
	names    []string
	readings []twin.Reading // what the caller may read of them, merged
	read     bool           // whether readings are known
}

// next returns the first n components that the caller may see and that are greater than after: fewer only where the
// list ends or has stopped.
func (l *list) next(ctx context.Context, after string, n int) (found listed, err error) {
	where := l.view.listing().within(l.prefix)
	if where.certain() {
		all, err := l.candidates(ctx, where, after, n)
		for _, c := range all {
			found.names = append(found.names, c.name)
		}
		return found, err
	}
	found.read = true
	for k := min(n, lookAtATime); len(found.names) < n; k = min(2*k, lookAtATime) {
		some, err := l.candidates(ctx, where, after, k)
		if err != nil {
			return found, err
		}
		if err := l.look(ctx, &found, some, n); err != nil {
			return found, err
		}
		if len(some) < k {
			return found, nil
		}
		after = some[k-1].name
		if l.looked += k; l.looked >= maxLooked && len(found.names) < n && !l.patient {
			l.stopped = true
			return found, nil
		}
	}
	return found, nil
}

// look adds those of some to found that the caller sees, up to n names.
func (l *list) look(ctx context.Context, found *listed, some []candidate, n int) error {
	names := []string{l.prefix + "\x00"} // of none: one that the caller does not see costs a call too
	for i, c := range some {
		names = append(names[:i], c.name)
	}
	readings, err := l.readMany(ctx, l.view, store.ReadingQuery{Components: names, Datasets: l.view.names})
	if err != nil {
		return err
	}
	at := 0
	for _, c := range some {
		if len(found.names) == n {
			break
		}
		begin := at
		for at < len(readings) && readings[at].Component == c.name {
			at++
		}
		if c.certain || at > begin {
			found.names = append(found.names, c.name)
		}
	}
	found.readings = append(found.readings, readings[:at]...)
	return nil
}

// tooLong is the problem of a list that stopped before it found anything.
func (l *list) tooLong() error {
	return searchTooLong.New("None of the next %d components can be listed. Ask for one dataset, or for a longer prefix.",
		maxLooked)
}
