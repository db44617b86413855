package dynamo

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// A lineage of the form before is nothing, or
//
//	1  flags: which of the following are there, and in which form
//	6  id of the origin, that is extractor and stream, which stand in an item of their own
//	   shard: the number in shardId-000000000012 as uvarint, or its length as uvarint and its text
//	   sequence: a decimal number as big-endian bytes, or text
//
// The received-at stands in the rank.
const (
	flagOrigin byte = 1 << iota
	flagShardNumber
	flagSequenceNumber
)

// origin is what the lineages of a dataset have in common as long as its extractor does not change.
type origin struct{ extractor, stream string }

type originID [6]byte

func (id originID) String() string { return hex.EncodeToString(id[:]) }

const shardPrefix, shardDigits = "shardId-", 12

var errLineage = fmt.Errorf("%w: its lineage", errCorrupt)

// unpackLineage returns the position without its stream, and the id of the origin.
func unpackLineage(b []byte) (p twin.Position, id originID, err error) {
	if len(b) == 0 {
		return p, id, nil
	}
	flags, b := b[0], b[1:]
	if flags&flagOrigin != 0 {
		if len(b) < len(id) {
			return p, id, errLineage
		}
		id, b = originID(b), b[len(id):]
	}
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return p, id, errLineage
	}
	if b = b[size:]; flags&flagShardNumber != 0 {
		digits := strconv.FormatUint(n, 10)
		p.Shard = shardPrefix + strings.Repeat("0", max(shardDigits-len(digits), 0)) + digits
	} else {
		if n > uint64(len(b)) {
			return p, id, errLineage
		}
		p.Shard, b = string(b[:n]), b[n:]
	}
	if flags&flagSequenceNumber != 0 {
		p.Sequence = new(big.Int).SetBytes(b).String()
	} else {
		p.Sequence = string(b)
	}
	return p, id, nil
}
