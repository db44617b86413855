package client

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	attempts  = 5
	firstWait = 500 * time.Millisecond // doubled each time, where the twin does not say how long
	maxWait   = time.Minute            // a twin that asks for more is not waited for
)

// retry makes a call until it is not throttled any more.
func (c *Client) retry(ctx context.Context, r Request, token string) (*Answer, error) {
	for n := 1; ; n++ {
		a, err := c.once(ctx, r, token)
		if err != nil || n == attempts || !again(r.Method, a.Status) {
			return a, err
		}
		d, told := retryAfter(a.Header, time.Now())
		if !told {
			d = firstWait << (n - 1)
		}
		if d > maxWait {
			return a, nil
		}
		if err := c.wait(ctx, d+rand.N(d/4+1)); err != nil { // spread, since others wait too
			return nil, err
		}
	}
}

// again reports whether a call with this answer may be repeated: 429 was not begun, and 503 may have been.
func again(method string, status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		return method != http.MethodPost
	}
	return false
}

// retryAfter reads Retry-After, which is a number of seconds or a time (RFC 9110, 10.2.3).
func retryAfter(h http.Header, now time.Time) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if t, err := http.ParseTime(text); err == nil {
		return max(t.Sub(now), 0), true
	}
	return 0, false
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
