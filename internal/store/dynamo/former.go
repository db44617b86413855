package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/railtwin/digitaltwin/internal/store/dynamo/schema"
	"github.com/railtwin/digitaltwin/internal/store/packed"
	"github.com/railtwin/digitaltwin/internal/store/swap"
	"github.com/railtwin/digitaltwin/internal/twin"
)

// The form before this one had an item for each component and dataset, with an attribute for each metric, or where the
// layout of the dataset was narrow one for each metric. Such items are read, and never written:
//
//	part       dataset, or dataset#metric
//	m:<metric> the reading: map of r rank, v value, u unit if any, x lineage if any (see lineage.go)
//	floor      rank that a change must be above
//	ttl, n     of no meaning any more
//
// Ranks have 28 bytes: their index has two.
const (
	metricPrefix = "m:"

	keyRank, keyValue, keyUnit, keyLineage = "r", "v", "u", "x"
)

// former reads an item of the form before. Its floor is the time up to which its rank forgets.
func (s *Store) former(ctx context.Context, it item) (swap.Item, error) {
	out := none()
	if floor := bytesOf(it[attrFloor]); len(floor) > 0 {
		rank, err := rankOf(it[attrFloor])
		if err != nil {
			return out, err
		}
		out.Floor = rank.EventTime()
	}
	var readings []twin.Reading
	var ids []originID
	for name := range it {
		if !strings.HasPrefix(name, metricPrefix) {
			continue
		}
		r, id, err := it.reading(name)
		if err != nil {
			return out, err
		}
		readings, ids = append(readings, r), append(ids, id)
	}
	if err := s.resolve(ctx, readings, ids); err != nil {
		return out, err
	}
	for i := range readings {
		out.Block.Entries = append(out.Block.Entries, packed.EntryOf(&readings[i]))
	}
	slices.SortFunc(out.Block.Entries, func(a, b packed.Entry) int { return strings.Compare(a.Metric, b.Metric) })
	out.Exists = true
	return out, nil
}

func rankOf(v types.AttributeValue) (twin.Rank, error) {
	b := bytesOf(v)
	if len(b) != twin.RankSize && len(b) != twin.RankSize-2 {
		return twin.Rank{}, fmt.Errorf("%w: a rank has %d bytes", errCorrupt, len(b))
	}
	return twin.FormerRank(b), nil
}

// reading reads a metric, but for the origin of its lineage, whose id is returned.
func (it item) reading(attribute string) (r twin.Reading, id originID, err error) {
	m, _ := it[attribute].(*types.AttributeValueMemberM)
	r = twin.Reading{Component: textOf(it[schema.Component]), Metric: attribute[len(metricPrefix):]}
	if m == nil {
		return r, id, fmt.Errorf("%w: %s.%s is no reading", errCorrupt, r.Component, r.Metric)
	}
	if r.Rank, err = rankOf(m.Value[keyRank]); err == nil {
		r.Source.Position, id, err = unpackLineage(bytesOf(m.Value[keyLineage]))
	}
	if err != nil {
		return r, id, fmt.Errorf("dynamo: %s.%s: %w", r.Component, r.Metric, err)
	}
	r.Value, r.Unit = textOf(m.Value[keyValue]), textOf(m.Value[keyUnit])
	r.EventTime, r.Source.ReceivedAt = r.Rank.EventTime(), r.Rank.ReceivedAt()
	return r, id, nil
}

// Older implements [swap.Table]: the item with all metrics of a dataset, as long as the table may hold some.
func (s *Store) Older(ctx context.Context, queries []swap.OlderQuery) []swap.Older {
	out := swap.NoOlder(len(queries))
	c, _, err := s.catalogue.Get(ctx)
	if err == nil && c.form.Tidied {
		return out
	}
	keys := make([]item, len(queries))
	for i, q := range queries {
		keys[i] = key(q.Component, q.Dataset)
	}
	s.batchGet(ctx, keys, true, func(i int, it item, err error) {
		if err == nil && it != nil {
			var former swap.Item
			former, err = s.former(ctx, it)
			out[i].Entries, out[i].Floor = former.Block.Entries, former.Floor
		}
		if err != nil {
			out[i].Err = permanent(err)
		}
	})
	return out
}
