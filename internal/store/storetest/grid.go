package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/railtwin/digitaltwin/internal/store"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// GridItem is a component of n metrics that come in groups of k, with names of some length.
func GridItem(n, k int, long bool) store.Item {
	it := store.Item{Component: "wagon:33-80-7845-123-4", Dataset: "wagon_telemetry"}
	var declared []twin.Metric
	for i := range n {
		name := fmt.Sprintf("axle.%d.bearing.temperature", i)
		if long {
			name = fmt.Sprintf("%08x.temperature", uint32(i)*2654435761)
		}
		declared = append(declared, twin.Metric{Name: name, Group: uint16(i / k)})
		it.Changes = append(it.Changes, &twin.Change{
			Component: it.Component, Dataset: it.Dataset, Metric: name, Value: fmt.Sprintf("%d.%d", 40+i%10, i%7), Unit: "Cel",
			Extractor: "0123456789ab", Revision: 1, Index: uint32(i),
			Position: twin.Position{Stream: "wagon-telemetry-SourceStream3F2A91C7-Qm4Xk0aZ8bTy", Shard: "shardId-000000000002"},
		})
	}
	it.Places = packed.NewPlaces(declared)
	return it
}

// GridRecord is a record of some metrics of an item at a time.
func GridRecord(it store.Item, at int, metrics ...int) store.Item {
	slices.Sort(metrics)
	out := it
	out.Changes = nil
	for _, i := range metrics {
		c := *it.Changes[i]
		c.EventTime, c.ReceivedAt = twin.Millis(1_790_000_000_000+1000*at), twin.Millis(1_790_000_000_900+1000*at)
		c.Position.Sequence = fmt.Sprintf("495903382714902566085596925383615710959215759891365%05d", at)
		out.Changes = append(out.Changes, &c)
	}
	slices.SortFunc(out.Changes, func(a, b *twin.Change) int { return strings.Compare(a.Metric, b.Metric) })
	return out
}

// GridRecords are records of k of n metrics: of one group after the other, or of any.
func GridRecords(n, k, records int, random bool) (chosen [][]int) {
	r := rand.New(rand.NewPCG(uint64(n), uint64(k)))
	for i := range records {
		if random {
			chosen = append(chosen, r.Perm(n)[:k])
			continue
		}
		from := i % (n / k) * k
		var group []int
		for j := range k {
			group = append(group, from+j)
		}
		chosen = append(chosen, group)
	}
	return chosen
}
