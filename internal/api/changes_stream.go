package api

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/railtwin/digitaltwin/internal/access"
	"github.com/railtwin/digitaltwin/internal/feed"
)

const (
	retryMillis  = "2000"           // how long a follower should wait before it connects again
	writeTimeout = 30 * time.Second // for one that takes nothing
)

// The reasons of a reconnect event.
const (
	reasonTime     = "time"     // streams end after a while
	reasonToken    = "token"    // the access token has expired: get a new one
	reasonShutdown = "shutdown" // the process ends
)

// stream is a follower's connection.
type stream struct {
	*follower
	http   http.ResponseWriter
	rc     *http.ResponseController
	out    []byte
	ends   time.Time
	reason string // why it ends then
	live   bool   // everything that there was is sent
	wrote  time.Time

	waiting context.Context // ends when the stream must
	release func()          // gives the seat back
}

// stream sends events until the caller leaves, or it is time to connect again.
func (f *follower) stream(w http.ResponseWriter) {
	s := &stream{follower: f, http: w, rc: http.NewResponseController(w)}
	s.ends, s.reason = time.Now().Add(f.Changes.StreamTime-rand.N(f.Changes.StreamTime/20)), reasonTime // not all at once
	if c, ok := access.FromContext(f.ctx); ok && !c.Expires.IsZero() && c.Expires.Before(s.ends) {
		s.ends, s.reason = c.Expires, reasonToken
	}
	release, err := f.sit(s.ends)
	if err != nil {
		f.refuse(w, f.call.Request, err)
		return
	}
	defer release()
	s.release = release
	header := w.Header()
	header.Set("Content-Type", feed.ContentType)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	if s.rc.Flush() != nil {
		f.refuse(w, f.call.Request,
			notAcceptable.New("No events can be streamed here. Ask without Accept: %s, for a long poll.", feed.ContentType))
		return
	}
	s.out = feed.AppendRetry(s.out, retryMillis)
	waiting, stop := f.untilEnding(f.ctx)
	defer stop()
	s.waiting = waiting
	if err := s.run(); err != nil && f.ctx.Err() == nil && !errors.Is(err, errFollowerGone) {
		f.Log.ErrorContext(f.ctx, "api: a stream of changes ended", "error", err)
	}
}

// errFollowerGone says that nothing can be written to a follower.
var errFollowerGone = errors.New("api: the follower has gone")

// flush writes the pending output.
func (s *stream) flush() error {
	if len(s.out) == 0 {
		return nil
	}
	_ = s.rc.SetWriteDeadline(time.Now().Add(writeTimeout)) // where there is none, who carries the answer has one
	_, err := s.http.Write(s.out)
	if err == nil {
		err = s.rc.Flush()
	}
	s.out, s.wrote = s.out[:0], time.Now()
	if err != nil {
		return errors.Join(errFollowerGone, err)
	}
	return nil
}

// run sends the available changes and then new ones, until the stream ends.
func (s *stream) run() error {
	if s.start != nil {
		s.gap(s.start)
	}
	whole := s.call.snapshot && (s.start != nil || !s.resumes())
	for {
		if whole {
			if err := s.snapshot(); err != nil {
				return err
			}
			whole = false
		}
		page, err := s.tail.Next(s.ctx)
		if errors.Is(err, feed.ErrGone) {
			missed, err := s.skip()
			if err != nil {
				return err
			}
			s.gap(missed)
			s.live, whole = false, s.call.snapshot
			continue
		}
		if err == nil {
			err = s.look()
		}
		if err != nil {
			return err
		}
		for _, b := range page.Batches {
			s.out = append(s.out, s.encode(b)...)
		}
		if !page.More && !s.live {
			s.live = true
			s.out = feed.AppendEvent(s.out, feed.KindLive, s.cursor(page.Reached), []byte("{}"))
		}
		if len(s.out) == 0 && time.Since(s.wrote) >= s.Changes.Heartbeat {
			s.out = feed.AppendHeartbeat(s.out, s.cursor(page.Reached))
		}
		if err := s.flush(); err != nil {
			return err
		}
		if !page.More {
			if end, err := s.rest(); end {
				return err
			}
		}
	}
}

func (s *stream) gap(g *gap) {
	s.out = feed.AppendEvent(s.out, feed.KindGap, s.cursor(g.to), appendGap(nil, g))
}

// rest waits until there may be more to send, or a sign of life is due. It reports whether the stream ends.
func (s *stream) rest() (end bool, err error) {
	next := s.wrote.Add(s.Changes.Heartbeat)
	if s.ends.Before(next) {
		next = s.ends
	}
	ctx, cancel := context.WithDeadline(s.waiting, next)
	defer cancel()
	if err = s.tail.Wait(ctx); err == nil { // changes that come together travel together
		select {
		case <-time.After(time.Until(s.wrote.Add(s.Changes.Pause))):
		case <-ctx.Done():
		}
	}
	switch {
	case s.ctx.Err() != nil:
		return true, nil
	case errors.Is(context.Cause(s.waiting), errEnding):
		return true, s.reconnect(reasonShutdown)
	case !time.Now().Before(s.ends):
		return true, s.reconnect(s.reason)
	case err != nil && !errors.Is(err, context.DeadlineExceeded):
		return true, err
	}
	return false, nil
}

// reconnect sends the follower away. The seat is free before, since it may connect again at once.
func (s *stream) reconnect(reason string) error {
	s.release()
	s.out = feed.AppendEvent(s.out, feed.KindReconnect, s.cursor(s.tail.Reached()), []byte(`{"reason":"`+reason+`"}`))
	return s.flush()
}

// errEnding says that the process is about to end.
var errEnding = errors.New("api: the process ends")

// untilEnding returns a context that ends with ctx, and before with errEnding when the process is about to end.
func (f *follower) untilEnding(ctx context.Context) (context.Context, context.CancelFunc) {
	if f.Changes.Ending == nil {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(f.Changes.Ending, func() { cancel(errEnding) })
	return ctx, func() {
		stop()
		cancel(nil)
	}
}
