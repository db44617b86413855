package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// tell finds what t changes for readers, and lets t write it into the log. Readers are compared at the time until which
// followers know what has expired, and at the time of now where t tells them that too.
func (l *changeLog) tell(t *tx) (*told, error) {
	if l == nil {
		return nil, nil
	}
	out := &told{until: l.told}
	begins, err := t.changesServed()
	if err != nil {
		return nil, err
	}
	if begins || t.anew {
		l.begin(t, out)
		return out, nil
	}
	if t.expires {
		out.until = max(l.told, twin.MillisOf(l.store.now()))
		out.due = l.wakes.due(out.until)
		for _, component := range out.due {
			t.swapped[component] = nil // t writes no items
		}
	}
	var all feed.Batch
	for _, component := range slices.Sorted(maps.Keys(t.swapped)) {
		l.compare(t, &all, component, out)
	}
	return out, l.write(t, &all, out)
}

// swapped is an item before and after a write.
type swapped struct {
	swap.Key
	old, new swap.Item
}

// noteSwap notes what is written, so that it need not be read again.
func (t *tx) noteSwap(sw *swap.Swap) {
	of := t.swapped[sw.Component]
	if i := slices.IndexFunc(of, func(s swapped) bool { return s.Key == sw.Key }); i >= 0 {
		of[i].new = sw.New
		return
	}
	t.swapped[sw.Component] = append(of, swapped{sw.Key, sw.Old, sw.New})
}

// compare compares what readers are served of a component before and after t. Where an item cannot be read, readers are
// served nothing of the component, and followers are told nothing.
func (l *changeLog) compare(t *tx, all *feed.Batch, component string, out *told) {
	before, after, metrics, err := t.items(component)
	if err != nil {
		return
	}
	was, is := swap.Image(before, metrics, l.told), swap.Image(after, metrics, out.until)
	feed.Compare(all, component, &was, &is)
	if at, ok := swap.Expires(after, out.until); ok {
		out.expiries = append(out.expiries, wake{at, component})
	}
}

// items returns the items of a component before and after t, and the metrics in which they differ: nil for all, where
// something was forgotten or t writes none.
func (t *tx) items(component string) (before, after []swap.Kept, metrics []string, err error) {
	written := t.swapped[component]
	forgets := len(written) == 0
	for i := range written {
		w := &written[i]
		expireAfter := t.catalogue.expireAfter(w.Dataset)
		if w.old.Exists {
			before = append(before, swap.Kept{Key: w.Key, Item: w.old, ExpireAfter: expireAfter})
		}
		after = append(after, swap.Kept{Key: w.Key, Item: w.new, ExpireAfter: expireAfter})
		metrics = packed.Differ(metrics, w.old.Block.Entries, w.new.Block.Entries)
		forgets = forgets || w.old.Floor != w.new.Floor
	}
	others, err := (&tx{Store: t.Store, file: t.file}).allBut(component, func(k swap.Key) bool {
		return slices.ContainsFunc(written, func(w swapped) bool { return w.Key == k })
	})
	if forgets {
		metrics = nil
	} else if metrics == nil {
		metrics = []string{}
	}
	return append(before, others...), append(after, others...), metrics, err
}

// write lets t write a batch, in parts, and take away what the log need not keep.
func (l *changeLog) write(t *tx, all *feed.Batch, out *told) error {
	parts := all.Split(batchBytes)
	if len(parts) == 0 {
		return nil
	}
	l.Ring.Reserve(parts)
	l.mu.Lock()
	defer l.mu.Unlock()
	bytes := l.bytes
	for _, b := range parts {
		data := b.Encode(nil)
		shared, err := feed.Decode(data) // which does not keep the items in memory
		if err != nil {
			l.Ring.GiveUp()
			return err
		}
		shared.Position = b.Position
		t.put(changesBucket, []byte(b.Position), data)
		out.batches, out.sizes = append(out.batches, shared), append(out.sizes, b.Size())
		out.added = append(out.added, entry{b.Position, len(data)})
		bytes += len(data)
	}
	newest := parts[len(parts)-1].Position.Time()
	for _, e := range l.entries {
		if bytes <= l.o.Bytes && newest.Sub(e.position.Time()) <= l.o.Keep {
			break
		}
		t.put(changesBucket, []byte(e.position), nil)
		out.dropped, out.oldest, bytes = out.dropped+1, e.position, bytes-e.bytes
	}
	if out.oldest != "" || out.until != l.told {
		t.putFeed(out.until, max(l.oldest, out.oldest))
	}
	return nil
}

// begin lets the log begin anew, because a change of the catalogue changes what is served. Followers get a gap.
func (l *changeLog) begin(t *tx, out *told) {
	var b feed.Batch
	l.Ring.Reserve([]*feed.Batch{&b})
	for _, e := range l.entries {
		t.put(changesBucket, []byte(e.position), nil)
	}
	out.all, out.dropped, out.oldest, out.until = true, len(l.entries), b.Position,
		max(l.told, twin.MillisOf(l.store.now()))
	t.putFeed(out.until, out.oldest)
}

// changesServed reports whether t changes which datasets are served, or when their readings expire.
func (t *tx) changesServed() (bool, error) {
	for name, entry := range t.pending.values[datasetsBucket] {
		var d twin.Dataset
		if entry == nil {
			return true, nil
		}
		if err := json.Unmarshal(entry, &d); err != nil {
			return false, fmt.Errorf("dataset %s: %w", name, err)
		}
		if old := t.catalogue.byName[name]; old == nil || old.ExpireAfter != d.ExpireAfter {
			return true, nil
		}
	}
	return false, nil
}

// putFeed notes how far the log reaches: 8 bytes of until when expired readings were told, then the oldest position.
func (t *tx) putFeed(until twin.Millis, oldest feed.Position) {
	t.put(metaBucket, feedKey, append(binary.BigEndian.AppendUint64(nil, uint64(until)), oldest...))
}
