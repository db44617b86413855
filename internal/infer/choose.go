package infer

import (
	"slices"
	"strings"
	"time"
)

// margin is the difference of two scores below which one of them is not surely the better.
const margin = 1

// chooseTime takes the event time of a view: as the flag says, the best, or as the answer is.
func (d *draft) chooseTime(v *view, all []Candidate) error {
	if d.opts.Time != "" {
		for _, c := range all {
			if matches(c.Label, d.opts.Time) {
				v.moment, v.timed, v.timeReason = c.time, true, "as --time says, "+c.time.form.describe()
				return nil
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	same := func(c Candidate) bool { return c.Label != all[0].Label && v.s.sameTimes(all[0].time, c.time) }
	asked := slices.DeleteFunc(slices.Clone(all), same)
	n, err := d.ask(Question{
		Text: "Which field of " + v.what() + " says when it was measured?", Flag: "--time", Candidates: asked,
	})
	if err != nil {
		return err
	}
	v.moment, v.timeReason = asked[n].time, asked[n].Label+": "+asked[n].Reason
	v.others = append(v.others, "time     "+others(asked, n))
	return nil
}

// chooseKey takes the key of a view.
func (d *draft) chooseKey(v *view) error {
	s := v.s
	v.parentLevel = -1
	if d.opts.Component != "" {
		if k, ok := v.givenKey(d.opts.Component, d.opts.Dataset); ok {
			v.key, v.named, v.keyReason = k, true, "as --component says"
			return nil
		}
	}
	all := s.ids(s.last())
	own, ok := s.identity(s.last())
	if ok {
		first := all[0].key.parts[0].field
		same := func(c Candidate) bool {
			f := c.key.parts[0].field
			return c.Label != all[0].Label && !s.varies(first, f) && !s.varies(f, first)
		}
		all = slices.DeleteFunc(all, same)
		n, err := d.ask(Question{
			Text: "Which field names " + v.what() + "?", Flag: "--component", Candidates: worthy(all),
		})
		if err != nil {
			return err
		}
		if n > 0 {
			own = s.complete(all[n].key, s.last(), all)
		}
		v.keyReason = all[n].Label + ": " + all[n].Reason
		v.others = append(v.others, "key      "+others(worthy(all), n))
	}
	for at := s.last() - 1; at >= 0; at-- {
		outer, named := s.identity(at)
		if !named {
			continue
		}
		if !ok {
			own, ok = outer, true
			best := s.ids(at)[0]
			v.keyReason = best.Label + ": " + best.Reason
			break
		}
		own.kind = cmpOr(own.kind, s.kindOf(own.id, d.Dataset))
		own = s.within(own, outer)
		if !slices.Contains(s.told, at) {
			v.parent, v.parentLevel = outer, at
			v.parent.kind = cmpOr(outer.kind, s.kindOf(outer.id, d.Dataset))
		}
		break
	}
	if !ok && len(all) > 0 { // better a weak guess than none
		own, ok = all[0].key, true
		v.keyReason = all[0].Label + ", which is a weak guess: " + all[0].Reason
		d.Open = append(d.Open, Question{Text: "Which field names " + v.what() + "?", Flag: "--component",
			Candidates: all[:min(len(all), 5)]})
	}
	if !ok {
		v.key = key{kind: "component"}
		v.keyReason = "no field names the component, so there is one; check it"
		return nil
	}
	own.kind = cmpOr(own.kind, s.kindOf(own.id, d.Dataset))
	v.key = own
	v.findRun()
	return nil
}

// what names the things of a view in a question.
func (v *view) what() string {
	if name := v.s.levels[v.s.last()].name(); name != "" {
		return "a " + strings.Join(tokens(name), " ")
	}
	return "a record"
}

// worthy are the candidates that may be right.
func worthy(all []Candidate) []Candidate {
	return slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return c.Score < 1 && c.Score < all[0].Score })
}

// others lists the candidates that were not taken.
func others(all []Candidate, taken int) string {
	var labels []string
	for i, c := range all {
		if i != taken && len(labels) < 4 && c.Score > 0 {
			labels = append(labels, c.Label)
		}
	}
	return strings.Join(labels, ", ")
}

// ask returns the number of the candidate that is right: the first one where it is clearly the best.
func (d *draft) ask(q Question) (int, error) {
	q.Candidates = q.Candidates[:min(len(q.Candidates), 9)]
	if len(q.Candidates) < 2 || q.Candidates[0].Score-q.Candidates[1].Score >= margin {
		return 0, nil
	}
	if d.opts.Ask != nil {
		return d.opts.Ask(q)
	}
	d.Open = append(d.Open, q)
	return 0, nil
}

// askZone asks for the zone of local times, and offers the guess.
func (d *draft) askZone(v *view, reason string) error {
	q := Question{
		Text: "In which zone are the times of " + v.what() + "? (--zone takes any other.)", Flag: "--zone",
		Candidates: []Candidate{{Label: v.zone, Reason: reason}},
	}
	for _, c := range []Candidate{{Label: "UTC"}, {Label: time.Local.String(), Reason: "the zone of this machine"}} {
		if c.Label != v.zone && c.Label != "Local" { // Local: the machine does not name its zone
			q.Candidates = append(q.Candidates, c)
		}
	}
	if d.opts.Ask == nil {
		d.Open = append(d.Open, q)
		return nil
	}
	n, err := d.opts.Ask(q)
	if err == nil {
		v.zone = q.Candidates[n].Label
	}
	return err
}

// matches reports whether a path as a person writes it is that of a label: whole, or its end.
func matches(label, path string) bool {
	return strings.EqualFold(label, path) || strings.HasSuffix(strings.ToLower(label), "."+strings.ToLower(path))
}

// givenKey reads kind:PATH,PATH or PATH.
func (v *view) givenKey(text, dataset string) (k key, ok bool) {
	kind, paths, hasKind := strings.Cut(text, ":")
	if !hasKind {
		kind, paths = "", text
	}
	for path := range strings.SplitSeq(paths, ",") {
		var found *field
		for at := v.s.last(); at >= 0 && found == nil; at-- {
			for _, f := range append(v.s.fields(at), v.s.topics(at)...) {
				if matches(v.s.label(f), strings.TrimSpace(path)) {
					found = f
					break
				}
			}
		}
		if found == nil {
			return key{}, false
		}
		k.parts = append(k.parts, keyPart{found, howOf(found, v.s.texts(found))})
	}
	k.id = k.parts[len(k.parts)-1].field
	k.kind = cmpOr(kind, v.s.kindOf(k.id, dataset))
	return k, true
}
