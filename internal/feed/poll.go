package feed

import "github.com/railtwin/digitaltwin/internal/twin"

// Fold takes out of changes, in their memory, what something forgotten after them covers. So who applies first what was
// forgotten and then the changes comes to the same as who applies everything in its order. In after, the i-th is how
// many of the changes came before what was forgotten as the i-th.
func Fold(changes []Change, forgotten []Forgotten, after []int) []Change {
	if len(forgotten) == 0 {
		return changes
	}
	type key struct{ component, dataset string }
	type cover struct {
		until  int
		before twin.Millis
	}
	covers := map[key][]cover{}
	for i := range forgotten {
		k := key{forgotten[i].Component, forgotten[i].Dataset}
		covers[k] = append(covers[k], cover{after[i], forgotten[i].Before})
	}
	kept := changes[:0]
	for i := range changes {
		c := &changes[i]
		gone := false
		for _, k := range [...]key{{c.Component, ""}, {c.Component, c.Dataset}} {
			for _, f := range covers[k] {
				gone = gone || i < f.until && c.EventTime <= f.before
			}
		}
		if !gone {
			kept = append(kept, *c)
		}
	}
	return kept
}
