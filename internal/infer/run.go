package infer

import (
	"slices"
	"strings"
)

// findRun makes the run of a stop the thing around it, where they stand side by side in a row: a trip is where its last
// stop is.
func (v *view) findRun() {
	parts := v.key.parts
	if v.key.kind == "stop" && len(v.parent.parts) == 0 && len(parts) == 2 && runs.has(parts[0].field.name()) {
		v.parent = key{kind: v.s.kindOf(parts[0].field, ""), id: parts[0].field, parts: parts[:1]}
	}
	v.run = len(v.parent.parts) > 0 && v.key.kind == "stop" &&
		slices.ContainsFunc(v.parent.parts, func(p keyPart) bool { return runs.has(p.field.name()) })
}

// deliverRun tells of a run what its last stop is, and how late it was there.
func (v *view) deliverRun() {
	if !v.run {
		return
	}
	for _, d := range v.delays {
		d.parent, d.name = true, "delay"
		v.append(d)
	}
	for _, m := range slices.Clone(v.metrics) {
		if !m.parent && m.unit != "" && lateWords.has(strings.ReplaceAll(m.name, ".", "_")) {
			m.parent, m.name = true, "delay"
			v.append(m)
		}
	}
	stop := v.key.id
	for _, f := range v.s.fields(stop.level) {
		if nameWords.has(f.name()) && isPlace(f) {
			stop = f
			break
		}
	}
	column := v.add("last_stop", v.ref(stop, "STRING"))
	v.append(metric{parent: true, name: "last.stop", column: column, time: "event_time"})
}

var lateWords = list("delay late lateness difference deviation verspaetung retard")
