package dynamo

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/big"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// A lineage is packed, because each reading has one and write units are paid by the size of items. It
// is nothing, or
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

func (o origin) id() (id originID) {
	sum := sha256.Sum256([]byte(o.extractor + "\x00" + o.stream))
	copy(id[:], sum[:])
	return id
}

func (id originID) String() string { return hex.EncodeToString(id[:]) }

func originOf(s *twin.Source) origin { return origin{s.Extractor, s.Position.Stream} }

const shardPrefix, shardDigits = "shardId-", 12

func packLineage(s *twin.Source) []byte {
	o, p := originOf(s), s.Position
	if o == (origin{}) && p.IsZero() {
		return nil
	}
	b := make([]byte, 1, 40)
	if o != (origin{}) {
		b[0] |= flagOrigin
		id := o.id()
		b = append(b, id[:]...)
	}
	if n, ok := shardNumber(p.Shard); ok {
		b[0] |= flagShardNumber
		b = binary.AppendUvarint(b, n)
	} else {
		b = binary.AppendUvarint(b, uint64(len(p.Shard)))
		b = append(b, p.Shard...)
	}
	if n, ok := decimal(p.Sequence); ok {
		b[0] |= flagSequenceNumber
		return append(b, n.Bytes()...)
	}
	return append(b, p.Sequence...)
}

func shardNumber(shard string) (uint64, bool) {
	digits, ok := strings.CutPrefix(shard, shardPrefix)
	if !ok || len(digits) != shardDigits {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil
}

// decimal reads a number that is written as [big.Int] writes it.
func decimal(s string) (*big.Int, bool) {
	const most = 100 // digits of what is still worth it; Kinesis has 56
	if s == "" || len(s) > most || s[0] == '0' && s != "0" || strings.Trim(s, "0123456789") != "" {
		return nil, false
	}
	return new(big.Int).SetString(s, 10)
}

var errLineage = errors.New("its lineage is not in the form that this version writes")

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
