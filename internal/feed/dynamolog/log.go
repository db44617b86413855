package dynamolog

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/dynamolog/schema"
)

// Options are settings that are rarely needed.
type Options struct {
	Now   func() time.Time // nil for time.Now
	Every time.Duration    // between two looks into the table, by the real clock; default a second
}

// Log reads a log. It implements [feed.Log].
type Log struct {
	client API
	table  string
	id     string
	now    func() time.Time
	every  time.Duration

	mu      sync.Mutex
	from    feed.Position // where the log begins; "" while it is not known
	gap     feed.Position // the newest place where changes are missing, of those that were read
	window  window
	looked  time.Time     // by the real clock
	arrived feed.Position // when the last look began that has found something new
}

// window is what the last look has found.
type window struct {
	after feed.Position
	page  found
}

var _ feed.Log = (*Log)(nil)

// New returns the log in a table.
func New(client API, table string, o Options) *Log {
	hash := sha256.Sum256([]byte(table)) // each table has a name of its own, also the one that follows on another
	l := &Log{client: client, table: table, id: string(hash[:feed.IDSize]), now: o.Now, every: o.Every}
	if l.now == nil {
		l.now = time.Now
	}
	if l.every == 0 {
		l.every = time.Second
	}
	return l
}

// ID implements [feed.Log].
func (l *Log) ID() string { return l.id }

// Overlap implements [feed.Log].
func (l *Log) Overlap() time.Duration { return overlap }

// settled is the position up to which nothing is added any more.
func (l *Log) settled() feed.Position { return feed.PositionAt(l.now().Add(-overlap)) }

// Now implements [feed.Log]: not before the log begins, nor before a gap that was found.
func (l *Log) Now(context.Context) (feed.Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return max(l.settled(), l.from, l.gap.Add(time.Microsecond)), nil
}

// Oldest implements [feed.Log].
func (l *Log) Oldest(ctx context.Context) (feed.Position, error) {
	begins, err := l.begins(ctx)
	return max(begins, feed.PositionAt(l.now().Add(margin-keep))), err
}

// begins returns where the log begins. Before anything is in it that is hardly before now.
func (l *Log) begins(ctx context.Context) (feed.Position, error) {
	l.mu.Lock()
	from := l.from
	l.mu.Unlock()
	if from != "" {
		return from, nil
	}
	out, err := l.client.Query(ctx, &dynamodb.QueryInput{
		TableName: &l.table, KeyConditionExpression: aws.String("#m=:m"),
		ExpressionAttributeNames:  map[string]string{"#m": schema.Minute},
		ExpressionAttributeValues: item{":m": number(0)}, Limit: aws.Int32(1),
	})
	if err != nil {
		return "", fmt.Errorf("dynamolog: %w", err)
	}
	if len(out.Items) == 0 {
		return feed.PositionAt(l.now().Add(-margin)), nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.from = feed.Position(blobOf(out.Items[0][schema.Position]))
	return l.from, nil
}

// Read implements [feed.Log].
func (l *Log) Read(ctx context.Context, after feed.Position) (feed.Page, error) {
	oldest, err := l.Oldest(ctx)
	if err != nil {
		return feed.Page{}, err
	}
	if after < oldest || after > feed.PositionAt(l.now().Add(margin)) {
		return feed.Page{}, feed.ErrGone
	}
	f, ok := l.seen(after)
	if !ok {
		if f, err = l.read(ctx, after); err != nil {
			return feed.Page{}, err
		}
	}
	if f.gap > after {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.gap = max(l.gap, f.gap)
		return feed.Page{}, feed.ErrGone
	}
	page := feed.Page{Reached: max(f.reached, after), More: f.more}
	for _, b := range f.batches {
		if b.Position > after {
			page.Batches = append(page.Batches, b)
		}
	}
	return page, nil
}

// seen returns what the look of a moment ago has found after a position.
func (l *Log) seen(after feed.Position) (found, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok := l.window.after != "" && after >= l.window.after && time.Since(l.looked) < l.every/2
	return l.window.page, ok
}

// Wait implements [feed.Log]: it looks into the table again and again, once at a time for all who wait, until something
// is there that was not when the position was reached.
func (l *Log) Wait(ctx context.Context, after feed.Position) error {
	since := after.Add(overlap) // when it was read, see found.reached
	for {
		l.mu.Lock()
		something, pause := l.arrived > since, time.Until(l.looked.Add(l.every))
		l.mu.Unlock()
		if something {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := l.look(ctx); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return err
		}
	}
}

// look reads what the last few seconds have brought.
func (l *Log) look(ctx context.Context) error {
	l.mu.Lock()
	if time.Since(l.looked) < l.every/2 { // another one has
		l.mu.Unlock()
		return nil
	}
	known := map[feed.Position]bool{l.gap: true, l.window.page.gap: true, "": true}
	for _, b := range l.window.page.batches {
		known[b.Position] = true
	}
	l.mu.Unlock()
	began := feed.PositionAt(l.now())
	after := began.Add(-overlap - l.every - l.every/2) // when the last look began
	f, err := l.read(ctx, after)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.more || !known[f.gap] || slices.ContainsFunc(f.batches, func(b *feed.Batch) bool { return !known[b.Position] }) {
		l.arrived = began
	}
	l.window, l.looked = window{after, f}, time.Now()
	return nil
}
