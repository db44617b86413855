package api

import (
	"context"
	"errors"
	"time"

	"github.com/railtwin/digitaltwin/internal/feed"
)

// pollBytes is how much of the log an answer of a long poll has, about. It stays far below maxBody.
const pollBytes = 512 << 10

// polled is what a long poll has found.
type polled struct {
	gap       *gap
	forgotten []feed.Forgotten
	changes   []feed.Change
	bytes     int
	reached   feed.Position
}

func (p *polled) empty() bool { return p.gap == nil && len(p.forgotten) == 0 && len(p.changes) == 0 }

// poll serves what has changed, and waits for it where nothing has.
func (f *follower) poll() (answer, error) {
	p := polled{gap: f.start}
	f.tail.Settle() // the cursor is all that comes back
	if wait := f.call.wait; wait > 0 {
		release, err := f.sit(time.Now().Add(time.Duration(wait) * time.Second))
		if err != nil {
			return answer{}, err
		}
		defer release()
	}
	ctx, stop := f.untilEnding(f.ctx)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(f.call.wait)*time.Second)
	defer cancel()
	for {
		more, err := f.collect(&p)
		if err != nil {
			return answer{}, err
		}
		if p.bytes >= pollBytes || !more && (!p.empty() || f.wait(ctx) != nil) {
			break
		}
	}
	if f.ctx.Err() != nil {
		return answer{}, f.ctx.Err()
	}
	return answer{body: f.appendPolled(f.call.body, &p)}, nil
}

// wait returns when there may be more, or with an error when it is time to answer.
func (f *follower) wait(ctx context.Context) error {
	if err := f.tail.Wait(ctx); err != nil {
		return err
	}
	select { // for what comes together
	case <-time.After(f.Changes.Pause):
	case <-ctx.Done():
	}
	return nil
}

// collect adds the available changes to p, and reports whether more are available at once.
func (f *follower) collect(p *polled) (more bool, err error) {
	page, err := f.tail.Next(f.ctx)
	switch {
	case errors.Is(err, feed.ErrGone):
		missed, err := f.skip()
		if err == nil {
			*p = polled{gap: missed, reached: missed.to}
		}
		return err == nil, err
	case err != nil:
		return false, storeFailed("Changes", err)
	}
	if err := f.look(); err != nil {
		return false, err
	}
	for _, b := range page.Batches {
		for i := range b.Forgotten {
			if own, ok := f.misses(&b.Forgotten[i]); ok {
				p.forgotten = append(p.forgotten, own)
			}
		}
		for i := range b.Changes {
			if f.takes(&b.Changes[i]) {
				p.changes = append(p.changes, b.Changes[i])
			}
		}
		if !p.empty() && b.Position > f.after { // else it is an overlap: an answer must get beyond it
			p.bytes += b.Size()
		}
		if p.bytes >= pollBytes {
			p.reached = b.Position.Add(0) // others may have the same time
			return true, nil
		}
	}
	p.reached = page.Reached
	return page.More, nil
}

// appendPolled appends the answer of a long poll.
func (f *follower) appendPolled(b []byte, p *polled) []byte {
	b = append(b, `{"gap":`...)
	if p.gap == nil {
		b = append(b, "null"...)
	} else {
		b = appendGap(b, p.gap)
	}
	b = append(b, `,"forgotten":[`...)
	for i := range p.forgotten {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendForgotten(b, &p.forgotten[i])
	}
	b = append(b, `],"changes":[`...)
	for i, c := range feed.Fold(p.changes, p.forgotten) {
		if i > 0 {
			b = append(b, ',')
		}
		b = f.view.appendReading(b, &c.Reading, f.call.source)
	}
	b = appendString(append(b, `],"cursor":`...), f.cursor(p.reached))
	return append(b, '}')
}
