package packed

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// State is what a store keeps of a part.
type State struct {
	Block  Block
	Floor  twin.Millis // event times up to it were forgotten; [NoFloor] where none were
	Expiry int64       // when the store may delete it, in seconds since 1970; 0 for never
}

// TagSize is the length of a [Tag] in bytes.
const TagSize = 12

// Tag is a hash of floor and block. A swap that is made only where an item still has the tag that was read meets what
// was read, also where the item was deleted and came again in the meantime.
type Tag [TagSize]byte

// TagOf returns the tag of a floor and an encoded block.
func TagOf(floor twin.Millis, block []byte) Tag {
	h := sha256.New()
	var head [8]byte
	binary.BigEndian.PutUint64(head[:], uint64(floor))
	_, _ = h.Write(head[:])
	_, _ = h.Write(block)
	return Tag(h.Sum(nil)[:TagSize])
}

// Expire sets when the store may delete s: once every reading in it is older than expireAfter, and so is every change
// that the floor keeps out, which would be refused for its age then. It is never lowered. Without an expireAfter there
// is no end; nor is there one for a block that is split, whose parts outlive it.
func (s *State) Expire(expireAfter time.Duration) {
	if expireAfter <= 0 || len(s.Block.Cuts) > 0 {
		s.Expiry = 0
		return
	}
	newest, ok := s.Block.Newest()
	if s.Floor != NoFloor && (!ok || s.Floor > newest) {
		newest, ok = s.Floor, true
	}
	if !ok {
		return
	}
	s.Expiry = max(s.Expiry, seconds(newest+twin.Millis(expireAfter.Milliseconds())))
}

// seconds rounds up: nothing is deleted early.
func seconds(m twin.Millis) int64 {
	s := int64(m) / 1000
	if int64(m)%1000 > 0 {
		s++
	}
	return s
}

// Expired reports whether a reading of an event time is too old to be served at now.
func Expired(eventTime twin.Millis, expireAfter time.Duration, now twin.Millis) bool {
	return expireAfter > 0 && eventTime < now-twin.Millis(expireAfter.Milliseconds())
}
