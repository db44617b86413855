package cost

import "math"

// units are what a second of a workload takes of the table.
type units struct{ read, write float64 }

func unitsOf(w Workload, a Assumptions, uses []usage) (u units) {
	var size, items float64
	for _, use := range uses {
		u.write += use.items * a.WriteUnits(use.flow.Metrics)
		u.read += use.items * a.ReadUnits(use.flow.Metrics)
		size, items = size+a.ItemBytes(use.flow.Metrics)*use.flow.Components, items+use.flow.Components
	}
	if w.Reads.PerDay > 0 {
		each := 1024.0 // bytes of a component that nothing is known of
		if items > 0 {
			each = size / items
		}
		// Eventually consistent: half a unit for every 4 KB that a query reads.
		u.read += w.Reads.PerDay / 86400 * 0.5 * math.Ceil(each*w.Reads.Components/4096)
	}
	return u
}

// table is Amazon DynamoDB.
func (b *bill) table(p Plan, w Workload, a Assumptions, uses []usage) {
	u, t := unitsOf(w, a, uses), p.Table
	if !t.Provisioned {
		b.add(false, "table, writes", "dynamodb.write", factor{u.write * seconds, "units"})
		b.add(false, "table, reads", "dynamodb.read", factor{u.read * seconds, "units"})
	} else {
		b.capacity("table, write capacity", "dynamodb.write.hour", u.write, t.Write, t.Utilisation)
		b.capacity("table, read capacity", "dynamodb.read.hour", u.read, t.Read, t.Utilisation)
		indexes := factor{float64(t.Indexes), "indexes"}
		b.add(true, "indexes, write capacity", "dynamodb.write.hour", indexes, factor{float64(t.IndexWrite.Min), "units"},
			factor{hours, "h"})
		b.add(true, "indexes, read capacity", "dynamodb.read.hour", indexes, factor{float64(t.IndexRead.Min), "units"},
			factor{hours, "h"})
	}
	gigabytes := 0.0
	for _, use := range uses {
		const own = 100 // bytes of the table's own for each item
		gigabytes += use.flow.Components * (a.ItemBytes(use.flow.Metrics) + own) / gigabyte
	}
	b.add(false, "table, storage", "dynamodb.storage", factor{gigabytes, "GB"})
	if t.Recovery {
		b.add(false, "table, recovery", "dynamodb.recovery", factor{gigabytes, "GB"})
	}
}

// capacity is what is paid by the hour: the least always, and what the use takes at the share of it that is to be in
// use.
func (b *bill) capacity(what, price string, used float64, c Capacity, utilisation float64) {
	least := float64(c.Min)
	b.add(true, what, price, factor{least, "units"}, factor{hours, "h"})
	if utilisation > 0 {
		more := min(math.Ceil(used/utilisation), float64(c.Max)) - least
		b.add(false, what+", more", price, factor{max(0, more), "units"}, factor{hours, "h"})
	}
}
