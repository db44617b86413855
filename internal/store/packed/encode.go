package packed

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

const version = 1

// Append appends the encoded block.
func (b *Block) Append(dst []byte) []byte {
	dst = append(dst, version)
	dst = binary.AppendUvarint(dst, uint64(b.Share))
	dst = binary.AppendUvarint(dst, uint64(len(b.Cuts)))
	for _, cut := range b.Cuts {
		dst = cut.append(dst)
	}
	e := newEncoder(b.Entries)
	dst = e.appendTables(dst)
	return e.appendRuns(dst)
}

// Size returns how many bytes b takes encoded.
func (b *Block) Size() int { return len(b.Append(nil)) }

// encoder holds entries in the order in which they are written.
type encoder struct {
	entries []*Entry // by run, then by metric
	origins []*Lineage
	units   []string
}

func newEncoder(entries []Entry) *encoder {
	e := &encoder{entries: make([]*Entry, len(entries))}
	for i := range entries {
		e.entries[i] = &entries[i]
	}
	slices.SortFunc(e.entries, func(a, b *Entry) int {
		return cmp.Or(compareHead(a, b), strings.Compare(a.Metric, b.Metric))
	})
	var last *Lineage
	for _, entry := range e.entries {
		if entry.Lineage != last {
			last = entry.Lineage
			e.origins = append(e.origins, last)
		}
		if entry.Unit != "" && !slices.Contains(e.units, entry.Unit) {
			e.units = append(e.units, entry.Unit)
		}
	}
	slices.SortFunc(e.origins, compareOrigin)
	e.origins = slices.CompactFunc(e.origins, func(a, b *Lineage) bool { return compareOrigin(a, b) == 0 })
	slices.Sort(e.units)
	return e
}

// compareHead orders entries by what a run has once.
func compareHead(a, b *Entry) int {
	if order := cmp.Or(cmp.Compare(a.EventTime, b.EventTime), cmp.Compare(a.Revision, b.Revision),
		cmp.Compare(a.ReceivedAt, b.ReceivedAt)); order != 0 {
		return order
	}
	if a.Lineage == b.Lineage {
		return 0
	}
	if order := cmp.Or(compareOrigin(a.Lineage, b.Lineage),
		strings.Compare(a.Lineage.sequence, b.Lineage.sequence)); order != 0 {
		return order
	}
	switch {
	case a.Lineage.number == b.Lineage.number:
		return 0
	case a.Lineage.number:
		return 1
	}
	return -1
}

func compareOrigin(a, b *Lineage) int {
	return cmp.Or(strings.Compare(a.Extractor, b.Extractor), strings.Compare(a.Stream, b.Stream),
		strings.Compare(a.Shard, b.Shard))
}

func (e *encoder) appendTables(dst []byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(e.origins)))
	for _, o := range e.origins {
		dst = appendExtractor(dst, o.Extractor)
		dst = appendText(dst, o.Stream)
		dst = appendShard(dst, o.Shard)
	}
	dst = binary.AppendUvarint(dst, uint64(len(e.units)))
	for _, u := range e.units {
		dst = appendText(dst, u)
	}
	return dst
}

func (e *encoder) appendRuns(dst []byte) []byte {
	var before *Entry
	for i := 0; i < len(e.entries); {
		head, n := e.entries[i], i+1
		for n < len(e.entries) && compareHead(head, e.entries[n]) == 0 {
			n++
		}
		dst = e.appendHead(dst, head, before)
		dst = binary.AppendUvarint(dst, uint64(n-i))
		last := &Entry{}
		for ; i < n; i++ {
			dst = e.appendEntry(dst, e.entries[i], last)
			last = e.entries[i]
		}
		before = head
	}
	return dst
}

// appendHead appends what a run has once; event times are ascending, and sequences much alike.
func (e *encoder) appendHead(dst []byte, head, before *Entry) []byte {
	if before == nil {
		dst = binary.AppendVarint(dst, int64(head.EventTime))
	} else {
		dst = binary.AppendUvarint(dst, uint64(head.EventTime-before.EventTime))
	}
	if head.ReceivedAt == 0 {
		dst = binary.AppendUvarint(dst, uint64(head.Revision)<<1)
	} else {
		dst = binary.AppendUvarint(dst, uint64(head.Revision)<<1|1)
		dst = binary.AppendVarint(dst, int64(head.ReceivedAt-head.EventTime))
	}
	origin, _ := slices.BinarySearchFunc(e.origins, head.Lineage, compareOrigin)
	dst = binary.AppendUvarint(dst, uint64(origin))
	kind := uint64(0)
	if head.Lineage.number {
		kind = 1
	}
	sequence, last := head.Lineage.sequence, ""
	if before != nil {
		last = before.Lineage.sequence
	}
	first, end := shared(last, sequence)
	dst = binary.AppendUvarint(dst, uint64(first)<<1|kind)
	dst = binary.AppendUvarint(dst, uint64(end))
	return appendText(dst, sequence[first:len(sequence)-end])
}

// appendEntry appends what an entry has of its own: its metric as it differs from the one before it in the middle.
func (e *encoder) appendEntry(dst []byte, entry, last *Entry) []byte {
	head, tail := shared(last.Metric, entry.Metric)
	dst = binary.AppendUvarint(dst, uint64(head))
	dst = binary.AppendUvarint(dst, uint64(tail))
	dst = appendText(dst, entry.Metric[head:len(entry.Metric)-tail])
	dst = binary.AppendVarint(dst, int64(entry.Index)-int64(last.Index))
	unit := 0
	if entry.Unit != "" {
		unit, _ = slices.BinarySearch(e.units, entry.Unit)
		unit++
	}
	dst = binary.AppendUvarint(dst, uint64(unit))
	return appendText(dst, entry.Value)
}

// shared returns how many bytes two texts share at their beginnings, and how many of the rest at their ends.
func shared(a, b string) (head, tail int) {
	n := min(len(a), len(b))
	for head < n && a[head] == b[head] {
		head++
	}
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}
