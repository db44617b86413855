package packed

import (
	"cmp"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Block is the content of a part.
type Block struct {
	Share   int     // of [MaxParts]: how many parts it may become; 0 for all
	Cuts    []Place // ascending; where there are some, the readings are in the parts between them
	Entries []Entry // by metric, each once
}

// The caps on what one dataset may keep for one component. A part is split where it passes a write unit, unless its
// share is used up; then it may grow to MaxPart, which has room for any reading, and what goes beyond is refused.
const (
	MaxParts = 400
	MaxPart  = twin.MaxValue + 2<<10
)

// Parts returns how many parts b may become.
func (b *Block) Parts() int {
	if b.Share == 0 {
		return MaxParts
	}
	return b.Share
}

// Newest returns the greatest event time in b, ok is false where it has no readings.
func (b *Block) Newest() (newest twin.Millis, ok bool) {
	for i := range b.Entries {
		if t := b.Entries[i].EventTime; !ok || t > newest {
			newest, ok = t, true
		}
	}
	return newest, ok
}

// Entry is a reading in a block.
type Entry struct {
	Metric, Value, Unit   string
	EventTime, ReceivedAt twin.Millis
	Revision              uint16
	Index                 uint32
	Lineage               *Lineage // shared by the entries of a source record; never nil
}

// NewEntry returns the entry of a change. Its lineage is shared with last, the entry before it, where it is the same.
func NewEntry(c *twin.Change, last *Entry) Entry {
	e := Entry{
		Metric: c.Metric, Value: c.Value, Unit: c.Unit, EventTime: c.EventTime, ReceivedAt: c.ReceivedAt,
		Revision: c.Revision, Index: c.Index,
	}
	if last != nil && last.Lineage.isOf(c.Extractor, c.Position) {
		e.Lineage = last.Lineage
	} else {
		e.Lineage = NewLineage(c.Extractor, c.Position)
	}
	return e
}

// EntryOf returns the entry of a reading.
func EntryOf(r *twin.Reading) Entry {
	return Entry{
		Metric: r.Metric, Value: r.Value, Unit: r.Unit, EventTime: r.EventTime, ReceivedAt: r.Source.ReceivedAt,
		Revision: r.Rank.Revision(), Index: r.Rank.Index(), Lineage: NewLineage(r.Source.Extractor, r.Source.Position),
	}
}

// Reading returns the reading that e is of a component and dataset.
func (e *Entry) Reading(component, dataset string) twin.Reading {
	return twin.Reading{
		Component: component, Metric: e.Metric, Dataset: dataset, Value: e.Value, Unit: e.Unit, EventTime: e.EventTime,
		Rank:   e.rank(),
		Source: twin.Source{Extractor: e.Lineage.Extractor, ReceivedAt: e.ReceivedAt, Position: e.Lineage.Position()},
	}
}

// Change returns the change that e was made of, of a component and dataset.
func (e *Entry) Change(component, dataset string) *twin.Change {
	return &twin.Change{
		Component: component, Metric: e.Metric, Dataset: dataset, Value: e.Value, Unit: e.Unit, EventTime: e.EventTime,
		ReceivedAt: e.ReceivedAt, Revision: e.Revision, Index: e.Index, Extractor: e.Lineage.Extractor,
		Position: e.Lineage.Position(),
	}
}

func (e *Entry) rank() twin.Rank {
	return twin.RankOf(e.EventTime, e.Revision, e.ReceivedAt, e.Index, e.Value, e.Unit)
}

// Compare orders entries of one metric as [twin.Change.Compare] does: by rank, then by lineage.
func (e *Entry) Compare(f *Entry) int {
	if order := e.compareRank(f); order != 0 {
		return order
	}
	return e.Lineage.compare(f.Lineage)
}

// compareRank compares the ranks. Their hashes are computed only where nothing else decides.
func (e *Entry) compareRank(f *Entry) int {
	if order := cmp.Or(
		cmp.Compare(e.EventTime, f.EventTime), cmp.Compare(e.Revision, f.Revision),
		twin.CompareReceived(e.ReceivedAt, f.ReceivedAt), cmp.Compare(e.Index, f.Index),
	); order != 0 {
		return order
	}
	if e.Value == f.Value && e.Unit == f.Unit {
		return 0
	}
	a, b := e.rank(), f.rank()
	return strings.Compare(string(a[:]), string(b[:]))
}
