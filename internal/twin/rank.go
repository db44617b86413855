package twin

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
)

// RankSize is the length of a [Rank] in bytes.
const RankSize = 8 + 2 + 8 + 4 + 8

// Rank orders the changes of one component.metric. Its bytes, compared as bytes, are
//
//	event time    8  milliseconds, big-endian, sign flipped
//	revision      2  of the extractor, so that a corrected file that replays old records wins
//	received at   8  milliseconds, as above; zero bytes when unknown
//	index         4  the row within the source record: source row or outer array element first, then order of statements
//	content       8  the head of SHA-256 over value, a zero byte and unit, so that the order is total
type Rank [RankSize]byte

// Rank returns the rank of c.
func (c *Change) Rank() Rank {
	return RankOf(c.EventTime, c.Revision, c.ReceivedAt, c.Index, c.Value, c.Unit)
}

// RankOf returns the rank of a change with these fields.
func RankOf(eventTime Millis, revision uint16, receivedAt Millis, index uint32, value, unit string) Rank {
	var r Rank
	binary.BigEndian.PutUint64(r[0:], flip(eventTime))
	binary.BigEndian.PutUint16(r[8:], revision)
	if receivedAt != 0 {
		binary.BigEndian.PutUint64(r[10:], flip(receivedAt))
	}
	binary.BigEndian.PutUint32(r[18:], index)
	content := make([]byte, 0, 256)
	content = append(content, value...)
	content = append(content, 0)
	content = append(content, unit...)
	sum := sha256.Sum256(content)
	copy(r[22:], sum[:8])
	return r
}

// formerSize is the length of ranks that were stored before the index had four bytes: two of it less.
const formerSize = RankSize - 2

// FormerRank reads a rank that is stored, of this form or the one before it.
func FormerRank(b []byte) (r Rank) {
	if len(b) != formerSize {
		copy(r[:], b)
		return r
	}
	copy(r[:18], b)
	copy(r[20:], b[18:])
	return r
}

// Wins reports whether a change with rank r replaces a reading with rank stored.
func (r Rank) Wins(stored Rank) bool { return bytes.Compare(r[:], stored[:]) > 0 }

// EventTime returns the event time within r.
func (r Rank) EventTime() Millis {
	return Millis(binary.BigEndian.Uint64(r[0:]) ^ 1<<63)
}

// ReceivedAt returns the received-at within r, 0 where it is unknown.
func (r Rank) ReceivedAt() Millis {
	n := binary.BigEndian.Uint64(r[10:])
	if n == 0 {
		return 0
	}
	return Millis(n ^ 1<<63)
}

// Revision returns the revision within r.
func (r Rank) Revision() uint16 { return binary.BigEndian.Uint16(r[8:]) }

// Index returns the index within the source record within r.
func (r Rank) Index() uint32 { return binary.BigEndian.Uint32(r[18:]) }

func flip(m Millis) uint64 { return uint64(m) ^ 1<<63 }
