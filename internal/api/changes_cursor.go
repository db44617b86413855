package api

import (
	"github.com/railtwin/digitaltwin/internal/feed"
	"github.com/railtwin/digitaltwin/internal/problem"
)

// The place of a cursor of the change feed is the id of the log, 8 bytes, and the position in it.

// appendChangesCursor appends the cursor for what comes after a position.
func appendChangesCursor(b []byte, filters []string, log string, p feed.Position) []byte {
	return sealCursor(b, filters, append([]byte(log), p...))
}

// parseChangesCursor reads a cursor of a follower with these filters, which a parameter or a header has: the id of the
// log that it is of, and the position.
func parseChangesCursor(s string, filters []string, in string) (log string, p feed.Position, err error) {
	place, err := openCursor(s, filters)
	if err == nil {
		if len(place) >= feed.IDSize {
			log, p = string(place[:feed.IDSize]), feed.Position(place[feed.IDSize:])
		}
		if !p.Valid() {
			err = wrongCursor("it is damaged. Use the last cursor as it is.")
		}
	}
	if wrong, ok := err.(*problem.Problem); ok {
		return "", "", wrong.About(in)
	}
	return log, p, err
}
