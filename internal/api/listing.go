package api

import (
	"context"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// section is where components are listed that the caller may see: those of some datasets that begin with a prefix.
type section struct {
	prefix   string
	datasets []string

	// certain says that he may read every metric of them. Otherwise he sees those only of which he may read a metric.
	certain bool
}

// listing is everything that can be in a list: sections in the order of their prefixes, and components that rules name.
type listing struct {
	sections []section
	named    []string // in order
}

// newListing returns the listing of v.
func (v *view) newListing() listing {
	if v.scopes == nil {
		if len(v.names) == 0 {
			return listing{}
		}
		return listing{sections: []section{{"", v.names, true}}}
	}
	var l listing
	type key struct {
		prefix  string
		certain bool
	}
	places := make(map[key]int)
	for i, scope := range v.scopes {
		areas := scope.Areas()
		for n := range areas {
			certain := areas[n].Metrics.All()
			for _, prefix := range areas[n].Components.Prefixes() {
				k := key{prefix, certain}
				at, ok := places[k]
				if !ok {
					at = len(l.sections)
					places[k] = at
					l.sections = append(l.sections, section{prefix: prefix, certain: certain})
				}
				l.sections[at].datasets = append(l.sections[at].datasets, v.names[i])
			}
			l.named = append(l.named, areas[n].Components.Exact()...)
		}
	}
	slices.SortFunc(l.sections, func(a, b section) int { return strings.Compare(a.prefix, b.prefix) })
	slices.Sort(l.named)
	l.named = slices.Compact(l.named)
	return l
}

// within returns the part of l whose components begin with prefix.
func (l listing) within(prefix string) listing {
	if prefix == "" {
		return l
	}
	var part listing
	whole := map[bool]*section{false: {prefix: prefix}, true: {prefix: prefix, certain: true}}
	for _, s := range l.sections {
		switch {
		case strings.HasPrefix(prefix, s.prefix):
			w := whole[s.certain]
			w.datasets = append(w.datasets, s.datasets...)
		case strings.HasPrefix(s.prefix, prefix):
			part.sections = append(part.sections, s)
		}
	}
	for _, certain := range []bool{false, true} {
		if w := whole[certain]; len(w.datasets) > 0 {
			slices.Sort(w.datasets)
			w.datasets = slices.Compact(w.datasets)
			part.sections = slices.Insert(part.sections, 0, *w)
		}
	}
	begin, _ := slices.BinarySearch(l.named, prefix)
	end := begin
	for end < len(l.named) && strings.HasPrefix(l.named[end], prefix) {
		end++
	}
	part.named = l.named[begin:end]
	return part
}

// certain reports whether the caller sees every component that is listed there.
func (l listing) certain() bool {
	return len(l.named) == 0 && !slices.ContainsFunc(l.sections, func(s section) bool { return !s.certain })
}

// candidate is a component that can be in a list.
type candidate struct {
	name    string
	certain bool
}

// candidates returns the first n components of l that are greater than after: fewer only where there are no more.
func (h *handler) candidates(ctx context.Context, l listing, after string, n int) ([]candidate, error) {
	var found []candidate
	for _, s := range l.sections {
		if s.prefix <= after && !strings.HasPrefix(after, s.prefix) {
			continue // all of it was read
		}
		if len(found) >= n && found[n-1].name < s.prefix {
			break // what begins so comes later, and the sections that follow too
		}
		names, err := h.Reader.Components(ctx, store.ComponentQuery{Datasets: s.datasets, Prefix: s.prefix, After: after, Limit: n})
		if err != nil {
			return nil, storeFailed("Components", err)
		}
		for _, name := range names {
			found = append(found, candidate{name, s.certain})
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
		if l.looked += k; l.looked >= maxLooked && len(found.names) < n {
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
	return searchTooLong.new("None of the next %d components can be listed. Ask for one dataset, or for a longer prefix.", maxLooked)
}
