package bolt

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// FeedOptions say how much of the past the feed's log keeps. The zero value means the defaults.
type FeedOptions struct {
	Keep  time.Duration // default 1 h
	Bytes int           // of the log, at most about; default 32 MiB
}

const (
	usualKeep  = time.Hour
	usualBytes = 32 << 20
	ringBytes  = 8 << 20  // of batches in memory
	batchBytes = 64 << 10 // of a batch: what one write changed is several where it is more
)

// changeLog is the log of what changed for readers. A batch is written together with the items that it comes from, so
// there is none without the other, whenever the process ends. Readings expire without a write: [Store.TellExpired]
// looks which did.
type changeLog struct {
	*feed.Ring // the newest batches
	store      *Store
	o          FeedOptions
	id         string

	// Of who writes, one at a time:
	told  twin.Millis // followers were told what had expired at this time
	wakes wakes       // when readings expire

	mu      sync.Mutex
	oldest  feed.Position // the log has everything after it
	entries []entry       // of the file and the journal, in order
	bytes   int           // of them
}

// entry is a batch in the log.
type entry struct {
	position feed.Position
	bytes    int
}

// Changes returns the log of what changed for readers, nil without Options.Feed.
func (s *Store) Changes() feed.Log {
	if s.changes == nil {
		return nil
	}
	return s.changes
}

// ID implements [feed.Log].
func (l *changeLog) ID() string { return l.id }

// Overlap implements [feed.Log].
func (l *changeLog) Overlap() time.Duration { return 0 }

// Now implements [feed.Log].
func (l *changeLog) Now(context.Context) (feed.Position, error) { return l.Ring.Now(), nil }

// Oldest implements [feed.Log].
func (l *changeLog) Oldest(context.Context) (feed.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.oldest, nil
}

// What is read of the file at once.
const (
	readBatches = 256
	readBytes   = 1 << 20
)

// Read implements [feed.Log]. What is no longer in memory comes from the file.
func (l *changeLog) Read(ctx context.Context, after feed.Position) (feed.Page, error) {
	page, ok, err := l.Ring.Read(after)
	if err != nil || ok {
		return page, err
	}
	end, bytes := page.Reached, 0
	err = l.store.view(ctx, "reading changes", func(t *tx) (err error) {
		t.each(changesBucket, []byte(after+"\x00"), func(key, value []byte) bool {
			at := feed.Position(key)
			if at > end {
				return false
			}
			if len(page.Batches) == readBatches || bytes > readBytes {
				page.Reached = page.Batches[len(page.Batches)-1].Position
				return false
			}
			var b *feed.Batch
			if b, err = feed.Decode(value); err != nil {
				return false
			}
			b.Position = at
			page.Batches, bytes = append(page.Batches, b), bytes+len(value)
			return true
		})
		return err
	})
	if oldest, _ := l.Oldest(ctx); err == nil && after < oldest {
		err = feed.ErrGone
	}
	return page, err
}

// told is what one write tells followers.
type told struct {
	batches  []*feed.Batch
	sizes    []int // in memory
	added    []entry
	dropped  int           // entries at the front
	oldest   feed.Position // after it; "" where it stays
	all      bool          // the log begins anew, after oldest
	until    twin.Millis   // expired readings are told
	due      []string      // components that were looked at for it
	expiries []wake
}

// publish makes what was told visible, once it is durable.
func (l *changeLog) publish(t *told) {
	if l == nil || t == nil {
		return
	}
	l.told = t.until
	for _, w := range t.expiries {
		l.wakes.add(w)
	}
	l.mu.Lock()
	for _, e := range l.entries[:t.dropped] {
		l.bytes -= e.bytes
	}
	l.entries = append(slices.Delete(l.entries, 0, t.dropped), t.added...)
	for _, e := range t.added {
		l.bytes += e.bytes
	}
	if t.oldest != "" {
		l.oldest = t.oldest
	}
	l.mu.Unlock()
	switch {
	case t.all:
		l.Ring.Clear(t.oldest)
	case len(t.batches) > 0:
		l.Ring.Publish(t.batches, t.sizes)
	}
}

// giveUp takes back what was to be told, because it cannot be written.
func (l *changeLog) giveUp(t *told) {
	if l == nil || t == nil {
		return
	}
	l.Ring.GiveUp()
	for _, component := range t.due {
		l.wakes.add(wake{l.told, component})
	}
}

// toldUntil returns the time until which items may be taken away that expired: followers must have been told.
func (l *changeLog) toldUntil(now time.Time) time.Time {
	if l != nil && l.told.Time().Before(now) {
		return l.told.Time()
	}
	return now
}

// TellExpired tells followers which readings have expired since the last time.
func (s *Store) TellExpired(ctx context.Context) error {
	if s.changes == nil {
		return nil
	}
	return s.change(ctx, "looking for expired readings", func(t *tx) error {
		t.expires = true
		return nil
	})
}
