package packed

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"github.com/railtwin/digitaltwin/internal/twin"
)

// Place is where a metric stands when a block is split: its group in the high 16 bits of 48, a hash of its name below.
// So the metrics of a group are neighbours, and a group that is too large for a part can be cut anywhere. The bits of
// the group are reversed: groups that come one after the other lie all over, so that parts fill up, and split, alike.
type Place uint64

const placeSize = 6

func (p Place) append(dst []byte) []byte {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(p))
	return append(dst, b[8-placeSize:]...)
}

func placeFrom(s string) (p Place) {
	for i := range len(s) {
		p = p<<8 | Place(s[i])
	}
	return p
}

// group returns the group of the metric.
func (p Place) group() uint16 { return bits.Reverse16(uint16(p >> 32)) }

// Places gives the places of the metrics of a dataset. Its groups come from the catalogue entry; a metric that nothing
// is known of belongs to the last. Where a dataset changes its groups, readings that were placed before stay where
// they are, and readers merge the parts by rank: a group decides what a write costs and nothing else.
type Places struct {
	declared []twin.Metric

	mu    sync.RWMutex
	known map[string]Place
}

// NewPlaces returns the places of a dataset's metrics.
func NewPlaces(declared []twin.Metric) *Places {
	return &Places{declared: declared, known: map[string]Place{}}
}

// mostKnown bounds how many places are remembered.
const mostKnown = 10_000

// Of returns the place of a metric. The places of a nil receiver are those of a dataset that nothing is known of.
func (p *Places) Of(metric string) Place {
	if p == nil {
		return place(0, metric)
	}
	p.mu.RLock()
	at, ok := p.known[metric]
	p.mu.RUnlock()
	if ok {
		return at
	}
	at = place(p.groupOf(metric), metric)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= mostKnown {
		clear(p.known)
	}
	p.known[metric] = at
	return at
}

// groupOf returns the group of the first declaration that fits, one of the very name before one with *.
func (p *Places) groupOf(metric string) uint16 {
	last := uint16(0)
	for i := range p.declared {
		if p.declared[i].Name == metric {
			return p.declared[i].Group
		}
		last = max(last, p.declared[i].Group)
	}
	if i := slices.IndexFunc(p.declared, func(m twin.Metric) bool { return m.Matches(metric) }); i >= 0 {
		return p.declared[i].Group
	}
	return last
}

func place(group uint16, metric string) Place {
	sum := sha256.Sum256([]byte(metric)) // spread evenly, whatever the names are like
	return Place(bits.Reverse16(group))<<32 | Place(binary.BigEndian.Uint32(sum[:]))
}
