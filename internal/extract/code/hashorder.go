package code

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/railtwin/digitaltwin/internal/extract/row"
)

// HashOrder gives the entries of a MAP, width cells each, in the order in which Flink numbers them: that of a
// java.util.HashMap whose keys are Flink's strings. (Nine keys in one bucket, which Java makes a tree of, are not
// foreseen.)
func HashOrder(elems func(*Frame) ([]row.Cell, bool), width int) func(*Frame) ([]row.Cell, bool) {
	return func(f *Frame) ([]row.Cell, bool) {
		cells, ok := elems(f)
		if !ok || len(cells) <= width {
			return cells, ok
		}
		n := len(cells) / width
		buckets := uint32(16)
		for n*4 > int(buckets)*3 { // it is doubled once it is filled by more than three quarters
			buckets *= 2
		}
		places := make([]place, n)
		for i := range places {
			places[i] = place{i * width, keyHash(&cells[i*width]) & (buckets - 1)}
		}
		slices.SortStableFunc(places, func(a, b place) int { return int(a.bucket) - int(b.bucket) })
		begin := len(f.Cells)
		for _, p := range places {
			f.Cells = append(f.Cells, cells[p.at:p.at+width]...)
		}
		return f.Cells[begin:len(f.Cells):len(f.Cells)], true
	}
}

// place is an entry: where its cells begin, and its bucket.
type place struct {
	at     int
	bucket uint32
}

// keyHash is the hash of a key as java.util.HashMap spreads it.
func keyHash(key *row.Cell) uint32 {
	if !key.Valid {
		return 0
	}
	h := murmur(key.Text)
	return h ^ h>>16
}

// murmur is the hash of Flink's strings: Murmur3 of 32 bits over the UTF-8 text with the seed 42, but the last bytes
// that make no word of four are mixed in one by one.
func murmur(b []byte) uint32 {
	h, n := uint32(42), uint32(len(b))
	mix := func(k uint32) {
		h ^= bits.RotateLeft32(k*0xcc9e2d51, 15) * 0x1b873593
		h = bits.RotateLeft32(h, 13)*5 + 0xe6546b64
	}
	for ; len(b) >= 4; b = b[4:] {
		mix(binary.LittleEndian.Uint32(b))
	}
	for _, c := range b {
		mix(uint32(int8(c)))
	}
	h ^= n
	h = (h ^ h>>16) * 0x85ebca6b
	h = (h ^ h>>13) * 0xc2b2ae35
	return h ^ h>>16
}
