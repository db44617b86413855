package constructs

import (
	"fmt"
	"time"
)

// A record that cannot be worked on is tried again until it is given up and kept in the bucket, with its payload. That
// must be before the stream forgets it, or the payload is lost.
const (
	defaultRetention = 24 * time.Hour
	defaultRetry     = 20 * time.Hour
	retryMargin      = 4 * time.Hour        // before the stream forgets
	maxRetry         = 7 * 24 * time.Hour   // of an event source mapping
	maxRetention     = 365 * 24 * time.Hour // of a stream
)

// checkRetention holds how long a stream keeps records against how long they are tried. known says whether the stream
// is one whose retention is set here.
func checkRetention(retention, retry time.Duration, known bool) []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if retention < defaultRetention || retention > maxRetention || retention%time.Hour != 0 {
		bad("retention is %s: want whole hours, 24 to 8,760", hours(retention))
	}
	if retry < time.Hour || retry > maxRetry || retry%time.Hour != 0 {
		bad("retry is %s: want whole hours, 1 to 168", hours(retry))
	}
	if known && retry > retention-retryMargin {
		bad("retry is %s and retention %s: want a retention that is at least 4 hours longer, because a record that the "+
			"stream has forgotten cannot be kept", hours(retry), hours(retention))
	}
	return errs
}

// hours writes a time as people read it in settings: 20 hours.
func hours(d time.Duration) string {
	if d%time.Hour != 0 {
		return d.String()
	}
	return fmt.Sprintf("%d hours", int(d.Hours()))
}
