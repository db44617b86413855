package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/railtwin/digitaltwin/internal/feed"
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
	written, err := t.writtenParts()
	if err != nil {
		return nil, err
	}
	if t.expires {
		out.until = max(l.told, twin.MillisOf(l.store.now()))
		out.due = l.wakes.due(out.until)
		for _, component := range out.due {
			written[component] = nil // t writes no items
		}
	}
	var all feed.Batch
	for _, component := range slices.Sorted(maps.Keys(written)) {
		l.compare(t, &all, component, written[component], out)
	}
	return out, l.write(t, &all, out)
}

// compare compares what readers are served of a component before and after t, which writes some parts of it. Where one
// cannot be read, readers are served nothing of it, and told nothing.
func (l *changeLog) compare(t *tx, all *feed.Batch, component string, written []swap.Key, out *told) {
	before, err := (&tx{Store: t.Store, file: t.file}).all(component)
	if err != nil {
		return
	}
	after := slices.DeleteFunc(slices.Clone(before), func(it swap.Kept) bool { return slices.Contains(written, it.Key) })
	for _, k := range written {
		it, err := openItem(t.get(partsBucket, itemKey(k)))
		if err != nil {
			return
		}
		after = append(after, swap.Kept{Key: k, Item: it, ExpireAfter: t.catalogue.expireAfter(k.Dataset)})
	}
	was, is := swap.Image(before, l.told), swap.Image(after, out.until)
	feed.Compare(all, component, &was, &is)
	if w, ok := t.nextWake(component, &is); ok {
		out.expiries = append(out.expiries, w)
	}
}

// nextWake returns when the first of the readings of a component expires.
func (t *tx) nextWake(component string, served *feed.Image) (w wake, ok bool) {
	for i := range served.Readings {
		r := &served.Readings[i]
		after := t.catalogue.expireAfter(r.Dataset)
		if at := r.EventTime + twin.Millis(after.Milliseconds()) + 1; after > 0 && (!ok || at < w.at) {
			w, ok = wake{at, component}, true
		}
	}
	return w, ok
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
	out.all, out.dropped, out.oldest, out.until = true, len(l.entries), b.Position, max(l.told, twin.MillisOf(l.store.now()))
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

// writtenParts returns the items that t writes, by component.
func (t *tx) writtenParts() (map[string][]swap.Key, error) {
	written := map[string][]swap.Key{}
	for key := range t.pending.values[partsBucket] {
		k, err := splitKey([]byte(key))
		if err != nil {
			return nil, err
		}
		written[k.Component] = append(written[k.Component], k)
	}
	return written, nil
}

// putFeed notes how far the log reaches: 8 bytes of until when expired readings were told, then the oldest position.
func (t *tx) putFeed(until twin.Millis, oldest feed.Position) {
	t.put(metaBucket, feedKey, append(binary.BigEndian.AppendUint64(nil, uint64(until)), oldest...))
}
