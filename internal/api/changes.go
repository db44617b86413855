package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/feed/seats"
	"github.com/railtwin/digitaltwin/internal/problem"
)

// changesPath is where the change feed is served.
const changesPath = "/v1/changes"

// Changes is what a change feed is made of. The zero value has none.
type Changes struct {
	Log feed.Log // nil for no feed

	// Seats bounds how many streams, and polls that wait, each caller keeps at once; nil for any number. A call without a
	// caller is not bounded.
	Seats *seats.Seats

	// Ending ends when the process is about to: streams end then, so that their followers connect to another one. It may
	// be nil.
	Ending context.Context

	StreamTime time.Duration // how long a stream lasts at most; default 13 min
	Heartbeat  time.Duration // after how long without an event there is a sign of life; default 15 s
	Pause      time.Duration // between two writes to a follower at least, so that changes travel together; default 50 ms
}

// The defaults of [Changes]. A gateway ends a stream after 15 minutes.
const (
	usualStreamTime = 13 * time.Minute
	usualHeartbeat  = 15 * time.Second
	usualPause      = 50 * time.Millisecond
)

func (c *Changes) complete() {
	c.StreamTime = cmp.Or(c.StreamTime, usualStreamTime)
	c.Heartbeat = cmp.Or(c.Heartbeat, usualHeartbeat)
	c.Pause = cmp.Or(c.Pause, usualPause)
}

// maxWait is the longest time for which a long poll waits, in seconds: gateways end a request after 29.
const maxWait = 25

func setAfter(p *parameters, value string) (string, error) {
	p.after = value
	return value, nil
}

func setWait(p *parameters, value string) (string, error) {
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil || n > maxWait {
		return "", errors.New("must be an integer from 0 to " + strconv.Itoa(maxWait))
	}
	p.wait = int(n)
	return strconv.Itoa(p.wait), nil
}

func setSnapshot(p *parameters, value string) (string, error) {
	if value != "true" && value != "false" {
		return "", errors.New("must be true or false")
	}
	p.snapshot = value == "true"
	return value, nil
}

// changes serves the change feed: as a stream of events to who asks for one, and otherwise as the answer of a long
// poll.
func (h *handler) changes(c *call) (answer, error) {
	if h.Changes.Log == nil {
		return answer{}, feedOff.New("This twin has no change feed: on AWS it is there with the setting changes. " +
			"Ask GET /v1/readings again and again; with If-None-Match a page that has not changed costs little.")
	}
	f, err := h.newFollower(c)
	if err != nil {
		return answer{}, err
	}
	if acceptsEvents(c.Request) && c.Method != http.MethodHead {
		return answer{stream: f.stream}, nil
	}
	if c.snapshot {
		return answer{}, problem.InvalidParameter.New("snapshot is for a stream only: send Accept: %s. For a long poll read "+
			"GET /v1/changes for a cursor, then GET /v1/readings, and go on from the cursor.",
			feed.ContentType).About("snapshot")
	}
	return f.poll()
}

// acceptsEvents reports whether a request asks for Server-Sent Events.
func acceptsEvents(r *http.Request) bool {
	return slices.ContainsFunc(mediaRanges(r.Header["Accept"]), func(m mediaRange) bool {
		return m.media == feed.ContentType && m.quality > 0
	})
}
