package twin

import (
	"cmp"
	"strings"
)

// Compare orders places: it decides between changes of one rank that came from different places, so that what is
// stored does not depend on which came first.
func (p Position) Compare(q Position) int {
	return cmp.Or(strings.Compare(p.Stream, q.Stream), strings.Compare(p.Shard, q.Shard),
		strings.Compare(p.Sequence, q.Sequence))
}

// Compare orders changes of one component.metric and dataset: by rank, then by extractor and position. The greatest
// is stored. Two changes that are equal by it are the same one.
func (c *Change) Compare(d *Change) int {
	if order := cmp.Or(
		cmp.Compare(c.EventTime, d.EventTime), cmp.Compare(c.Revision, d.Revision),
		CompareReceived(c.ReceivedAt, d.ReceivedAt), cmp.Compare(c.Index, d.Index),
	); order != 0 {
		return order
	}
	if c.Value != d.Value || c.Unit != d.Unit {
		if c, d := c.Rank(), d.Rank(); c != d {
			return strings.Compare(string(c[:]), string(d[:]))
		}
	}
	return cmp.Or(strings.Compare(c.Extractor, d.Extractor), c.Position.Compare(d.Position))
}

// SameRank reports whether d is a duplicate of c: of the same rank, wherever it came from.
func (c *Change) SameRank(d *Change) bool {
	return c.EventTime == d.EventTime && c.Revision == d.Revision && c.ReceivedAt == d.ReceivedAt && c.Index == d.Index &&
		(c.Value == d.Value && c.Unit == d.Unit || c.Rank() == d.Rank())
}

// CompareReceived orders received-at times as a rank does: an unknown one is less than any.
func CompareReceived(a, b Millis) int {
	switch {
	case a == b:
		return 0
	case a == 0:
		return -1
	case b == 0:
		return 1
	}
	return cmp.Compare(a, b)
}
