package feed

import (
	"encoding/binary"
	"time"
)

// Position is a place in a log: a byte string, of which the first eight bytes are a time in microseconds since 1970,
// big-endian. Positions are ordered as byte strings. What follows the time tells batches of one microsecond apart and
// is the log's own. "" is before everything.
type Position string

// timeSize is the length of the time in a position.
const timeSize = 8

// MaxPosition is the length of the longest position in bytes.
const MaxPosition = 64

// PositionAt returns the first position of a time.
func PositionAt(t time.Time) Position { return positionOf(uint64(max(t.UnixMicro(), 0))) }

func positionOf(micros uint64) Position {
	var b [timeSize]byte
	binary.BigEndian.PutUint64(b[:], micros)
	return Position(b[:])
}

func (p Position) micros() uint64 {
	if len(p) < timeSize {
		return 0
	}
	return binary.BigEndian.Uint64([]byte(p[:timeSize]))
}

// Time returns the time of a position, to microseconds in UTC.
func (p Position) Time() time.Time { return time.UnixMicro(int64(min(p.micros(), 1<<62))).UTC() }

// Add returns the first position at a time after or, where d is negative, before that of p.
func (p Position) Add(d time.Duration) Position {
	micros, add := p.micros(), d.Microseconds()
	if add < 0 && micros < uint64(-add) {
		return positionOf(0)
	}
	return positionOf(micros + uint64(add))
}

// Valid reports whether p can be the position of something.
func (p Position) Valid() bool {
	return len(p) >= timeSize && len(p) <= MaxPosition && p.micros() <= 1<<62
}
