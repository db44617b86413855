package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// datasets are those of random histories. All deliver the same metrics.
var datasets = map[string]twin.Dataset{
	"plain": {Metrics: []twin.Metric{{Name: "metric.0"}, {Name: "metric.1", Group: 1}, {Name: "metric.*", Group: 2}}},
	"short": {ExpireAfter: 10 * time.Minute},
	"also":  {MaxFuture: time.Minute},
}

// Dataset returns the policy of a dataset of random histories.
func Dataset(name string) *twin.Dataset {
	d := datasets[name]
	return &d
}

// firstForget is the first phase in which something is forgotten.
const firstForget = 2

// history is what is done to the components with one prefix.
type history struct {
	prefix  string
	phases  [phases][][]planned  // by writer
	began   [phases]*twin.Millis // when a phase did
	forgets map[int]store.Target

	mu   sync.Mutex
	want model
}

// planned is a change whose times are told from the beginning of the phase in which it is first sent.
type planned struct {
	twin.Change
	sent *twin.Millis // when that was; shared by all that are the same change
}

// now returns the change as it is sent.
func (p *planned) now() twin.Change {
	c := p.Change
	c.EventTime += *p.sent
	if c.ReceivedAt != 0 {
		c.ReceivedAt += *p.sent
	}
	c.Position.Sequence = fmt.Sprintf("1%d%d", c.Index, c.ReceivedAt)
	return c
}

// newHistory makes a history. With ties, changes of one rank may come from different places.
func newHistory(r *rand.Rand, seed uint64, i int, ties bool) *history {
	h := &history{prefix: fmt.Sprintf("h%d.%d:", seed, i), forgets: map[int]store.Target{},
		want: model{best: map[cell]*twin.Change{}}}
	components, metrics, times, writers := 1+r.IntN(2), 1+r.IntN(4), 1+r.IntN(12), 1+r.IntN(4)
	names := []string{"plain", "short", "also"}[:1+r.IntN(3)]
	many := r.IntN(20) == 0 // of metrics: enough for several parts
	if many {
		metrics = 80
	}
	var sent []planned
	for phase := range phases {
		h.phases[phase] = make([][]planned, writers)
		began := new(twin.Millis)
		h.began[phase] = began
		changes := []planned{}
		n := r.IntN(12)
		if many {
			n += r.IntN(100)
		}
		for range n {
			c := randomChange(r, fmt.Sprint(h.prefix, r.IntN(components)), names[r.IntN(len(names))], metrics, times)
			if ties {
				c.Position.Shard = fmt.Sprintf("shardId-%012d", r.IntN(2))
			}
			changes = append(changes, planned{c, began})
		}
		for i := range sent { // duplicates, late ones, and replays of what was forgotten
			if r.IntN(4) == 0 {
				changes = append(changes, sent[i])
			}
		}
		sent = append(sent, changes...)
		r.Shuffle(len(changes), func(i, j int) { changes[i], changes[j] = changes[j], changes[i] })
		for _, c := range changes {
			for range 1 + r.IntN(6)/5 { // some are delivered twice
				w := r.IntN(writers)
				h.phases[phase][w] = append(h.phases[phase][w], c)
			}
		}
		if phase >= firstForget && r.IntN(3) == 0 {
			h.forgets[phase] = store.Target{Name: fmt.Sprint(h.prefix, r.IntN(components))}
			if r.IntN(4) == 0 {
				h.forgets[phase] = store.Target{Name: h.prefix, Prefix: true}
			}
		}
	}
	return h
}

func randomChange(r *rand.Rand, component, dataset string, metrics, times int) twin.Change {
	revision := uint16(r.IntN(8) / 7)
	c := twin.Change{
		Component: component, Dataset: dataset, Revision: revision, Extractor: fmt.Sprintf("%012x", revision),
		Metric: fmt.Sprint("metric.", r.IntN(metrics)), Value: fmt.Sprint(r.IntN(4)), Unit: []string{"", "km/h"}[r.IntN(2)],
		EventTime: twin.Millis(r.IntN(times)), Index: uint32(r.IntN(2)),
	}
	switch r.IntN(10) {
	case 0:
		c.EventTime += ahead - twin.Millis(times) // as far ahead as may be
	case 1:
		c.EventTime -= 9 * 60_000 // expires soon
	case 2:
		c.EventTime -= 11 * 60_000 // has expired where readings do
	}
	if r.IntN(30) == 0 {
		c.Value = `"` + strings.Repeat("v", r.IntN(twin.MaxValue-2)) + `"`
	}
	if r.IntN(2) == 0 {
		c.ReceivedAt = 1 + twin.Millis(r.IntN(2))
	}
	c.Position = twin.Position{Stream: "source", Shard: "shardId-000000000000"}
	return c
}

// has reports whether the model has something of a component, expired or not.
func (h *history) has(component string) bool {
	for k := range h.want.best {
		if k.component == component {
			return true
		}
	}
	return false
}
