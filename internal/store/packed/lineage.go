package packed

import (
	"cmp"
	"encoding/binary"
	"math/big"
	"strconv"
	"strings"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Lineage is where a reading came from. Its sequence is kept in the form of the block, because most blocks are read to
// be written again.
type Lineage struct {
	Extractor, Stream, Shard string

	sequence string // big-endian bytes of a decimal number, or text
	number   bool
	text     string // the sequence as it came, where it came with a change
}

// NewLineage returns the lineage of a change.
func NewLineage(extractor string, p twin.Position) *Lineage {
	l := &Lineage{Extractor: extractor, Stream: p.Stream, Shard: p.Shard, text: p.Sequence}
	if l.number = isDecimal(p.Sequence); l.number {
		l.sequence = string(fromDecimal(p.Sequence))
	} else {
		l.sequence = p.Sequence
	}
	return l
}

// Position returns the place in the source stream.
func (l *Lineage) Position() twin.Position {
	p := twin.Position{Stream: l.Stream, Shard: l.Shard, Sequence: l.sequence}
	if l.number {
		p.Sequence = new(big.Int).SetBytes([]byte(l.sequence)).String()
	}
	return p
}

// isOf reports whether l was made for a change with this lineage. That it was not says nothing.
func (l *Lineage) isOf(extractor string, p twin.Position) bool {
	return l.text == p.Sequence && l.Extractor == extractor && l.Stream == p.Stream && l.Shard == p.Shard
}

// compare orders lineages as [twin.Change.Compare] does.
func (l *Lineage) compare(m *Lineage) int {
	if l == m || compareOrigin(l, m) == 0 && l.number == m.number && l.sequence == m.sequence {
		return 0
	}
	return cmp.Or(strings.Compare(l.Extractor, m.Extractor), l.Position().Compare(m.Position()))
}

const mostDigits = 100 // of a number that is still worth it; those of Kinesis have 56

// isDecimal reports whether s is a number as [big.Int] writes it.
func isDecimal(s string) bool {
	if s == "" || len(s) > mostDigits || s[0] == '0' && s != "0" {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// fromDecimal returns the big-endian bytes of a decimal number.
func fromDecimal(s string) []byte {
	n, _ := new(big.Int).SetString(s, 10)
	return n.Bytes()
}

// A shard of Kinesis is called shardId- and twelve digits.
const shardPrefix, shardDigits = "shardId-", 12

// appendShard appends the number of a shard of Kinesis, or a text: uvarint number<<1|1, or uvarint length<<1 and the
// text.
func appendShard(b []byte, shard string) []byte {
	if digits, ok := strings.CutPrefix(shard, shardPrefix); ok && len(digits) == shardDigits {
		if n, err := strconv.ParseUint(digits, 10, 62); err == nil {
			return binary.AppendUvarint(b, n<<1|1)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(shard))<<1)
	return append(b, shard...)
}

// shardName returns the name of the shard with a number.
func shardName(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	return shardPrefix + strings.Repeat("0", max(shardDigits-len(digits), 0)) + digits
}

// appendExtractor appends the six bytes that twelve hex digits stand for, or a text: uvarint 1, or uvarint length<<1.
func appendExtractor(b []byte, extractor string) []byte {
	if raw, ok := fromHex(extractor); ok {
		return append(append(b, 1), raw[:]...)
	}
	b = binary.AppendUvarint(b, uint64(len(extractor))<<1)
	return append(b, extractor...)
}

const hexDigits = "0123456789abcdef"

// fromHex reads twelve hex digits in lower case.
func fromHex(s string) (raw [6]byte, ok bool) {
	if len(s) != 2*len(raw) {
		return raw, false
	}
	for i := range raw {
		high, low := strings.IndexByte(hexDigits, s[2*i]), strings.IndexByte(hexDigits, s[2*i+1])
		if high < 0 || low < 0 {
			return raw, false
		}
		raw[i] = byte(high<<4 | low)
	}
	return raw, true
}

func toHex(raw string) string {
	b := make([]byte, 0, 2*len(raw))
	for i := range len(raw) {
		b = append(b, hexDigits[raw[i]>>4], hexDigits[raw[i]&15])
	}
	return string(b)
}
