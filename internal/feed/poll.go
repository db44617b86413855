package feed

import "github.com/railtwin/digitaltwin/internal/twin"

// Fold takes out of changes, in their memory, what was forgotten after them. Nothing that was forgotten comes after
// that. So who applies first what was forgotten and then the changes comes to the same as who applies everything in its
// order.
func Fold(changes []Change, forgotten []Forgotten) []Change {
	if len(forgotten) == 0 {
		return changes
	}
	type key struct{ component, dataset string }
	before := map[key]twin.Millis{}
	for i := range forgotten {
		k := key{forgotten[i].Component, forgotten[i].Dataset}
		if old, ok := before[k]; !ok || forgotten[i].Before > old {
			before[k] = forgotten[i].Before
		}
	}
	covers := func(k key, t twin.Millis) bool {
		until, ok := before[k]
		return ok && t <= until
	}
	kept := changes[:0]
	for i := range changes {
		c := &changes[i]
		if !covers(key{c.Component, ""}, c.EventTime) && !covers(key{c.Component, c.Dataset}, c.EventTime) {
			kept = append(kept, *c)
		}
	}
	return kept
}
