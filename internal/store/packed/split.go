package packed

import (
	"cmp"
	"slices"
)

// unit is what a write unit pays for: each started kilobyte of an item, names of attributes included.
const unit = 1024

// around is what an item holds around its block, at most: the names of its attributes, and their values but for the
// component, the dataset and the block.
const around = len("component") + len("part") + len("~123456") + len("p") + len("v") + TagSize + len("floor") + 8 +
	len("ttl") + 7 + len("dataset") + len("b") + 1

// Room returns how many bytes a block may take so that its item costs as few write units as it can. Where the names
// leave little of a unit, it is what is left of two.
func Room(component, dataset string) int {
	const least = 256
	room := unit - ItemSize(component, dataset, 0)%unit
	if room < least {
		room += unit
	}
	return room
}

// ItemSize returns how many bytes an item with a block of so many bytes has at most.
func ItemSize(component, dataset string, block int) int {
	return around + len(component) + 2*len(dataset) + block
}

// Units returns the write units of such an item.
func Units(component, dataset string, block int) int {
	return (ItemSize(component, dataset, block) + unit - 1) / unit
}

// fanOut is how many parts a block is split into at a time, at most.
const fanOut = 64

// Child returns the number of the part in which the metrics of a place stand, when the part with this number has these
// cuts. The whole twin is part 0.
func Child(number uint64, cuts []Place, at Place) uint64 {
	i, found := slices.BinarySearch(cuts, at)
	if found {
		i++
	}
	return number*fanOut + 1 + uint64(i)
}

// Deepest reports whether a part cannot be split because its parts would have no numbers.
func Deepest(number uint64) bool { return number > (1<<64-1)/fanOut-2 }

// Cut returns the places at which entries are to be cut so that each part fits into room, nil where they cannot be:
// into as few parts as that takes, and at most so many. A group that fits into a part is not cut unless most of a part
// would stay empty.
func Cut(entries []Entry, places *Places, room, most int) []Place {
	most = min(most, fanOut)
	sorted := placed(entries, places)
	total := 0
	for i := range sorted {
		total += sorted[i].weight
	}
	if total == 0 || most < 2 {
		return nil
	}
	size := (&Block{Entries: entries}).Size()
	for parts := max(2, (size+room-1)/room); parts < most; parts++ {
		cuts := cut(sorted, total/parts+1, most)
		if len(cuts) > 0 && (fits(sorted, cuts, room) || parts >= len(sorted)) {
			return cuts
		}
	}
	return cut(sorted, total/most+1, most)
}

// weighed is an entry with its place and about how many bytes it takes.
type weighed struct {
	Entry
	at     Place
	weight int
}

func placed(entries []Entry, places *Places) []weighed {
	sorted := make([]weighed, len(entries))
	for i, e := range entries {
		sorted[i] = weighed{e, places.Of(e.Metric), len(e.Metric)/2 + len(e.Value) + 8}
	}
	slices.SortFunc(sorted, func(a, b weighed) int { return cmp.Compare(a.at, b.at) })
	return sorted
}

// cut fills parts up to a weight, one after the other, but for the last of so many.
func cut(sorted []weighed, weight, most int) (cuts []Place) {
	filled := 0
	for i := range sorted {
		if filled > 0 && sorted[i].at != sorted[i-1].at &&
			(filled+sorted[i].weight > weight || endOfGroup(sorted, i, filled, weight)) {
			if cuts = append(cuts, sorted[i].at); len(cuts) == most-1 {
				return cuts
			}
			filled = 0
		}
		filled += sorted[i].weight
	}
	return cuts
}

// endOfGroup reports whether to cut before entry i although it would fit: a group begins there that would not fit as a
// whole, but would fit into a part of its own, and the part before it is at least half full.
func endOfGroup(sorted []weighed, i, filled, weight int) bool {
	if sorted[i].at.group() == sorted[i-1].at.group() || filled < weight/2 {
		return false
	}
	group := 0
	for j := i; j < len(sorted) && sorted[j].at.group() == sorted[i].at.group(); j++ {
		group += sorted[j].weight
	}
	return filled+group > weight && group <= weight
}

// fits reports whether every part between the cuts fits into room.
func fits(sorted []weighed, cuts []Place, room int) bool {
	from := 0
	for k := range len(cuts) + 1 {
		to := len(sorted)
		if k < len(cuts) {
			to, _ = slices.BinarySearchFunc(sorted, cuts[k], func(w weighed, at Place) int { return cmp.Compare(w.at, at) })
		}
		part := Block{Share: MaxParts}
		for _, w := range sorted[from:to] {
			part.Entries = append(part.Entries, w.Entry)
		}
		if len(part.Entries) > 1 && part.Size() > room {
			return false
		}
		from = to
	}
	return true
}
